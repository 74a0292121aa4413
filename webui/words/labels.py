"""What the fields and values of a report are called on a page: tables of words, no logic."""

from __future__ import annotations

from index.model.fields import FACETS, Use, fields_for
from index.model.fields import FIELDS as FIELDS_TABLE
from index.model.metrics import METRICS as METRICS_TABLE
from webui.words.messages import terms

__all__ = [
    "FACET_LABELS",
    "FIELDS",
    "FORMATS",
    "MATCH_LABELS",
    "METRICS",
    "READING_LABELS",
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

MATCH_LABELS = {
    "auto": "自动",
    "whole": "整串相连",
    "words": "各词都有",
    "any": "部分词语",
}
# Reading of a query -> what it asks of a report, in a sentence.
READING_LABELS = {
    "whole": "整串相连",
    "words": "含各词但不要求相连",
    "any": "含部分词语",
}

# Field of Report -> its name, in the order of the facts table.
FIELDS = {field.name: field.label_zh for field in fields_for(Use.FACT)}

# Fact.source -> where the value was read.
SOURCES = terms(
    "source",
    (
        "given",
        "override",
        "title",
        "signature",
        "body",
        "source line",
        "host",
        "derived",
        "contact",
        "own guide",
    ),
)

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

TABLES = terms(
    "table",
    ("proactive", "applications", "review", "annex"),
)

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
REPAIRS = terms(
    "repair",
    (
        "utf8_as_latin",
        "utf8_as_chinese",
        "gbk_out_of_step",
        "gloss",
        "gloss_toneless",
        "private_use",
        "character_lost",
        "invisible",
        "radical",
    ),
)

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
TEMPLATES = terms(
    "template",
    ("prose", "stat2014", "gb2019", "gb2021", "mixed"),
)

# Facets whose values are names of ours -> what the values are called.
FACET_VALUES = {"tables": TABLES_STATUSES, "scope": SCOPES, "template": TEMPLATES}
