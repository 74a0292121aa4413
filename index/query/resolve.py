"""From the syntax tree of a query to the nodes that an engine is asked.

Text is folded and cut into words, Taiwan and mainland wordings are OR-ed, and values of fields are
looked up in the index. `index.query.evidence` makes the ranking terms.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from index.analysis.normaliser import fold_line
from index.analysis.tokenizer import is_word
from index.analysis.wording import mainland_forms
from index.model.errors import QueryError
from index.model.fields import FACETS, SEARCHED_FIELDS
from index.model.metrics import METRIC_NAMES
from index.model.often import made_often
from index.model.problems import Code
from index.model.value_names import CLOSED_VALUES, OPEN_TO_CURATORS
from index.query.field_values import (
    level_of,
    means_unknown,
    metric_range,
    published_range,
    unknown_of,
    value_named,
    year_of,
)
from index.query.names import nearest_paths
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
    String,
    Wildcard,
    strings_of,
)
from index.query.runs import (
    WILDCARD_PATTERN,
    analyse_run,
    is_filter,
    is_loose,
    lone_pairs,
    once,
    wildcard_of,
    without_marks,
    wordings_of,
    words_of,
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
    operands_of,
)

__all__ = ["Resolved", "Series", "Values", "all_of", "resolve"]

Strings = tuple[str, ...]
Nodes = tuple[Node, ...]

# (facet name, text in index form) -> the values of that facet in the index that contain the text,
# or may be called so; places only when they may be called so. No text gives all values.
Values = Callable[[str, str], list[str]]

# Facet -> all its values, where they are few and known without the index.
VALUE_ORDERS = {
    name: values
    for name, values in CLOSED_VALUES.items()
    if name not in OPEN_TO_CURATORS
}

# What is typed as a filter becomes one with what is chosen beside the query.
Filter = Keyword | PathPrefix | NumberRange

# Bodies -> the condition for the reports of those bodies, their predecessors and successors.
Series = Callable[[Strings], Node]


# Fields with names as values, which have no comma: it stands between several of them.
LISTING_FIELDS = ("agency~", *(facet.name for facet in FACETS))
COMMAS_PATTERN = re.compile(r"[，,、；;]+")
LATIN_LETTER = re.compile("[a-z]")


@made_often(frozen=True, slots=True)
class Resolved:
    """A parsed query as conditions for an engine.

    A query is matched in one of three ways, and each needs other parts:

    - "whole": all of `whole`. Each bare run is one string.
    - "words": all of `required` and all of `words`. Each bare run is cut into words.
    - "any": all of `required`, and some of `distinctive`.

    `words` holds the words of the bare runs. `required` holds the conditions that are not bare
    runs, such as quoted strings, exclusions and brackets. `distinctive` holds what distinguishes
    reports: words of two or more characters, words typed alone, and pairs of leftover single
    characters.

    `filters` maps a facet name to the values that the query names (level:县区级). `ranges` maps
    the name of a number to its ranges (year:2018..2020). `search.plan` joins both with the
    filters that the reader clicked.
    """

    whole: Nodes = ()
    required: Nodes = ()
    words: Nodes = ()
    distinctive: Nodes = ()
    filters: Mapping[str, Strings] = field(default_factory=dict)
    ranges: Mapping[str, Nodes] = field(default_factory=dict)

    def condition(
        self,
        mode: str = "words",
        least: int = 0,
    ) -> Node:
        """The condition of a mode: "whole", "words" or "any".

        "any" asks for at least `least` of the distinctive words; 0 asks for none of them.
        """
        if mode == "whole":
            return all_of(self.whole)
        if mode == "words":
            return all_of([*self.required, *self.words])
        if not least:
            return all_of(self.required)
        return all_of([*self.required, AtLeast(self.distinctive, least)])

    def stands_as_typed(self, pieces: Iterable[str]) -> bool:
        """Whether each piece of the query is one string of the condition, without Latin letters.

        What is found then is spelt right: no correction is needed.
        """
        strings = set()
        for node in self.whole:
            # one that also stands in another wording was perhaps not found as typed
            if isinstance(node, String) and len(node.forms) == 1:
                strings.add(node.forms[0])
        bare = [piece.strip('"') for piece in pieces]
        # pinyin is typed in Latin letters, and stands for something else
        has_latin = LATIN_LETTER.search("".join(bare)) is not None
        return strings.issuperset(bare) and not has_latin


def _is_one_character(word: Node) -> bool:
    return isinstance(word, String) and len(word.forms[0]) == 1


def _alone(agencies: Strings) -> Node:
    return Keyword("agency", agencies)


def resolve(
    tree: Syntax | None,
    values: Values,
    series: Series = _alone,
    *,
    synonymous: bool = False,
) -> Resolved:
    """The condition that a parsed query means. Raises QueryError for what has no meaning.

    `values` and `series` look into the index. With `synonymous` bare words also stand for what
    means the same.
    """
    if tree is None:
        return Resolved()
    resolver = _Resolver(values, series, synonymous)
    whole: list[Node] = []
    required: list[Node] = []
    runs: list[Run] = []
    typed: list[Filter] = []
    for operand in operands_of(tree):
        if is_loose(operand):
            runs.append(operand)
            whole += resolver.whole(operand.text)
            continue
        node = resolver.node(operand)
        if is_filter(operand) and isinstance(node, Filter):
            typed.append(node)
        else:
            # a filter that no value of the index fits is Nothing, which must hold like all else
            required.append(node)
            whole.append(resolver.as_it_stands(operand, node))
    read = _content_runs(runs, required)
    words = once(chain.from_iterable(resolver.run(run.text) for run in read))
    resolved = Resolved(
        whole=tuple(whole),
        required=tuple(required),
        words=words,
        distinctive=_distinctive_words(read, words),
        filters=_filters(typed),
        ranges=_ranges(typed),
    )
    if not (resolved.required or resolved.words or typed):
        raise QueryError(Code.QUERY_NO_LETTER, 0)
    return resolved


def _content_runs(
    runs: Sequence[Run],
    required: Iterable[Node],
) -> list[Run]:
    """The runs that are read as words: not 的 alone, unless nothing else was typed."""
    content = [run for run in runs if not analyse_run(run.text).is_functional]
    if content or strings_of(all_of(required)):
        return content
    return list(runs)


def _distinctive_words(
    runs: Iterable[Run],
    words: Nodes,
) -> Nodes:
    """The words by which a report can be told from others.

    They are the words of two characters or more, those typed alone, and the pairs of single ones.
    Where there are none, they are all words.
    """
    long = [word for word in words if not _is_one_character(word)]
    alone = [
        word
        for word in words
        if any(analyse_run(run.text).whole == _forms_of(word) for run in runs)
    ]
    pairs = chain.from_iterable(_unknown_pairs(run) for run in runs)
    return once([*long, *alone, *pairs]) or words


def _forms_of(word: Node) -> Strings:
    return word.forms if isinstance(word, String) else ()


def _unknown_pairs(run: Run) -> list[Node]:
    """The strings of two words of one character each, as 祭遵."""
    pairs = lone_pairs(fold_line(run.text))
    return [String(mainland_forms(pair)) for pair in pairs]


def _filters(typed: Iterable[Filter]) -> dict[str, Strings]:
    """Facet name -> the values typed for it; those of a path are written 广东省/深圳市."""
    filters: dict[str, Strings] = {}
    for node in typed:
        match node:
            case Keyword(name, values):
                # year:2018 year:2019 asks for both
                filters[name] = filters.get(name, ()) + values
            case PathPrefix(name, prefixes):
                paths = tuple("/".join(prefix) for prefix in prefixes)
                filters[name] = filters.get(name, ()) + paths
            case NumberRange():
                pass
    return filters


def _ranges(typed: Iterable[Filter]) -> dict[str, Nodes]:
    """Name of a number -> the ranges typed for it."""
    ranges: dict[str, Nodes] = {}
    for node in typed:
        if isinstance(node, NumberRange):
            ranges[node.name] = (*ranges.get(node.name, ()), node)
    return ranges


def all_of(nodes: Iterable[Node]) -> Node:
    """The conjunction of nodes, as simple as it can be."""
    # Everything narrows nothing
    operands = once(node for node in nodes if not isinstance(node, Everything))
    if not operands:
        return Everything()
    if len(operands) == 1:
        return operands[0]
    return AllOf(operands)


@dataclass(frozen=True, slots=True)
class _Resolver:
    """What resolving needs beside the tree: the index to look into, and how runs are read.

    `standing` reads every run as it stands, else it is read as words.
    """

    values: Values
    series: Series
    synonymous: bool
    standing: bool = False

    def as_it_stands(
        self,
        node: Syntax,
        as_words: Node,
    ) -> Node:
        """The node of a part of the tree with runs that stand; `as_words` reads their words."""
        if isinstance(node, Quoted | Proximity) or is_filter(node):
            return as_words
        return replace(self, standing=True).node(node)

    def node(self, node: Syntax) -> Node:
        """The node of one part of the tree."""
        match node:
            case Run():
                return self.typed(node, None)
            case Quoted():
                return _quoted(node, None)
            case Field():
                return self.field(node)
            case Negated(operand, _):
                # -收费标准: what is excluded is what was typed, not a report with both words
                return Not(replace(self, standing=True).node(operand))
            case And(operands, _):
                return all_of(self.node(operand) for operand in operands)
            case Or(operands, _):
                return AnyOf(once(self.node(operand) for operand in operands))
            case Proximity(operands, distance, _):
                # 公开 NEAR/10 收费: each side as it stands, uncut
                strings = tuple(_string(operand, None) for operand in operands)
                return Near(strings, distance)

    def typed(
        self,
        run: Run,
        name: str | None,
    ) -> Node:
        """A run that must hold: its words, or one string where it says more than words."""
        if WILDCARD_PATTERN.search(run.text):
            return _wildcard(run, name)
        if run.outside:
            return _string(run, name)
        read = self.whole if self.standing else self.run
        words = read(run.text, name)
        if not words:
            # an operand without letters would match everything
            raise QueryError(Code.QUERY_NO_LETTER, run.position)
        return all_of(words)

    def whole(
        self,
        text: str,
        name: str | None = None,
    ) -> list[Node]:
        """A bare run as it stands, in all its wordings; nothing for a run without letters."""
        analysed = analyse_run(text)
        forms = analysed.whole_or_synonyms if self.synonymous else analysed.whole
        return [String(forms, name)] if forms else []

    def run(
        self,
        text: str,
        name: str | None = None,
    ) -> list[Node]:
        """The words of a bare run as strings, in all their wordings.

        Where the mainland cuts the run into other words, and where it has synonyms, there is one
        node that says so. `name` is a text field, or None for any.
        """
        analysed = analyse_run(text)
        forms = analysed.wordings
        others: list[Node] = []
        if not analysed.is_cut_alike:
            mainland = wordings_of(analysed.mainland_words, analysed.mainland_words)
            others.append(
                all_of(String(wording, name) for wording in mainland.values())
            )
        if self.synonymous:
            forms = {
                word: (*wording, *analysed.same_as_words.get(word, ()))
                for word, wording in forms.items()
            }
            if analysed.same_as_run:
                others.append(String(analysed.same_as_run, name))
        strings: list[Node] = [String(wording, name) for wording in forms.values()]
        if not others:
            return strings
        return [AnyOf((all_of(strings), *others))]

    # ------------------------------------------------------------------ fields
    def field(self, field: Field) -> Node:
        """`name:value`, or several values with commas between them, of which one must hold."""
        is_list = field.name in LISTING_FIELDS and not field.quoted
        if field.is_range or not is_list or not COMMAS_PATTERN.search(field.value):
            return self.one_value(field)
        parts = filter(None, COMMAS_PATTERN.split(field.value))
        nodes = [self.one_value(replace(field, value=part)) for part in parts]
        return _any_of_values(nodes) if nodes else self.one_value(field)

    def one_value(self, field: Field) -> Node:
        """`name:value`; in quotes 不详 is a name like others."""
        if field.name in SEARCHED_FIELDS:
            return self.text_field(field)
        if not field.quoted and means_unknown(field.value):
            return unknown_of(field.name)
        if field.name == "year":
            return year_of(field)
        if field.name == "published":
            return published_range(field)
        if field.name in METRIC_NAMES:
            return metric_range(field)
        if field.is_range:
            facts = {"name": field.name}
            raise QueryError(Code.QUERY_FIELD_WITHOUT_RANGE, field.position, facts)
        if field.name == "level":
            # levels are five, and known without the index
            return Keyword("level", (level_of(field),))
        if field.name == "region":
            return self.region(field)
        if order := VALUE_ORDERS.get(field.name):
            return Keyword(field.name, (value_named(field, order),))
        return self.facet(field)

    def text_field(self, field: Field) -> Node:
        """What must stand in the title, in the text, or in the index card."""
        if field.quoted:
            return _quoted(Quoted(field.value, field.position), field.name)
        # a range has no value: its dots are no letters, and are refused as such
        run = Run(field.value or "..", field.position)
        return self.typed(run, field.name)

    def region(self, field: Field) -> Node:
        """The places that may be called so, each with all below it. Raises QueryError."""
        wanted = field.value.strip()
        called = self.values("region", fold_line(wanted))
        if called:
            prefixes = tuple(tuple(path.split("/")) for path in called)
            return PathPrefix("region", prefixes)
        known = self.values("region", "")
        if known:
            last = wanted.strip("/").rpartition("/")[2]
            facts = {"region": wanted, "paths": nearest_paths(known, last)}
            raise QueryError(Code.REQUEST_UNKNOWN_REGION, field.position, facts)
        # an index without places says nothing of them: nothing is from there
        return Nothing()

    def facet(self, field: Field) -> Node:
        """The values of a facet that contain what was typed, or may be called so.

        `agency~` takes in predecessors and successors.
        """
        facet = field.name.removesuffix("~")
        wanted = fold_line(field.value.strip())
        known = tuple(self.values(facet, wanted))
        if not known and facet in CLOSED_VALUES:
            return self.kind(field)
        if not known:
            return Nothing()
        if field.name.endswith("~"):
            return self.series(known)
        return Keyword(facet, known)

    def kind(self, field: Field) -> Node:
        """A value of a facet with few of them that no value of the index holds as typed."""
        given = self.values(field.name, "")
        order = (*CLOSED_VALUES[field.name], *given)
        value = value_named(field, tuple(dict.fromkeys(order)))
        return Keyword(field.name, (value,)) if value in given else Nothing()


def _any_of_values(nodes: Sequence[Node]) -> Node:
    """Values of one field as one condition: a filter where all are values of a facet."""
    known = [node for node in nodes if not isinstance(node, Nothing)]
    keywords = [node for node in known if isinstance(node, Keyword)]
    places = [node for node in known if isinstance(node, PathPrefix)]
    if keywords and keywords == known:
        values = chain.from_iterable(node.values for node in keywords)
        return Keyword(keywords[0].name, once(values))
    if places and places == known:
        prefixes = chain.from_iterable(node.prefixes for node in places)
        return PathPrefix(places[0].name, once(prefixes))
    return AnyOf(once(known)) if known else Nothing()


def _quoted(
    quoted: Quoted,
    name: str | None,
) -> Node:
    """A quoted string; with a number, its words near each other."""
    if quoted.within is None:
        return _string(quoted, name)
    words = [word for word in _words_near(quoted) if is_word(word)]
    if not words:
        raise QueryError(Code.QUERY_NO_LETTER, quoted.position)
    strings = tuple(String(mainland_forms(word), name) for word in words)
    if len(strings) == 1:
        return strings[0]  # nothing to be near to
    return Near(strings, quoted.within)


def _words_near(quoted: Quoted) -> Strings:
    """The words of "公开 收费"~10: as spaces part them, else as the segmenter cuts them."""
    parts = quoted.text.split()
    if len(parts) > 1:
        # "公开 公开"~2 is 公开 near another 公开
        return tuple(fold_line(part) for part in parts)
    return once(words_of(fold_line(quoted.text)))


def _string(
    node: Run | Quoted,
    name: str | None,
) -> String:
    """Exactly these characters; of a bare run without the marks at its ends."""
    form = fold_line(node.text)
    if isinstance(node, Run):
        form = without_marks(form)
    if not form:
        raise QueryError(Code.QUERY_NOTHING_TO_SEARCH, node.position)
    outside: list[str] = []
    for text in node.outside:
        # what folds to nothing, as a space, excludes nothing
        outside += filter(None, mainland_forms(fold_line(text)))
    return String(mainland_forms(form), name, tuple(outside))


def _wildcard(
    run: Run,
    name: str | None,
) -> Wildcard:
    """A run with `*` or `?`."""
    pattern = wildcard_of(run.text)
    if not any(is_word(character) for character in pattern):
        raise QueryError(Code.QUERY_WILDCARD_ALONE, run.position)
    return Wildcard(pattern, name)
