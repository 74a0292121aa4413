"""What the fields and values of a report are called on a page: tables of words, no logic."""

from __future__ import annotations

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

METRICS = {
    "applications_new": "本年新收申请",
    "applications_carried_in": "上年结转申请",
    "applications_granted": "予以公开",
    "applications_partly_granted": "部分公开",
    "applications_refused": "不予公开",
    "applications_unavailable": "无法提供",
    "applications_not_processed": "不予处理",
    "applications_other": "其他处理",
    "applications_handled": "本年办结合计",
    "applications_carried_out": "结转下年度",
    "reviews_upheld": "行政复议：维持",
    "reviews_corrected": "行政复议：纠正",
    "reviews_other": "行政复议：其他结果",
    "reviews_pending": "行政复议：尚未审结",
    "reviews_total": "行政复议：总计",
    "suits_upheld": "行政诉讼：维持",
    "suits_corrected": "行政诉讼：纠正",
    "suits_other": "行政诉讼：其他结果",
    "suits_pending": "行政诉讼：尚未审结",
    "suits_total": "行政诉讼：总计",
    "licences": "行政许可处理决定",
    "penalties": "行政处罚处理决定",
    "coercive_measures": "行政强制处理决定",
    "fee_items": "行政事业性收费项目",
    "fee_yuan": "行政事业性收费（元）",
    "procurement_items": "政府集中采购项目",
    "procurement_yuan": "政府集中采购（元）",
    "regulations_made": "规章：本年制发",
    "regulations_in_force": "规章：现行有效",
    "regulations_new": "规章：本年新公开",
    "normative_made": "规范性文件：本年制发",
    "normative_in_force": "规范性文件：现行有效",
    "normative_new": "规范性文件：本年新公开",
    "normative_published": "规范性文件：对外公开总数",
    "proactive_total": "主动公开总数（正文）",
    "wechat_items": "政务微信（正文）",
    "website_items": "政府网站（正文）",
    "normative_documents": "规范性文件（正文）",
    "fees_charged_yuan": "依申请公开收费（元）",
}
"""Numbers of the statutory tables and of explicit statements -> their names; also the columns of an export."""
