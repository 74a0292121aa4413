"""A query said back in words, so that a reader sees how it was understood."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from index.analysis.normaliser import fold_line
from index.analysis.wording import mainland_forms
from index.model.fields import FIELDS, TEXT_FIELDS
from index.model.metrics import METRIC_NAMES, METRICS
from index.query.runs import WILDCARD_PATTERN, is_loose, once, read_run
from index.query.syntax import (
    And,
    Field,
    Negated,
    Or,
    Proximity,
    Quoted,
    Run,
    Syntax,
    operands_of,
)

__all__ = ["in_words"]

# Name of a field -> what it is called.
FIELD_LABELS = {field.query_name: field.label_zh for field in FIELDS}
# In a sentence these read better than as heads of a table.
FIELD_LABELS |= {"title": "标题", "published": "公布日期"}
FIELD_LABELS |= {metric.name: metric.label_zh for metric in METRICS}


def in_words(
    tree: Syntax | None, reading: str = "words", words: Iterable[str] = ()
) -> str:
    """What a query asks for in a reading, in Chinese; empty for an empty query.

    `words` are those of which the reading "any" asks for some.

    >>> from index.query.parser import parse
    >>> in_words(parse("行政许可 (收费 OR 费用) -免费 level:县区级 year:2015..2020"))
    '全文含“行政许可”，并且含“收费”或“费用”，不含“免费”；层级为县区级；年度 2015 至 2020'
    >>> in_words(parse('title:"年度报告" 公开 NEAR/10 收费'))
    '全文“公开”与“收费”相距不超过 10 字；标题逐字含“年度报告”'
    >>> in_words(parse("信息公开"), "whole"), in_words(parse("信息公开"))
    ('全文含“信息公开”', '全文含“信息”“公开”各词')
    """
    if tree is None:
        return ""
    speaker = _Speaker(reading)
    operands = operands_of(tree)
    texts = [node for node in operands if not isinstance(node, Field)]
    if reading == "any":
        texts = [node for node in texts if not is_loose(node)]
    said = speaker.joined(texts)
    if reading == "any" and len(texts) < len(operands):
        said = _some_of(words) + ("，并且" if said else "") + said
    fields = [speaker.said(node) for node in operands if isinstance(node, Field)]
    # a whole condition stands in brackets, and is no text
    if said and not said.startswith("（"):
        said = "全文" + said
    return "；".join(part for part in (said, *fields) if part)


def _some_of(words: Iterable[str]) -> str:
    """含“渔业”“资源”“旅游”中的部分词语."""
    named = [f"“{word}”" for word in words]
    return "含" + "".join(named) + "中的部分词语"


@dataclass(frozen=True, slots=True)
class _Speaker:
    """Says the parts of a query; `reading` is how bare runs are read."""

    reading: str

    def joined(self, operands: Iterable[Syntax]) -> str:
        """Conditions one after the other; what must not be needs no “and”: 含“甲”，不含“乙”."""
        joined = ""
        for operand in operands:
            if joined:
                joined += "，" if isinstance(operand, Negated) else "，并且"
            joined += self.said(operand)
        return joined

    def said(self, node: Syntax) -> str:
        match node:
            case Run() | Quoted():
                return self.has(node)
            case Field():
                return self.field(node)
            case Negated(operand, _):
                return self.negated(operand)
            case And(operands, _):
                return "（" + self.joined(operands) + "）"
            case Or(operands, _):
                return self.either(operands)
            case Proximity(operands, distance, _):
                names = [_name(operand) + _outside(operand) for operand in operands]
                named = "与".join(names)
                return f"{named}相距不超过 {distance} 字"

    def either(self, operands: tuple[Syntax, ...]) -> str:
        """含“收费”或“费用” where all are words, else whole conditions."""
        words = [
            node for node in operands if isinstance(node, Run) and self.is_word(node)
        ]
        if len(words) == len(operands):
            return "含" + "或".join(_name(word) for word in words)
        return "（" + "，或者".join(self.said(node) for node in operands) + "）"

    def is_word(self, run: Run) -> bool:
        return not run.outside and len(self.parts(run)) == 1

    def negated(self, operand: Syntax) -> str:
        if isinstance(operand, Negated):
            return "并非" + self.said(operand)
        if isinstance(operand, Run | Quoted):
            said = self.has(operand)
            # 不含“免费”, but 不符合（“公开”与“收费”相距不超过 10 字）
            if said.startswith(("含", "逐字含")):
                return "不" + said
        return f"不符合（{self.said(operand)}）"

    def has(self, node: Run | Quoted) -> str:
        """What must stand in the text."""
        if isinstance(node, Quoted):
            if node.within is not None:
                return f"{_name(node)}各词相距不超过 {node.within} 字"
            return "逐字含" + _name(node) + _also(node) + _outside(node)
        if WILDCARD_PATTERN.search(node.text):
            return "含形如" + _name(node) + "的字串" + _outside(node)
        parts = self.parts(node)
        if node.outside or len(parts) < 2:
            return "含" + _name(node) + _also(node) + _outside(node)
        # 含“信息”“公开”“收费”各词
        named = [f"“{part}”" for part in parts]
        return "含" + "".join(named) + "各词" + _also(node)

    def parts(self, run: Run) -> tuple[str, ...]:
        """The words that a run is read as; the run itself where it is one, or stands whole."""
        if self.reading == "whole" or WILDCARD_PATTERN.search(run.text):
            return (run.text,)
        words = once(read_run(run.text).words)
        # as typed, not as folded
        return words if len(words) > 1 else (run.text,)

    def field(self, field: Field) -> str:
        label = FIELD_LABELS.get(field.name.removesuffix("~"), field.name)
        if field.is_range:
            return label + _range(field.low, field.high)
        if field.name in TEXT_FIELDS:
            return label + self.has(_text_of(field))
        if field.name in ("year", "published", *METRIC_NAMES):
            return f"{label} {field.value}"
        if field.name.endswith("~"):
            return f"{label}为“{field.value}”及其前身、后继"
        if field.name == "agency":
            return f"{label}名称含“{field.value}”或以此简称"
        if field.name == "region":
            return f"{label}为“{field.value}”及其下辖"
        return f"{label}为{field.value}"


def _also(node: Run | Quoted) -> str:
    """The mainland's wording, which is searched too."""
    others = mainland_forms(fold_line(node.text))[1:]
    if not others:
        return ""
    named = [f"“{other}”" for other in others]
    return "（也含大陆说法" + "、".join(named) + "）"


def _name(node: Run | Quoted) -> str:
    return f"“{node.text}”"


def _outside(node: Run | Quoted) -> str:
    if not node.outside:
        return ""
    named = [f"“{text}”" for text in node.outside]
    return "（不计" + "、".join(named) + "之内的）"


def _text_of(field: Field) -> Run | Quoted:
    """The value of a text field as if it were typed alone."""
    if field.quoted:
        return Quoted(field.value, field.position)
    return Run(field.value, field.position)


def _range(low: str | None, high: str | None) -> str:
    if low and high:
        return f" {low} 至 {high}"
    if low:
        return f" {low} 起"
    return f" {high} 止" if high else "不限"
