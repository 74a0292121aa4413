"""What the fields and values of a report are called on a page: tables of words, no logic."""

from __future__ import annotations

from index.metrics import METRICS as METRICS_TABLE
from index.schema import FACETS

__all__ = ["FACET_LABELS", "FIELDS", "FORMATS", "MATCH_LABELS", "METRICS", "REPAIRS", "SCRIPTS", "SORT_LABELS"]
__all__ += ["CHECK_STATUSES", "SCOPES", "SOURCES", "TABLES_STATUSES"]

FACET_LABELS = {f.name: f.label_zh for f in FACETS}

SORT_LABELS = {
    "relevance": "相关度",
    "-year": "年度，新的在前",
    "year": "年度，旧的在前",
    "-published": "发布日期，新的在前",
    "published": "发布日期，旧的在前",
    "occurrences": "出现次数",
}

MATCH_LABELS = {"auto": "自动", "all": "全部词语", "any": "任一词语"}

FIELDS = {
    "title": "题名",
    "agency": "机关",
    "agency_printed": "机关（原文写法）",
    "level": "层级",
    "org_type": "机关类型",
    "line": "条线",
    "region": "地区",
    "year": "年度",
    "period": "起止时间",
    "published": "发布日期",
    "scope": "口径",
    "script": "文字",
    "tables_status": "统计表勾稽",
}
"""Field of Report -> its name, in the order of the facts table."""

SOURCES = {
    "given": "随文件给定",
    "override": "人工校订",
    "title": "题名",
    "signature": "落款",
    "body": "正文",
    "source line": "来源行",
    "host": "网站域名",
    "derived": "推得",
}
"""Fact.source -> where the value was read."""

TABLES_STATUSES = {
    "consistent": "全部勾稽相符",
    "partial": "部分可核对",
    "inconsistent": "有不符之处",
    "unreadable": "无法读出",
    "absent": "无统计表",
}

CHECK_STATUSES = {"pass": "相符", "pass_blank0": "空格按 0 计相符", "fail": "不符", "n/a": "无法核对"}

SCOPES = {"self": "本机关", "aggregate": "汇总所属机关"}

SCRIPTS = {"Hans": "简体", "Hant": "繁体"}

FORMATS = {"html": "网页", "text": "纯文本", "pdf": "PDF", "docx": "Word", "jsonl": "JSON Lines"}

REPAIRS = {
    "gloss": "拼音注音",
    "gbk": "GBK 错位",
    "mojibake": "乱码",
    "radical": "部首字符",
    "compat": "兼容字符",
    "control": "控制字符",
}
"""Kinds of repair whose name says little to a reader; others are shown as they are."""

METRICS = {m.name: m.label_zh for m in METRICS_TABLE}
"""Numbers of the statutory tables and of explicit statements -> their names; also the columns of an export."""
