"""Makes a report ready for an engine: index forms, wording, words, facet values, numbers."""

from __future__ import annotations

import datetime as dt
import hashlib
import re

import numpy as np

from index.analysis.characters import HEADING_PATTERN
from index.analysis.normaliser import Folded, fold, letters
from index.analysis.tokenizer import Tokenizer, tokenizer
from index.analysis.wording import is_taiwan_worded, mainland, mainland_text
from index.documents.stored import head_to_bytes, rest_to_bytes
from index.engines.seam import Document
from index.model.fields import FACETS, Use, names_for
from index.model.metrics import METRIC_NAMES
from index.model.report import Report

__all__ = ["COPY_NUMBER", "analyse", "copy_number", "day_number", "second_number"]


def analyse(
    report: Report,
    digest: str,
    *,
    positions: bool = False,
) -> Document:
    """The report as an engine takes it. `digest` says what it was made from.

    With `positions` it is also known where each word stands.
    """
    title = fold(report.title or "")
    text = fold(report.text)
    taiwan = is_taiwan_worded(title.form + text.form)
    forms = _ranked_forms(report, title, text, taiwan=taiwan)
    cutter: Tokenizer = tokenizer()
    places: dict[str, dict[str, list[int]]] = {}
    if positions:
        places = {name: cutter.positions(form) for name, form in forms.items()}
    return Document(
        id=report.id,
        digest=digest,
        source=report.source,
        head=head_to_bytes(report),
        rest=rest_to_bytes(report),
        display=report.text,
        texts={"title": title, "text": text, "card": fold(report.card_text)},
        wording={
            "title": mainland(title) if taiwan else None,
            "text": mainland(text) if taiwan else None,
        },
        words={name: cutter.counts(form) for name, form in forms.items()},
        keywords=_keywords(report),
        numbers=_numbers(report, text.form, taiwan=taiwan),
        stored=_stored(report),
        positions=places,
    )


def _ranked_forms(
    report: Report, title: Folded, text: Folded, *, taiwan: bool
) -> dict[str, str]:
    """The forms of the ranked fields, whose words are counted."""
    matches = HEADING_PATTERN.finditer(report.text)
    headings = "\n".join(match.group() for match in matches)
    forms = {
        "title": title.form,
        "headings": fold(headings).form,
        "body": text.form,
    }
    if taiwan:
        forms = {name: mainland_text(form) for name, form in forms.items()}
    return forms


def _stored(report: Report) -> dict[str, object]:
    """What a list of hits shows; a path as one string."""
    values = {name: getattr(report, name) for name in names_for(Use.HIT)}
    for name, value in values.items():
        if isinstance(value, list | tuple):
            values[name] = "/".join(value) or None
    return values


def _keywords(report: Report) -> dict[str, str | tuple[str, ...]]:
    out: dict[str, str | tuple[str, ...]] = {}
    for facet in FACETS:
        value = getattr(report, facet.attribute)
        if not value:
            continue
        out[facet.name] = tuple(value) if facet.kind == "path" else str(value)
    return out


def _numbers(report: Report, form: str, *, taiwan: bool) -> dict[str, float]:
    out: dict[str, float] = {}
    # Title and text together have at least the Taiwan markers of the text alone: where they have
    # too few, the text is not asked again.
    copy = copy_number(form) if taiwan else _copy_number(form)
    if copy is not None:
        out[COPY_NUMBER] = copy
    if report.year is not None:
        out["year"] = report.year
    if (day := day_number(report.published)) is not None:
        out["published"] = day
    if (moment := second_number(report.indexed)) is not None:
        out["indexed"] = moment
    metrics = report.statistics.metrics
    for name in METRIC_NAMES:
        if (value := metrics.get(name)) is not None:
            out[name] = float(value)
    return out


NO_LETTERS = re.compile(r"[\W_]+")
# Name of the number that copies of one report share.
COPY_NUMBER = "copy"

# A shorter text may agree with another by chance, or because both are the empty form.
MIN_LETTERS = 200


def copy_number(form: str) -> float | None:
    """A number that copies of one text share, from its index form; None for a short text.

    It is 52 bits of a hash over letters and digits: signs, spaces, script and wording may differ.

    >>> copy_number("公开" * 150) == copy_number("公，开 " * 150)
    True
    """
    return _copy_number(mainland_text(form) if is_taiwan_worded(form) else form)


def _copy_number(form: str) -> float | None:
    letters = _letters(form)
    if len(letters) < MIN_LETTERS:
        return None
    digest = hashlib.sha256(letters.encode("utf-8", "replace")).hexdigest()
    # 13 hexadecimal digits are 52 bits: a float holds them exactly
    return float(int(digest[:13], 16))


def _letters(form: str) -> str:
    """The letters and digits of a form."""
    # one look-up for all UTF-16 units; a text beyond the first plane has more units than characters
    units = np.frombuffer(form.encode("utf-16-le", "surrogatepass"), "<u2")
    if len(units) > len(form):
        return NO_LETTERS.sub("", form)
    return units[letters().take(units)].tobytes().decode("utf-16-le")


def day_number(date: str | None) -> int | None:
    """Days since 0001-01-01 of an ISO date; None for none.

    >>> day_number("2019-03-11")
    737129
    """
    try:
        return dt.date.fromisoformat(date).toordinal() if date else None
    except ValueError:
        return None


def second_number(moment: str | None) -> float | None:
    """Seconds since 1970 of a moment as RFC 3339 writes it; None for none.

    >>> second_number("2019-03-11T08:00:00.250Z")
    1552291200.25
    """
    try:
        return dt.datetime.fromisoformat(moment).timestamp() if moment else None
    except ValueError:
        return None
