"""The ranking terms of a query: words, runs and character pairs, taken from its syntax tree.

An engine ranks the matches by these terms. They never decide which reports match. Terms below
NOT are left out, because a matching report does not contain them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise

from index.analysis.normaliser import fold_line
from index.analysis.tokenizer import tokenizer
from index.analysis.wording import mainland_forms
from index.model.fields import SEARCHED_FIELDS
from index.model.often import made_often
from index.query.nodes import Ranking
from index.query.runs import (
    WILDCARD_PATTERN,
    analyse_run,
    is_loose,
    once,
    wildcard_of,
    without_marks,
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
    unparse,
)

__all__ = ["Evidence", "evidence", "pairs_of"]

Strings = tuple[str, ...]
# Word or run -> what means the same.
Synonyms = Mapping[str, Strings]


@made_often(frozen=True, slots=True)
class Evidence:
    """The ranking terms of a query, all in index form and in typed order.

    - `words`: the searched words and strings, as the answer names them to the reader.
    - `whole`: the same where each run is matched as one string.
    - `tokens`: search-mode tokens in mainland wording, so that every wording gives one order.
    - `runs`: the runs of several words. A report that has one as it stands gets a bonus.
    - `pairs`: the pairs of neighbouring characters of the runs.
    - `pieces`: the top-level operands as text, as the answer repeats the query to the reader.
    - `bare`: the bare runs. `assist.boosts` looks for years, places and bodies in them.
    - `synonyms`: word or run -> its synonyms, whether they are searched or not.
    """

    words: Strings = ()
    whole: Strings = ()
    tokens: Strings = ()
    runs: Strings = ()
    pairs: Strings = ()
    pieces: Strings = ()
    bare: Strings = ()
    synonyms: Synonyms = field(default_factory=dict)

    def ranking(self, *, pairs: bool = False) -> Ranking:
        """The ranking for reports that have all words."""
        # pairs help where a question is too long for its words to be trusted
        return Ranking(self.tokens, self.runs, self.pairs if pairs else ())

    def traces(self) -> Ranking:
        """The ranking for reports that lack some of the words.

        It uses words, character pairs and single characters. It gives no bonus for a whole run:
        such a query is a question, and a report that answers it does not repeat its wording.
        """
        single = [character for pair in self.pairs for character in pair]
        return Ranking(self.tokens, (), once([*self.pairs, *single]))


@dataclass(frozen=True, slots=True)
class _Trace:
    """The ranking terms of one string of the query."""

    words: Strings
    tokens: Strings
    # the run as one string; empty where that is `words`
    whole: Strings = ()
    runs: Strings = ()
    pairs: Strings = ()
    synonyms: Synonyms = field(default_factory=dict)


def evidence(tree: Syntax | None, *, synonymous: bool = False) -> Evidence:
    """The ranking terms of a parsed query; with `synonymous` also those of its synonyms."""
    if tree is None:
        return Evidence()
    operands = operands_of(tree)
    traces: list[_Trace] = []
    for operand in operands:
        traces += _traces(operand, synonymous)
    bare = [operand for operand in operands if is_loose(operand)]
    return Evidence(
        words=_all(trace.words for trace in traces),
        whole=_all(trace.whole or trace.words for trace in traces),
        tokens=_all(trace.tokens for trace in traces),
        runs=_all(trace.runs for trace in traces),
        pairs=_all(trace.pairs for trace in traces),
        pieces=tuple(_printed(operand) for operand in operands),
        bare=tuple(analyse_run(run.text).mainland for run in bare),
        synonyms=_joined(trace.synonyms for trace in traces),
    )


def _all(parts: Iterable[Strings]) -> Strings:
    """The strings of all parts, each once."""
    return once(chain.from_iterable(parts))


def _joined(parts: Iterable[Synonyms]) -> Synonyms:
    joined: dict[str, Strings] = {}
    for part in parts:
        joined |= part
    return joined


def _traces(node: Syntax, synonymous: bool) -> Iterator[_Trace]:
    """The ranking terms of a part of the tree, string by string."""
    match node:
        case Run():
            yield _of_run(node, synonymous)
        case Quoted():
            yield _of_quoted(node)
        case Field():
            if node.name in SEARCHED_FIELDS and node.quoted:
                yield _of_quoted(Quoted(node.value, node.position))
            elif node.name in SEARCHED_FIELDS:
                yield _of_run(Run(node.value, node.position), synonymous)
        case Negated():
            return  # a matching report does not contain it
        case And(operands, _) | Or(operands, _):
            for operand in operands:
                yield from _traces(operand, synonymous)
        case Proximity(operands, _, _):
            # NEAR takes runs as they stand, uncut
            yield from map(_of_operand, operands)


def _of_run(run: Run, synonymous: bool) -> _Trace:
    if WILDCARD_PATTERN.search(run.text):
        # no token is known before the pattern is expanded: it finds and does not rank
        return _Trace(words=(wildcard_of(run.text),), tokens=())
    if run.outside:
        # 公开 !"不予公开" counts places of one string, which cutting would lose
        return _of_operand(run)
    analysed = analyse_run(run.text)
    tokens = _tokens(analysed.mainland)
    if synonymous:
        for others in (analysed.same_as_run, *analysed.same_as_words.values()):
            tokens += _tokens(*others)
    return _Trace(
        words=analysed.words,
        whole=analysed.whole[:1],
        tokens=tokens,
        runs=_whole(analysed.mainland, words_of(analysed.typed)),
        pairs=tuple(pairs_of(analysed.mainland)),
        synonyms=analysed.synonyms,
    )


def _of_quoted(quoted: Quoted) -> _Trace:
    """A string as it stands; the words of "公开 收费"~10 rank like those of a run."""
    if quoted.within is None:
        return _of_operand(quoted)
    form = fold_line(quoted.text)
    mainland = mainland_forms(form)[-1]
    words = tuple(words_of(form))
    return _Trace(
        words=words,
        tokens=_tokens(mainland),
        runs=_whole(mainland, words),
        pairs=tuple(pairs_of(mainland)),
    )


def _of_operand(node: Run | Quoted) -> _Trace:
    """What stands uncut, as a side of NEAR: without the marks at its ends where it is bare."""
    form = fold_line(node.text)
    if isinstance(node, Run):
        form = without_marks(form)
    return _Trace(words=(form,), tokens=_tokens(mainland_forms(form)[-1]))


def _tokens(*forms: str) -> Strings:
    tokens: list[str] = []
    for form in forms:
        tokens += tokenizer().search_tokens(form)
    return tuple(tokens)


def _whole(mainland: str, words: Sequence[str]) -> Strings:
    """A run of several words without the signs at its ends: 什么是公开? without its mark."""
    if len(words) < 2:
        return ()
    signs = {character for character in mainland if not character.isalnum()}
    return (mainland.strip("".join(signs)),)


def pairs_of(form: str) -> list[str]:
    """The neighbouring characters of a text in index form; signs and spaces make no pair.

    >>> pairs_of("信息公开!")
    ['信息', '息公', '公开']
    """
    pairs = [first + second for first, second in pairwise(form)]
    return [pair for pair in pairs if pair.isalnum()]


def _printed(node: Syntax) -> str:
    """An operand as the answer says the query back: folded, but the value of a field as typed."""
    if isinstance(node, Field):
        return unparse(node)
    return fold_line(unparse(node, inside=True))
