"""What the fields and values of a report are called on a page: tables of words, no logic."""

from __future__ import annotations

from index.model.fields import FACETS, Use, fields_for
from index.model.fields import FIELDS as FIELDS_TABLE
from index.model.metrics import METRICS as METRICS_TABLE

__all__ = [
    "FACET_LABELS",
    "FIELDS",
    "FORMATS",
    "MATCH_LABELS",
    "METRICS",
    "REPAIRS",
    "SCRIPTS",
    "SORT_LABELS",
]
__all__ += [
    "CHECK_STATUSES",
    "COMPARISONS",
    "NUMBERS",
    "SCOPES",
    "SOURCES",
    "TABLES",
    "TABLES_STATUSES",
]
__all__ += ["FACET_VALUES", "SEMANTICS", "TEMPLATES"]

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

# Field of Report -> its name, in the order of the facts table.
FIELDS = {field.name: field.label_zh for field in fields_for(Use.FACT)}

# Fact.source -> where the value was read.
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

# Do the sums of the tables agree with one another? absent and unreadable are no verdict.
TABLES_STATUSES = {
    "consistent": "勾稽一致",
    "partial": "部分可读",
    "inconsistent": "勾稽不符",
    "unreadable": "无法读取",
    "absent": "无统计表",
}

# One identity of a table. 空格按 0 计: it holds only if empty cells count as 0.
CHECK_STATUSES = {
    "pass": "一致",
    "pass_blank0": "空格按 0 计则一致",
    "fail": "不符",
    "n/a": "无法核对",
}

# The tables of the forms of 2019 and 2021, and the annex of the form of 2014.
TABLES = {
    "proactive": "主动公开政府信息情况",
    "applications": "收到和处理政府信息公开申请情况",
    "review": "行政复议、行政诉讼情况",
    "annex": "政府信息公开情况统计表",
}

# What stands in a cell when no number does.
SEMANTICS = {"blank": "空", "na": "不适用", "missing": "未读出"}

# Whom the numbers of a report count: its own body, or that body with those below it.
SCOPES = {"self": "本机关", "aggregate": "汇总所属机关"}

# ISO 15924 codes of the two ways to write Chinese.
SCRIPTS = {"Hans": "简体", "Hant": "繁体"}

# The format of the file -> its name on the page.
FORMATS = {
    "html": "网页",
    "text": "纯文本",
    "pdf": "PDF",
    "docx": "Word",
    "jsonl": "JSON Lines",
}

# Kinds of repair -> what was wrong. Two that met in one place are joined by +.
REPAIRS = {
    "utf8_as_latin": "UTF-8 误读为 Latin-1",
    "utf8_as_chinese": "UTF-8 误读为 GBK",
    "gbk_out_of_step": "GBK 错位",
    "gloss": "拼音注音",
    "gloss_toneless": "拼音注音（无声调）",
    "private_use": "私用区字符",
    "character_lost": "丢失的字符",
    "invisible": "不可见字符",
    "radical": "部首字符",
}

# Numbers of the statutory tables and of explicit statements -> their names; also the
# columns of an export.
METRICS = {m.name: m.label_zh for m in METRICS_TABLE}

# Every number that a condition may name.
NUMBERS = {
    field.name: field.label_zh
    for field in FIELDS_TABLE
    if field.kind in ("number", "date")
} | METRICS

COMPARISONS = {">=": "≥", "<=": "≤", ">": "＞", "<": "＜", "=": "＝", "!=": "≠"}

# The forms of the tables: 国办发〔2014〕32号, 国办公开办函〔2019〕60号,
# 国办公开办函〔2021〕30号.
TEMPLATES = {
    "prose": "叙述文字",
    "stat2014": "2014 年统计表",
    "gb2019": "2019 年格式",
    "gb2021": "2021 年格式",
    "mixed": "新旧格式混用",
}

# Facets whose values are names of ours -> what the values are called.
FACET_VALUES = {"tables": TABLES_STATUSES, "scope": SCOPES, "template": TEMPLATES}
