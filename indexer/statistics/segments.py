"""A table as a sequence of labels, each with the values that follow it: the same from flattened text and from cells.

    "三、本年度办理结果 (一)予以公开 29 0 0 1 0 0 30 (二)部分公开 ..."  ->  三本年度办理结果一予以公开: 29 0 0 1 0 0 30

In text a value is a number, or a sign for none, that white space or bars set off on both sides; whatever else stands
between two values is label. Empty cells can be told in text only between bars or tabs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from index.analysis.normaliser import fold
from index.analysis.wording import mainland_text
from indexer.page import Table
from indexer.statistics.reading import Reading, squeeze
from indexer.statistics.values import NUMBER, Value, value_of

__all__ = ["Segment", "choose", "of_tables", "of_text"]

# It begins with a set of characters, to which the search skips.
_TOKEN = re.compile(rf"[\s|]({NUMBER}(?: ?(?:亿元|万元|元|件|项|宗|条|个|次))?|/|\\|-{{1,4}}|无|不适用|n/a)(?=[\s|]|$)")
_PAGE_NUMBER = re.compile(
    r"^[ \t]*(?:-+ ?\d{1,4} ?-+|第 ?\d{1,4} ?页.{0,12}|\d{1,4} ?/ ?\d{1,4})[ \t]*$",
    re.MULTILINE,
)
_BETWEEN = " \t|"
_BARE_ENUMERATOR = re.compile(r"\d{1,2}")
_TAIL = re.compile(r"([ \t|]*)(?:\n|$)")
SHORT = 3
"""Values up to which a row is one of part 二."""
CONTEXT = 900
"""How much of the text before a run of values may be its head: the longest head, with every row that lost its cells."""
REPEATED = 120
"""Characters up to which a label is remembered: those of the forms are, and every report has them."""


@dataclass(slots=True)
class Segment:
    """A label and its values.

    `label` is what stands before the values, squeezed; `bare` the same without a remark in parentheses at its end;
    `context` the heads and labels since the last value; `after` the text that follows the values. `values` begin with
    `leading` empty cells and end with `trailing` ones; `spans` are their columns, () in text. `start` and `end` are
    the place of the values in the form, -1 for cells.
    """

    label: str
    bare: str
    context: str
    values: list[Value]
    start: int = -1
    end: int = -1
    after: str = ""
    leading: int = 0
    trailing: int = 0
    spans: Sequence[int] = ()


def choose(segment: Segment, count: int) -> list[Value] | None:
    """The `count` values of a row; None when there are more or fewer, or when they could be told in two ways.

    Empty cells before the first and after the last value may belong to a label or to the border. In text, empty cells
    between values may be alignment; of cells, one that is empty may have been merged out of several.
    """
    values, lead, trail = segment.values, segment.leading, len(segment.values) - segment.trailing
    if len(values) == count:
        return values
    stripped = [v for v in (values[lead:], values[:trail]) if len(v) == count]
    if stripped and (len(stripped) == 1 or not lead):
        return stripped[0]
    others = (values[lead:trail], _expanded(segment, count), [v for v in values if v.semantics != "blank"])
    for attempt in others if not stripped else ():
        if len(attempt) == count and (attempt is not others[2] or not segment.spans):
            return attempt
    return _on_one_line(values, count)


def _blanks(count: int) -> list[Value]:
    """Empty cells of a text: nothing is printed there."""
    return [Value(None, None, "blank")] * count


def _expanded(segment: Segment, count: int) -> list[Value]:
    """Merged empty cells one by one; nothing when a merged cell holds a number, which could belong to any of them.

    A short row is left alone: its last cell is often as wide as what longer rows of the same table leave over.
    """
    pairs = list(zip(segment.values, segment.spans, strict=False))
    if count <= SHORT or any(span > 1 and value.semantics != "blank" for value, span in pairs):
        return []
    return [value for value, span in pairs for _ in range(span)]


def _on_one_line(values: Sequence[Value], count: int) -> list[Value] | None:
    """The one line that has all values of the row, where page numbers stand on lines of their own."""
    lines: dict[int, list[Value]] = {}
    for value in values:
        lines.setdefault(value.line, []).append(value)
    whole = [row for row in lines.values() if len(row) == count]
    if count > 1 and len(whole) == 1 and all(len(row) == 1 for row in lines.values() if row is not whole[0]):
        return whole[0]
    return None


# -- text ----------------------------------------------------------------------------------------------------------


class _Token(NamedTuple):
    """A value as a place in the form, with the empty cells before it and the number of its line within the run."""

    start: int
    end: int
    blanks: int
    line: int


def of_text(source: Reading, text: str) -> list[Segment]:
    """The segments of a whole text. `text` is the display text that `source` was read from."""
    form = _PAGE_NUMBER.sub(lambda m: " " * len(m.group()), source.form)
    out: list[Segment] = []
    at = 0
    for run in _runs(form):
        start, end = run[0].start, run[-1].end
        piece = form[max(at, start - 2 * CONTEXT) : start]
        segment = _segment(piece, source.taiwan)
        segment.start, segment.end = start, end
        segment.leading = _empty(piece[len(piece.rstrip("\t |")) :])
        segment.trailing = _trailing(form, end)
        values = _values(run, source, text)
        segment.values = [*_blanks(segment.leading), *values, *_blanks(segment.trailing)]
        out.append(segment)
        at = end
    _follow(out, form, source.taiwan)
    return out


def _trailing(form: str, end: int) -> int:
    """Empty cells between the last value and the end of its line."""
    tail = _TAIL.match(form, end)
    return _empty(tail[1], closing=True) if tail else 0


def _segment(piece: str, taiwan: bool) -> Segment:
    label, bare = _labels(piece, taiwan)
    return Segment(label, bare, label, [])


def _labels(piece: str, taiwan: bool) -> tuple[str, str]:
    """What stands before values as a label, and without a remark in parentheses at its end."""
    return _labels_of(piece, taiwan) if len(piece) > REPEATED else _known_labels(piece, taiwan)


def _labels_of(piece: str, taiwan: bool) -> tuple[str, str]:
    label = squeeze(piece)[-CONTEXT:]
    # 规章(设区的市、自治州人民政府应提供相关数据): a remark is no part of the label
    opened = piece.rfind("(") if piece.rstrip().endswith(")") else -1
    bare = squeeze(piece[:opened])[-CONTEXT:] if opened > 0 else label
    return (mainland_text(label), mainland_text(bare)) if taiwan else (label, bare)


_known_labels = lru_cache(maxsize=2048)(_labels_of)


def _values(run: Sequence[_Token], source: Reading, text: str) -> list[Value]:
    """The values of a run, each after the empty cells before it."""
    out: list[Value] = []
    for start, end, blanks, line in run:
        if blanks:
            out += _blanks(blanks)
        a, b = span = source.span(start, end)
        out.append(value_of(text[a:b], source.form[start:end], span, line))
    return out


def _runs(form: str) -> Iterator[list[_Token]]:
    """Values with nothing but white space and bars between them."""
    run: list[_Token] = []
    at = line = 0
    for start, end in _tokens(form):
        gap = form[at:start]
        if gap == "\n":  # nearly always
            line, blanks = line + 1, 0
        elif not gap.strip(" \t\n\r|"):
            line, blanks = line + ("\n" in gap), _empty(gap) if len(gap) > 1 else 0
        else:
            if run:
                yield run
            run, line, blanks = [], 0, 0
        run.append(_Token(start, end, blanks if run else 0, line))
        at = end
    if run:
        yield run


def _tokens(form: str) -> Iterator[tuple[int, int]]:
    """Places of values: numbers of list items are none."""
    for match in _TOKEN.finditer("\n" + form):
        start, end = match.start(1) - 1, match.end() - 1
        is_last = form[end : end + 1] == "\n"  # on its line, as nearly always
        if not is_last and _opens_label(form, start, end) and _BARE_ENUMERATOR.fullmatch(match[1]):
            continue
        yield start, end


def _opens_label(form: str, start: int, end: int) -> bool:
    """Whether a number at the start of a line is followed by words on the same line: "2 重复申请"."""
    if form[end : end + 12].lstrip(_BETWEEN)[:1] <= "\u3400":
        return False
    before = form[max(0, start - 200) : start].rstrip(_BETWEEN)
    return not before or before.endswith("\n")


def _empty(gap: str, *, closing: bool = False) -> int:
    """Empty cells in a gap of one line: one fewer than its bars or tabs, or as many after the last value."""
    if "\n" in gap:
        return 0
    bars = gap.count("|")
    if bars:
        return bars - 1
    tabs = gap.count("\t")
    return tabs if closing else max(0, tabs - 1)


def _follow(segments: Sequence[Segment], form: str, taiwan: bool) -> None:
    """Note what follows each run: a label may stand on both sides of its values."""
    for n, segment in enumerate(segments):
        stop = segments[n + 1].start if n + 1 < len(segments) else segment.end + 200
        segment.after, _ = _labels(form[segment.end : min(stop, segment.end + 200)], taiwan)


# -- cells ---------------------------------------------------------------------------------------------------------

_CELLS = "\ue003"


def of_tables(tables: Iterable[Table], *, taiwan: bool) -> list[Segment]:
    """The segments of tables that came with their cells: one a row, cells in order and not by a grid of columns.

    Word writes other column spans in heads than in rows, so that a grid would move values to wrong columns.
    """
    out: list[Segment] = []
    for table in tables:
        context = ""
        for row in _forms(table):
            segment = _row(row, taiwan)
            if segment is None:
                continue
            segment.context = context = (context + segment.label)[-CONTEXT:]
            if segment.values:
                out.append(segment)
            if any(v.semantics != "blank" for v in segment.values):
                context = ""
    return out


def _forms(table: Table) -> Iterator[list[tuple[str, str, int]]]:
    """Each row as (text, index form, columns spanned), the whole table folded at once."""
    texts = [cell.text for row in table.rows for cell in row]
    forms = iter(fold(_CELLS.join(texts)).form.split(_CELLS))
    for row in table.rows:
        yield [(cell.text, next(forms), cell.colspan) for cell in row]


def _row(cells: Sequence[tuple[str, str, int]], taiwan: bool) -> Segment | None:
    if not cells:
        return None
    values = [value_of(raw, form) for raw, form, _ in cells]
    first = _label_cells(values)
    segment = _segment(" ".join(form for _, form, _ in cells[:first]), taiwan)
    segment.values = values[first:]
    segment.spans = [columns for _, _, columns in cells[first:]]
    segment.leading = _empties(segment.values)
    segment.trailing = _empties(segment.values[::-1])
    return segment


def _label_cells(values: Sequence[Value]) -> int:
    """How many cells stand before the first value: words after it are in a cell that should have a number.

    An enumerator may have a cell of its own before the label.
    """
    words = [n for n, v in enumerate(values) if v.semantics == "text"]
    if not words:
        return 0
    places = (n for n in range(words[0] + 1, len(values)) if values[n].semantics in ("number", "zero", "na"))
    first = next(
        (n for n in places if not (n + 1 in words and values[n].semantics == "number" and _is_digit(values[n]))),
        len(values),
    )
    return 1 + max(n for n in words if n < first)


def _is_digit(value: Value) -> bool:
    return len((value.raw or "").strip()) == 1


def _empties(values: Sequence[Value]) -> int:
    """How many empty cells stand first."""
    return next((n for n, v in enumerate(values) if v.semantics != "blank"), len(values))
