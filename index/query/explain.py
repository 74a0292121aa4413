"""A query said back in words, so that a reader sees how it was understood."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from index.analysis.normaliser import fold_line
from index.analysis.wording import mainland_forms
from index.model.fields import FIELDS, SEARCHED_FIELDS
from index.model.metrics import METRIC_NAMES, METRICS
from index.query.evidence import evidence
from index.query.field_values import means_unknown
from index.query.runs import WILDCARD_PATTERN, analyse_run, is_loose, once
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
from index.words import SEPARATOR, term, text

__all__ = ["in_words"]

# Name of a field -> the message id of what it is called.
FIELD_LABELS = {field.query_name: field.label_zh for field in FIELDS}
# In a sentence these read better than as heads of a table.
FIELD_LABELS |= {"title": "标题", "published": "公布日期"}
FIELD_LABELS |= {metric.name: metric.label_zh for metric in METRICS}


# What stands around the letters of a run, as in 《行政复议》.
OUTER_SIGNS = re.compile(r"^\W+|\W+$")


def in_words(
    tree: Syntax | None,
    language: str = "zh-Hans",
    *,
    mode: str = "words",
    words: Sequence[str] = (),
) -> str:
    """What a query asks for in a mode, in a language of `index.words`; empty for an empty query.

    `words` are those of which the mode "any" asks for some.

    >>> from index.query.parser import parse
    >>> in_words(parse("行政许可 (收费 OR 费用) -免费 level:县区级 year:2015..2020"))
    '全文含“行政许可”，并且含“收费”或“费用”，不含“免费”；层级为县区级；年度 2015 至 2020'
    >>> in_words(parse('title:"年度报告" 公开 NEAR/10 收费'))
    '全文“公开”与“收费”相距不超过 10 字；标题逐字含“年度报告”'
    >>> in_words(parse("收费 -免费 year:2015..2020"), "en")
    'Text contains “收费”, but does not contain “免费”; Year 2015 to 2020'
    >>> in_words(parse("信息公开"), mode="whole"), in_words(parse("信息公开"))
    ('全文含“信息公开”', '全文含“信息”“公开”各词')
    """
    if tree is None:
        return ""
    return _Sentence(language, mode).query(tree, words)


@dataclass(frozen=True, slots=True)
class _Sentence:
    """Says the parts of a query. Its words stand in the catalogues, with the context "explain"."""

    language: str
    # how bare runs are read
    mode: str

    def say(self, kind: str, /, **facts: Any) -> str:
        """The words for a kind of condition."""
        words = term("explain", kind, self.language)
        return words.format(**facts)

    def query(self, tree: Syntax, words: Sequence[str]) -> str:
        operands = self.required(operands_of(tree))
        conditions = [node for node in operands if not isinstance(node, Field)]
        some = ""
        if self.mode == "any":
            loose = [node for node in conditions if is_loose(node)]
            conditions = [node for node in conditions if not is_loose(node)]
            named = evidence(And(tuple(loose), 0)).words
            # none of them where no report has any beside the rest
            names = [word for word in words if word in named]
            some = self.say("some", names=self.quoted(names)) if names else ""
        fields = [self.said(node) for node in operands if isinstance(node, Field)]
        texts = self.joined(conditions)
        if some:
            texts = some + (self.say("and") + texts if texts else "")
        # a whole condition stands in brackets, and is no text
        bracket = self.say("brackets", condition="")[0]
        if texts and not texts.startswith(bracket):
            texts = self.say("full-text", condition=texts)
        parts = [part for part in (texts, *fields) if part]
        return text("；", self.language).join(parts)

    def required(self, operands: Sequence[Syntax]) -> list[Syntax]:
        """The operands without bare runs that ask for nothing: a lone mark, 的 beside words."""
        lettered = [
            node
            for node in operands
            if not is_loose(node) or analyse_run(node.text).whole
        ]
        # marks alone are said as they stand
        lettered = lettered or list(operands)
        if self.mode == "whole":
            return lettered
        content = [
            node
            for node in lettered
            if not is_loose(node) or not analyse_run(node.text).is_functional
        ]
        return content if any(map(_asks_for_text, content)) else lettered

    def joined(self, operands: Iterable[Syntax]) -> str:
        """Conditions one after the other; what must not be needs no “and”: 含“甲”，不含“乙”."""
        joined = ""
        for operand in operands:
            if joined:
                negated = isinstance(operand, Negated)
                joined += self.say("but" if negated else "and")
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
                return self.say("brackets", condition=self.joined(operands))
            case Or(operands, _):
                return self.either(operands)
            case Proximity(operands, distance, _):
                names = [self.uncut(node) + self.outside(node) for node in operands]
                named = self.say("between").join(names)
                return self.say(
                    "near",
                    names=named,
                    distance=distance,
                )

    def either(self, operands: tuple[Syntax, ...]) -> str:
        """含“收费”或“费用” where all are words, else whole conditions."""
        words = [
            node for node in operands if isinstance(node, Run) and self.is_word(node)
        ]
        if len(words) == len(operands):
            names = [self.name(word) for word in words]
            return self.say("has", name=self.say("or").join(names), more="")
        conditions = [self.said(node) for node in operands]
        return self.say("brackets", condition=self.say("or-else").join(conditions))

    def negated(self, operand: Syntax) -> str:
        if isinstance(operand, Negated):
            return self.say("not-not", condition=self.said(operand))
        # what is excluded is read as it stands in every mode
        standing = replace(self, mode="whole")
        # 不含“免费”, but 不符合（“公开”与“收费”相距不超过 10 字）
        if isinstance(operand, Run):
            return standing.has(operand, "-not")
        if isinstance(operand, Quoted) and operand.within is None:
            return standing.has(operand, "-not")
        return self.say("not", condition=standing.said(operand))

    def has(self, node: Run | Quoted, negation: str = "") -> str:
        """What must stand in the text; with `negation` "-not", what must not."""
        name = self.uncut(node) if node.outside else self.name(node)
        more = self.also(node) + self.outside(node)
        if isinstance(node, Quoted):
            if node.within is not None:
                return self.say(
                    "within",
                    name=name,
                    distance=node.within,
                )
            return self.say(
                "exactly" + negation,
                name=name,
                more=more,
            )
        if WILDCARD_PATTERN.search(node.text):
            # a pattern has no exceptions: a note says so
            return self.say(
                "like" + negation,
                name=name,
                more="",
            )
        parts = self.parts(node)
        if node.outside or len(parts) < 2:
            return self.say(
                "has" + negation,
                name=name,
                more=more,
            )
        # 含“信息”“公开”“收费”各词
        names = self.quoted(parts)
        return self.say("each", names=names, more=self.also(node))

    def is_word(self, run: Run) -> bool:
        return not run.outside and len(self.parts(run)) == 1

    def parts(self, run: Run) -> tuple[str, ...]:
        """The words that a run is read as; the run itself where it is one, or stands whole."""
        if self.mode == "whole" or WILDCARD_PATTERN.search(run.text):
            return (run.text,)
        words = once(analyse_run(run.text).words)
        # as typed, not as folded
        return words if len(words) > 1 else (run.text,)

    def also(self, node: Run | Quoted) -> str:
        """The mainland's wording, which is searched too."""
        others = mainland_forms(fold_line(node.text))[1:]
        return self.say("also", others=self.listed(others)) if others else ""

    def outside(self, node: Run | Quoted) -> str:
        if not node.outside:
            return ""
        return self.say("outside", texts=self.listed(node.outside))

    def listed(self, texts: Sequence[str]) -> str:
        """Quoted strings one after the other, as in “甲”、“乙”."""
        separator = text(SEPARATOR, self.language)
        return separator.join(map(_marked, texts))

    def quoted(self, words: Sequence[str]) -> str:
        """The same where they belong together: “甲”“乙”."""
        between = text("”“", self.language)
        return f"“{between.join(words)}”"

    def name(self, node: Run | Quoted) -> str:
        return _marked(self.sought(node))

    def uncut(self, node: Run | Quoted) -> str:
        """The name of what is looked for as one string in every mode."""
        return replace(self, mode="whole").name(node)

    def sought(self, node: Run | Quoted) -> str:
        """What is looked for, as typed, without the signs that a bare run leaves out.

        《行政复议》 finds 行政复议, and the sentence must not say that the brackets stand there.
        """
        if isinstance(node, Quoted) or WILDCARD_PATTERN.search(node.text):
            return node.text
        analysed = analyse_run(node.text)
        found = analysed.whole if self.mode == "whole" else once(analysed.words)
        if not found or (self.mode != "whole" and len(found) > 1):
            return node.text
        if fold_line(node.text) in found:
            return node.text
        inner = OUTER_SIGNS.sub("", node.text)
        return inner if fold_line(inner) in found else found[0]

    def field(self, field: Field) -> str:
        name = field.name.removesuffix("~")
        label = term("field", FIELD_LABELS.get(name, name), self.language)
        if name in METRIC_NAMES:
            label = term("metric", FIELD_LABELS[name], self.language)
            # a colon here would seem to stand before the number
            label = label.replace("：", "")
        if field.is_range:
            return self.range(label, field.low, field.high)
        if field.name in SEARCHED_FIELDS:
            condition = self.has(_text_of(field))
            return self.say(
                "text-field",
                label=label,
                condition=condition,
            )
        kind = "is"
        if not field.quoted and means_unknown(field.value):
            kind = "unknown"
        elif field.name in ("year", "published", *METRIC_NAMES):
            kind = "number"
        elif field.name.endswith("~"):
            kind = "series"
        elif field.name in ("agency", "region"):
            kind = field.name
        return self.say(
            kind,
            label=label,
            value=field.value,
        )

    def range(self, label: str, low: str | None, high: str | None) -> str:
        kind = "any"
        if low:
            kind = "from"
        if high:
            kind = "range" if low else "until"
        return self.say(
            kind,
            label=label,
            low=low,
            high=high,
        )


def _marked(text: str) -> str:
    """A string between quotation marks that it does not have itself, if there are such.

    >>> _marked("公开"), _marked("公开”“收费")
    ('“公开”', '「公开”“收费」')
    """
    has_double, has_corner = set("“”") & set(text), set("「」") & set(text)
    return f"「{text}」" if has_double and not has_corner else f"“{text}”"


def _asks_for_text(node: Syntax) -> bool:
    """Whether a part of a query asks for anything that must stand in a title or a text."""
    match node:
        case Run() | Quoted() | Proximity():
            return True
        case Field(name):
            return name in SEARCHED_FIELDS
        case And(operands, _) | Or(operands, _):
            return any(map(_asks_for_text, operands))
        case Negated():
            return False


def _text_of(field: Field) -> Run | Quoted:
    """The value of a text field as if it were typed alone."""
    if field.quoted:
        return Quoted(field.value, field.position)
    return Run(field.value, field.position)
