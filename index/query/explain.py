"""A query said back in words, so that a reader sees how it was understood."""

from __future__ import annotations

from index.analysis.normaliser import fold_line
from index.analysis.wording import mainland_forms
from index.model.fields import FACETS
from index.model.metrics import METRIC_NAMES, METRICS
from index.query.runs import WILDCARD_PATTERN, words_of
from index.query.syntax import And, Field, Negated, Or, Proximity, Quoted, Run, Syntax

__all__ = ["in_words"]

LABELS = {f.name: f.label_zh for f in FACETS} | {
    "title": "标题",
    "text": "正文",
    "published": "公布日期",
}
LABELS |= {m.name: m.label_zh for m in METRICS}


def in_words(tree: Syntax | None) -> str:
    """What a query asks for, in Chinese; empty for an empty query.

    >>> from index.query.parser import parse
    >>> in_words(parse("行政许可 (收费 OR 费用) -免费 level:县区级 year:2015..2020"))
    '全文含“行政许可”，并且含“收费”或“费用”，不含“免费”；层级为县区级；年度 2015 至 2020'
    >>> in_words(parse('title:"年度报告" 公开 NEAR/10 收费'))
    '全文“公开”与“收费”相距不超过 10 字；标题逐字含“年度报告”'
    """
    if tree is None:
        return ""
    operands = tree.operands if isinstance(tree, And) else (tree,)
    texts: list[Syntax] = [o for o in operands if not isinstance(o, Field)]
    fields = [_said(o) for o in operands if isinstance(o, Field)]
    said = _joined(texts)
    return "；".join(
        filter(
            None, [said if said.startswith("（") else said and "全文" + said, *fields]
        )
    )


def _joined(operands: list[Syntax]) -> str:
    """Conditions one after the other; what must not be needs no “and”."""
    out = ""
    for operand in operands:
        said = _said(operand)
        out += (
            said
            if not out
            else "，" + ("" if isinstance(operand, Negated) else "并且") + said
        )
    return out


def _said(node: Syntax) -> str:
    match node:
        case Run() | Quoted():
            return _has(node)
        case Field():
            return _field(node)
        case Negated(operand, _):
            return _not(operand)
        case And(operands, _):
            return "（" + _joined(list(operands)) + "）"
        case Or(operands, _):
            return _either(operands)
        case Proximity(operands, distance, _):
            named = "与".join(_name(o) + _outside(o) for o in operands)
            return f"{named}相距不超过 {distance} 字"


def _either(operands: tuple[Syntax, ...]) -> str:
    """含“收费”或“费用” where all are words, else whole conditions."""
    if all(
        isinstance(o, Run) and not o.outside and len(_parts(o)) == 1 for o in operands
    ):
        return "含" + "或".join(_name(o) for o in operands if isinstance(o, Run))
    return "（" + "，或者".join(_said(o) for o in operands) + "）"


def _not(operand: Syntax) -> str:
    if isinstance(operand, Negated):
        return "并非" + _said(operand)
    if isinstance(operand, Run | Quoted) and (said := _has(operand)).startswith(
        ("含", "逐字含")
    ):
        return "不" + said
    return f"不符合（{_said(operand)}）"


def _has(node: Run | Quoted) -> str:
    """What must stand in the text."""
    if isinstance(node, Quoted):
        if node.within is not None:
            return f"{_name(node)}各词相距不超过 {node.within} 字"
        return "逐字含" + _name(node) + _also(node) + _outside(node)
    if WILDCARD_PATTERN.search(node.text):
        return "含形如" + _name(node) + "的字串" + _outside(node)
    parts = [node.text] if node.outside else _parts(node)
    if len(parts) < 2:
        return "含" + _name(node) + _also(node) + _outside(node)
    return "含" + "".join(f"“{p}”" for p in parts) + "各词" + _also(node)


def _also(node: Run | Quoted) -> str:
    """The mainland's wording, which is searched too."""
    other = mainland_forms(fold_line(node.text))[1:]
    return "（也含大陆说法" + "、".join(f"“{o}”" for o in other) + "）" if other else ""


def _parts(node: Run) -> list[str]:
    """The words that a run is cut into; the run itself where it is one."""
    words = (
        list(dict.fromkeys(words_of(fold_line(node.text))))
        if not WILDCARD_PATTERN.search(node.text)
        else []
    )
    return words if len(words) > 1 else [node.text]


def _name(node: Run | Quoted) -> str:
    return f"“{node.text}”"


def _outside(node: Run | Quoted) -> str:
    if not node.outside:
        return ""
    return "（不计" + "、".join(f"“{o}”" for o in node.outside) + "之内的）"


def _field(node: Field) -> str:
    label = LABELS.get(node.name.removesuffix("~"), node.name)
    if node.is_range:
        return label + _range(node.low, node.high)
    if node.name in ("title", "text"):
        return label + _has(
            Quoted(node.value, 0) if node.quoted else Run(node.value, 0)
        )
    if node.name in ("year", "published", *METRIC_NAMES):
        return f"{label} {node.value}"
    if node.name.endswith("~"):
        return f"{label}为“{node.value}”及其前身、后继"
    if node.name == "agency":
        return f"{label}名称含“{node.value}”或以此简称"
    if node.name == "region":
        return f"{label}为“{node.value}”及其下辖"
    return f"{label}为{node.value}"


def _range(low: str | None, high: str | None) -> str:
    if low and high:
        return f" {low} 至 {high}"
    return f" {low} 起" if low else f" {high} 止" if high else "不限"
