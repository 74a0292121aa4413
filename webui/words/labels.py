"""What the fields and values of a report are called on a page: tables of words, no logic.

Each table is read in the language of the page. `msgid` only marks the Chinese text that is the
id of a message, so that `make words` finds it.
"""

from __future__ import annotations

from index.model.fields import FACETS, NUMBERED_KINDS, Use, fields_for
from index.model.fields import FIELDS as FIELDS_TABLE
from index.model.metrics import METRICS as METRICS_TABLE
from index.query.nodes import NO_VALUE
from index.studies.aggregate import measures
from webui.words.messages import Words, msgid, pgettext, terms
from webui.words.messages import gettext as _

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
    "ENCODING_REASONS",
    "KINDS",
    "NUMBERS",
    "SCOPES",
    "SOURCES",
    "TABLES",
    "TABLES_STATUSES",
]
__all__ += ["FACET_VALUES", "FORMULAS", "MEASURES", "SEMANTICS", "TEMPLATES"]
__all__ += ["DIVISIONS", "facet_value", "group_label", "valued"]


def _field_label(label: str) -> str:
    return pgettext("field", label)


def _metric_label(label: str) -> str:
    return pgettext("metric", label)


def _number_label(label: str) -> str:
    # year, published and indexed are fields, every other number is a metric
    context = "field" if label in _OWN_NUMBERS.values() else "metric"
    return pgettext(context, label)


def valued(value: str | None) -> str | None:
    """What a value is called that is Chinese in the record: 县区级, 部门, 税务.

    A value that no catalogue knows, as a name is, stays what it is.
    """
    return pgettext("value", value) if value else value


FACET_LABELS = Words({f.name: f.label_zh for f in FACETS}, _field_label)

# What regions are grouped by.
DIVISIONS = Words(
    {
        "province": msgid("省级地区"),
        "city": msgid("地市"),
        "county": msgid("县区"),
    }
)

SORT_LABELS = Words(
    {
        "relevance": msgid("相关度"),
        "-year": msgid("年度，新的在前"),
        "year": msgid("年度，旧的在前"),
        "-published": msgid("发布日期，新的在前"),
        "published": msgid("发布日期，旧的在前"),
        "-indexed": msgid("收录时间，新的在前"),
        "occurrences": msgid("出现次数"),
    }
)

MATCH_LABELS = Words(
    {
        "auto": msgid("自动"),
        "whole": msgid("整串相连"),
        "words": msgid("各词都有"),
        "any": msgid("部分词语"),
    }
)

# Field of Report -> its name, in the order of the facts table.
FIELDS = Words(
    {field.name: field.label_zh for field in fields_for(Use.FACT)}, _field_label
)

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
        "page",
        "contact",
        "own guide",
    ),
)

# How the encoding of a document was found: see `indexer.decode`.
ENCODING_REASONS = terms(
    "encoding", ("bom", "utf-8", "declared", "detected", "fallback")
)

# Do the sums of the tables agree with one another? absent and unreadable are no verdict.
TABLES_STATUSES = Words(
    {
        "consistent": msgid("勾稽一致"),
        "partial": msgid("部分可读"),
        "inconsistent": msgid("勾稽不符"),
        "unreadable": msgid("无法读取"),
        "absent": msgid("无统计表"),
    }
)

# One identity of a table. 空格按 0 计: it holds only if empty cells count as 0.
CHECK_STATUSES = Words(
    {
        "pass": msgid("一致"),
        "pass_blank0": msgid("空格按 0 计则一致"),
        "fail": msgid("不符"),
        "n/a": msgid("无法核对"),
    }
)

TABLES = terms(
    "table",
    (
        "proactive",
        "applications",
        "review",
        "annex",
    ),
)

# What stands in a cell when no number does.
SEMANTICS = Words(
    {"blank": msgid("空"), "na": msgid("不适用"), "missing": msgid("未读出")}
)

# What a document is.
KINDS = Words(
    {"annual_report": msgid("年度报告"), "other": msgid("其他文件")},
)

# Whom the numbers of a report count: its own body, or that body with those below it.
SCOPES = Words({"self": msgid("本机关"), "aggregate": msgid("汇总所属机关")})

# ISO 15924 codes of the two ways to write Chinese.
SCRIPTS = Words({"Hans": msgid("简体"), "Hant": msgid("繁体")})

# The format of the file -> its name on the page.
FORMATS = Words(
    {
        "html": msgid("网页"),
        "text": msgid("纯文本"),
        "markdown": msgid("Markdown"),
        "pdf": msgid("PDF"),
        "docx": msgid("Word"),
        "doc": msgid("Word"),
        "wps": msgid("WPS"),
        "odt": msgid("ODT"),
        "ofd": msgid("OFD"),
        "rtf": msgid("RTF"),
        "xlsx": msgid("Excel"),
        "xls": msgid("Excel"),
        "csv": msgid("CSV"),
        "mhtml": msgid("MHTML"),
        "json": msgid("JSON"),
        "jsonl": msgid("JSON Lines"),
    }
)

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
METRICS = Words({m.name: m.label_zh for m in METRICS_TABLE}, _metric_label)

# What can be added up -> its name, and how it is made of the numbers of the tables.
MEASURES = Words({m.name: m.label_zh for m in measures()}, _metric_label)
FORMULAS = Words({m.name: m.formula_zh for m in measures()}, _metric_label)

# Every number that a condition may name.
_OWN_NUMBERS = {
    field.name: field.label_zh for field in FIELDS_TABLE if field.kind in NUMBERED_KINDS
}
NUMBERS = Words(_OWN_NUMBERS | dict(METRICS.table), _number_label)

COMPARISONS = {">=": "≥", "<=": "≤", ">": "＞", "<": "＜", "=": "＝", "!=": "≠"}

# The forms of the tables: 国办发〔2014〕32号, 国办公开办函〔2019〕60号,
# 国办公开办函〔2021〕30号.
TEMPLATES = terms(
    "template",
    (
        "prose",
        "stat2014",
        "gb2019",
        "gb2021",
        "mixed",
    ),
)

# Facets whose values are names of ours -> what the values are called.
FACET_VALUES: dict[str, Words] = {
    "kind": KINDS,
    "tables": TABLES_STATUSES,
    "scope": SCOPES,
    "template": TEMPLATES,
}


def group_label(by: str) -> str:
    """What figures are grouped by."""
    return DIVISIONS[by] if by in DIVISIONS else FACET_LABELS[by]


def facet_value(facet: str, value: str) -> str:
    """What a value of a facet is called; NO_VALUE is 不详."""
    if value == NO_VALUE:
        return _("不详")
    table = FACET_VALUES.get(facet)
    if table is not None and value in table:
        return table[value]
    return valued(value) or value
