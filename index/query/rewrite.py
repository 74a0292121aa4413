"""From the tree of a query to finished nodes: folded, cut into words, wordings OR-ed, values of
facets resolved.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from index.analysis.normaliser import fold_line
from index.analysis.synonyms import synonyms
from index.analysis.tokenizer import is_word, tokenizer
from index.analysis.wording import mainland_forms
from index.model.errors import QueryError
from index.model.metrics import METRIC_NAMES
from index.model.report import LEVELS
from index.query.codes import CODE, spellings
from index.query.nodes import (
    AllOf,
    AnyOf,
    AtLeast,
    Everything,
    Keyword,
    Near,
    Node,
    Not,
    Nothing,
    NumberRange,
    PathPrefix,
    Ranking,
    String,
    Wildcard,
)
from index.query.syntax import (
    And,
    Field,
    Negated,
    Or,
    Proximity,
    Quoted,
    Run,
    Syntax,
    unparse,
)

__all__ = ["WILD", "Rewritten", "Values", "rewrite", "words_of"]

# (facet name, index form) -> the values of that facet in the index that contain it, or
# may be called so.
Values = Callable[[str, str], list[str]]

# Bodies -> the reports of those bodies and of their predecessors and successors.
Series = Callable[[tuple[str, ...]], Node]

WILD = re.compile(r"\*|\?(?=\w)")
LATIN = re.compile("[a-z]")


@dataclass(slots=True)
class Rewritten:
    """A query ready for an engine.

    `loose` are the bare words of the top level, which `match=auto` may relax; `firm` is all else.
    `filters` are facet values typed at the top level, which become one with those chosen beside the
    query; `ranges` likewise, by name. `bare` are the bare runs of the top level in index form: a
    year, a place or a body may be named there. `leftover` are neighbouring single characters among
    the loose words. `synonyms` are what means the same as a bare word.
    """

    firm: list[Node] = field(default_factory=list)
    loose: list[Node] = field(default_factory=list)
    filters: dict[str, list[str]] = field(default_factory=dict)
    ranges: dict[str, list[Node]] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    pairs: list[str] = field(default_factory=list)
    normalised: list[str] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)
    leftover: list[Node] = field(default_factory=list)
    synonyms: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def condition(self, match: str = "all", least: int | None = None) -> Node:
        """The condition under a mode of matching;

        `least` asks for that many of the telling words only.
        """
        loose: list[Node] = list(dict.fromkeys(self.loose))
        if least is not None:
            loose = [AtLeast(tuple(self.telling()), least)]
        elif match == "any" and len(loose) > 1:
            loose = [AnyOf(tuple(loose))]
        return all_of([*self.firm, *loose])

    def telling(self) -> list[Node]:
        """What a report can be told by: the loose words of two characters or more, and pairs of
        single ones; else all.

        A name that no dictionary has falls into single characters: 祭遵 is one thing although 祭
        and 遵 are two words.
        """
        words = list(dict.fromkeys(self.loose))
        long = [w for w in words if not isinstance(w, String) or len(w.forms[0]) > 1]
        return list(dict.fromkeys([*long, *self.leftover])) or words

    def stands_as_typed(self) -> bool:
        """Whether each piece of the query is one string, without Latin letters: what is found then
        is spelt right.
        """
        strings = {
            n.forms[0]
            for n in (*self.firm, *self.loose)
            if isinstance(n, String) and len(n.forms) == 1
        }
        pieces = [piece.strip('"') for piece in self.normalised]
        return strings.issuperset(pieces) and LATIN.search("".join(pieces)) is None

    def ranking(self, *, pairs: bool = False) -> Ranking:
        """What relevance is made of, where all words are found."""
        return Ranking(
            _once(self.tokens), _once(self.runs), _once(self.pairs) if pairs else ()
        )

    def evidence(self) -> Ranking:
        """What relevance is made of where no report has all words: every trace of the question
        counts, down to single characters, and no run counts as a whole: it is the question that is
        asked, not what stands in the answer.
        """
        single = [c for pair in self.pairs for c in pair]
        return Ranking(_once(self.tokens), (), _once([*self.pairs, *single]))


def _alone(agencies: tuple[str, ...]) -> Node:
    return Keyword("agency", agencies)


def rewrite(
    tree: Syntax | None,
    values: Values,
    series: Series = _alone,
    *,
    synonymous: bool = False,
) -> Rewritten:
    """The finished form of a parsed query. Raises QueryError for what has no meaning.

    With `synonymous` bare words also stand for what means the same.
    """
    out = Rewritten()
    if tree is None:
        return out
    rewriter = _Rewriter(out, values, series, synonymous=synonymous)
    for operand in tree.operands if isinstance(tree, And) else (tree,):
        rewriter.top(operand)
    if not (out.firm or out.loose or out.filters or out.ranges):
        raise QueryError("there is no letter or digit to search for; type a word", 0)
    return out


def all_of(nodes: Iterable[Node]) -> Node:
    """The conjunction of nodes, as simple as it can be."""
    operands = tuple(dict.fromkeys(n for n in nodes if not isinstance(n, Everything)))
    if not operands:
        return Everything()
    return operands[0] if len(operands) == 1 else AllOf(operands)


def _once(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))


def pairs_of(form: str) -> list[str]:
    """The neighbouring characters of a form, signs left out.

    >>> pairs_of("信息公开!")
    ['信息', '息公', '公开']
    """
    return [
        form[i : i + 2]
        for i in range(len(form) - 1)
        if form[i].isalnum() and form[i + 1].isalnum()
    ]


class _Rewriter:
    """Walks the tree; what ranks is collected on the way, except below NOT."""

    def __init__(
        self,
        out: Rewritten,
        values: Values,
        series: Series,
        *,
        synonymous: bool = False,
    ) -> None:
        self.out, self.values, self.series, self.synonymous = (
            out,
            values,
            series,
            synonymous,
        )

    # ------------------------------------------------------------------ the top level
    def top(self, node: Syntax) -> None:
        """One operand of the top-level conjunction."""
        if isinstance(node, Field) and node.name not in ("title", "text"):
            self.filter(node)
        elif isinstance(node, Run) and not node.outside and not WILD.search(node.text):
            self.out.loose += self.run(node, None)
            self.out.leftover += [
                String(mainland_forms(p)) for p in _leftover(fold_line(node.text))
            ]
            self.out.normalised.append(fold_line(node.text))
            self.out.bare.append(mainland_forms(fold_line(node.text))[-1])
        else:
            self.out.firm.append(self.node(node))
            self.out.normalised.append(_printed(node))

    def filter(self, node: Field) -> None:
        """A field of the top level: one with the filters chosen beside the query."""
        self.out.normalised.append(_printed(node))
        found = self.field(node)
        match found:
            case Keyword(name, chosen):
                self.out.filters.setdefault(name, []).extend(chosen)
            case PathPrefix(name, prefixes):
                self.out.filters.setdefault(name, []).extend(
                    "/".join(p) for p in prefixes
                )
            case NumberRange(name, _, _):
                self.out.ranges.setdefault(name, []).append(found)
            case _:
                self.out.firm.append(found)

    # ------------------------------------------------------------------ nodes
    def node(self, node: Syntax) -> Node:
        """A node of any depth."""
        match node:
            case Run():
                return all_of(self.required(self.run(node, None), node.position))
            case Quoted():
                return self.quoted(node, None)
            case Field():
                return self.field(node)
            case Negated(operand, _):
                return Not(
                    _Rewriter(
                        Rewritten(),
                        self.values,
                        self.series,
                        synonymous=self.synonymous,
                    ).node(operand)
                )
            case And(operands, _):
                return all_of(self.node(o) for o in operands)
            case Or(operands, _):
                return AnyOf(tuple(dict.fromkeys(self.node(o) for o in operands)))
            case Proximity(operands, distance, _):
                return Near(tuple(self.string(o) for o in operands), distance)

    def required(self, nodes: list[Node], position: int) -> list[Node]:
        """Nodes that must not be empty: an operand without letters would match everything."""
        if not nodes:
            raise QueryError(
                "there is no letter or digit here to search for; type a word", position
            )
        return nodes

    def run(self, node: Run, field_name: str | None) -> list[Node]:
        """The words of a bare run; a run with wildcards or an exclusion is one string."""
        if WILD.search(node.text):
            return [self.wildcard(node, field_name)]
        form = fold_line(node.text)
        if node.outside:
            return [self.string(node, field_name)]
        words = words_of(form)
        self.rank(form, words)
        return self.worded(form, words, field_name)

    def worded(self, form: str, words: list[str], field_name: str | None) -> list[Node]:
        """The words of a run as strings; where it is asked with what means the same as one of them,
        or as the run.
        """
        mainland = mainland_forms(form)[-1]
        cut = words_of(mainland)
        alike = len(cut) == len(words)
        forms = _wordings(words, cut if alike else words)
        same = {
            w: synonyms(f[-1]) for w, f in forms.items() if len(forms) > 1 or w != form
        }
        whole = synonyms(mainland)
        self.out.synonyms |= {w: s for w, s in [(form, whole), *same.items()] if s}
        others: list[Node] = (
            []
            if alike
            else [all_of(String(f, field_name) for f in _wordings(cut, cut).values())]
        )
        if self.synonymous:
            forms = {w: (*f, *same.get(w, ())) for w, f in forms.items()}
            self.out.tokens += [
                t
                for s in (whole, *same.values())
                for w in s
                for t in tokenizer().search_tokens(w)
            ]
            others += [String(whole, field_name)] if whole else []
        strings: list[Node] = [String(f, field_name) for f in forms.values()]
        return [AnyOf((all_of(strings), *others))] if others else strings

    def rank(self, form: str, words: list[str]) -> None:
        """Let the run and its words rank, in mainland wording, so that every wording gives one
        order.
        """
        mainland = mainland_forms(form)[-1]
        trimmed = mainland.strip("".join({c for c in mainland if not c.isalnum()}))
        self.out.words += words
        self.out.tokens += tokenizer().search_tokens(mainland)
        self.out.pairs += pairs_of(mainland)
        if len(words) > 1:
            self.out.runs.append(trimmed)

    def quoted(self, node: Quoted, field_name: str | None) -> Node:
        """A quoted string, or with a number its words near each other."""
        if node.within is None:
            return self.string(node, field_name)
        form = fold_line(node.text)
        parts = form.split() if " " in form else words_of(form)
        strings = tuple(
            String(mainland_forms(p), field_name) for p in _once(parts) if is_word(p)
        )
        if not strings:
            raise QueryError(
                "there is no letter or digit here to search for; type a word",
                node.position,
            )
        self.rank(form, words_of(form))
        return Near(strings, node.within) if len(strings) > 1 else strings[0]

    def string(self, node: Run | Quoted, field_name: str | None = None) -> String:
        """Exactly these characters."""
        form = fold_line(node.text)
        if not form:
            raise QueryError(
                "there is nothing here to search for; type a word", node.position
            )
        self.out.words.append(form)
        self.out.tokens += tokenizer().search_tokens(mainland_forms(form)[-1])
        outside = tuple(
            o for text in node.outside for o in mainland_forms(fold_line(text)) if o
        )
        return String(mainland_forms(form), field_name, outside)

    def wildcard(self, node: Run, field_name: str | None) -> Wildcard:
        """A run with `*` or `?`."""
        pattern = re.sub(r"\*+", "*", fold_line(node.text))
        if not any(c.isalnum() for c in pattern):
            raise QueryError(
                "a wildcard needs at least one fixed character beside it, as in 公开*",
                node.position,
            )
        self.out.words.append(pattern)
        return Wildcard(pattern, field_name)

    # ------------------------------------------------------------------ fields
    def field(self, node: Field) -> Node:
        """`name:value`."""
        if node.name in ("title", "text"):
            if node.quoted:
                return self.quoted(Quoted(node.value, node.position), node.name)
            run = Run(node.value or "..", node.position)
            return all_of(self.required(self.run(run, node.name), node.position))
        if node.name == "year":
            return _year(node)
        if node.name == "published":
            return _published(node)
        if node.name in METRIC_NAMES:
            return _metric(node)
        if node.is_range:
            message = f"{node.name} has no range; year, published and the numbers of the tables have"
            raise QueryError(message, node.position)
        return self.facet(node)

    def facet(self, node: Field) -> Node:
        """A facet by part of its value."""
        wanted = node.value.strip()
        if node.name == "level":
            return Keyword("level", (_level(wanted, node.position),))
        if node.name == "region":
            parts = tuple(wanted.split("/"))
            paths = [
                tuple(v.split("/")) for v in self.values("region", fold_line(parts[-1]))
            ]
            prefixes = tuple(p for p in paths if _ends_with(p, parts))
            return PathPrefix("region", prefixes) if prefixes else Nothing()
        known = tuple(self.values(node.name.removesuffix("~"), fold_line(wanted)))
        if not known:
            return Nothing()
        return (
            self.series(known) if node.name.endswith("~") else Keyword(node.name, known)
        )


def _ends_with(path: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    """深圳 and 深圳市 name 广东省/深圳市, 广东省/深圳市 names it too."""
    *upper, last = parts
    return path[-1].startswith(last) and path[-len(parts) : -1] == tuple(upper)


def _wordings(words: list[str], mainland: list[str]) -> dict[str, tuple[str, ...]]:
    """What each word of a run may stand as: a code as reports set it, a word also as the mainland
    says it in that run.

    >>> _wordings(["资讯", "公开"], ["信息", "公开"])
    {'资讯': ('资讯', '信息'), '公开': ('公开',)}
    """
    pairs = zip(words, mainland, strict=True)
    return {
        w: spellings(w) if CODE.fullmatch(w) else _once((*mainland_forms(w), m))
        for w, m in pairs
    }


SINGLE = re.compile(r"[^\W0-9a-z_]")
SHORT = re.compile(r"[^\W0-9a-z_]{2}")


def words_of(form: str) -> list[str]:
    """The words of a folded run: codes whole, two characters as they are, the rest as the segmenter
    cuts it.

    >>> words_of("国办发(2019)5号"), words_of("到有"), words_of("信息公开")
    (['国办发(2019)5号'], ['到有'], ['信息', '公开'])
    """
    if SHORT.fullmatch(form):
        return [form]
    out: list[str] = []
    at = 0
    for match in CODE.finditer(form):
        out += tokenizer().words(form[at : match.start()])
        out.append(match.group())
        at = match.end()
    return out + tokenizer().words(form[at:])


def _leftover(form: str) -> list[str]:
    """The pairs of neighbouring words of one character.

    >>> _leftover("祭遵的家庭")
    ['祭遵', '遵的']
    """
    words, at, single = words_of(form), 0, set()
    for word in words:
        at = form.find(word, at)
        if SINGLE.fullmatch(word):
            single.add(at)
        at += len(word)
    return [form[i : i + 2] for i in sorted(single) if i + 1 in single]


def _printed(node: Syntax) -> str:
    return (
        fold_line(unparse(node, inside=True))
        if not isinstance(node, Field)
        else unparse(node)
    )


def _level(value: str, position: int) -> str:
    for level in LEVELS:
        if fold_line(value) in (level, level.removesuffix("级")):
            return level
    raise QueryError(
        f"there is no level {value}; there are {', '.join(LEVELS)}", position
    )


def _year(node: Field) -> Node:
    ends = (node.low, node.high) if node.is_range else (node.value, node.value)
    numbers = [_number(e, node) for e in ends]
    if numbers == [None, None]:
        raise QueryError(
            "year: needs a year or a range such as 2018..2020", node.position
        )
    if not node.is_range:
        return Keyword("year", (str(numbers[0]),))
    return NumberRange("year", *numbers)


def _number(text: str | None, node: Field) -> int | None:
    if not text:
        return None
    digits = fold_line(text)
    if not re.fullmatch(r"[0-9]{4}", digits):
        raise QueryError(
            f"{text!r} is no year; write four digits, as in year:2018..2020",
            node.position,
        )
    return int(digits)


def _metric(node: Field) -> NumberRange:
    """A number of the statutory tables, or a range of it: applications_new:100.. is 100 and more."""
    ends = (node.low, node.high) if node.is_range else (node.value, node.value)
    folded = [fold_line(end) if end else "" for end in ends]
    wrong = next((end for end in folded if end and not METRIC.fullmatch(end)), None)
    if wrong is not None or not any(folded):
        example = f"write {node.name}:5 or {node.name}:100..200"
        raise QueryError(f"{wrong or '..'!r} is no number; {example}", node.position)
    return NumberRange(node.name, *(float(end) if end else None for end in folded))


METRIC = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?")
DATE = re.compile(r"(\d{4})(?:-(0?[1-9]|1[0-2])(?:-(0?[1-9]|[12]\d|3[01]))?)?")


def _published(node: Field) -> NumberRange:
    low, high = (node.low, node.high) if node.is_range else (node.value, node.value)
    if not low and not high:
        raise QueryError(
            "published: needs a date or a range such as 2019-01..2019-03-31",
            node.position,
        )
    return NumberRange(
        "published", _day(low, node, last=False), _day(high, node, last=True)
    )


def _day(text: str | None, node: Field, *, last: bool) -> int | None:
    """The first or last day that a date, a month or a year means."""
    if not text:
        return None
    match = DATE.fullmatch(fold_line(text))
    wrong = QueryError(
        f"{text!r} is no date; write 2019, 2019-03 or 2019-03-31", node.position
    )
    if match is None:
        raise wrong
    year, month, day = (int(g) if g else None for g in match.groups())
    try:
        if day:
            return dt.date(year or 0, month or 1, day).toordinal()
        if not last:
            return dt.date(year or 0, month or 1, 1).toordinal()
        following = dt.date(
            (year or 0) + (month or 12) // 12, (month or 12) % 12 + 1, 1
        )
        return following.toordinal() - 1
    except (ValueError, OverflowError):
        raise wrong from None
