"""One document's way:

Source - decode - formats -> Page - repair -> text - metadata, statistics -> Report.
"""

from __future__ import annotations

import hashlib
from dataclasses import fields, replace
from typing import Any

from index.analysis.normaliser import fold, script_of
from index.analysis.wording import is_taiwan_worded
from index.model.errors import InputError
from index.model.problems import Code, Problem
from index.model.report import Provenance, Repair, Report
from index.model.statistics import Statistics
from indexer.formats import format_of, read
from indexer.formats.card import card_of
from indexer.formats.chrome import title_apart
from indexer.formats.office.account import unaccounted
from indexer.metadata import Derived, HostTable, derive
from indexer.overrides import Overrides
from indexer.page import Page, Source
from indexer.plausible import is_implausible
from indexer.repair import Repaired, repair, undo
from indexer.statistics import read_statistics

__all__ = ["is_small_text", "report_id", "report_of", "report_or_reason"]

# Formats that no library of others takes apart, and up to how many bytes of them are
# read at once however they are written.
PLAIN_FORMATS = ("text", "json")
SMALL_BYTES = 64 << 10
# Characters of the text beside which a card is repaired.
COMPANY_CHARACTERS = 4_000


def report_id(source: Source) -> str:
    """The id that is given, else one made from the URL, else from the path as indexed.

    It is the same at every build.
    """
    known = source.known
    if known.id:
        return known.id
    return id_of(known.url or source.name)


def id_of(address: str) -> str:
    """The id that is made from a URL or a name."""
    return hashlib.sha256(address.encode("utf-8", "replace")).hexdigest()[:16]


def report_of(
    source: Source,
    *,
    overrides: Overrides | None = None,
    hosts: HostTable | None = None,
    as_id: str | None = None,
) -> Report:
    """The report of one document. Raises InputError when it cannot be read."""
    page = _page(source)
    known = source.known
    page.title = known.title or page.title
    page.title, repaired = _repaired(page)
    if known.title:
        source = replace(source, known=replace(known, title=page.title))
    identity = as_id or report_id(source)
    # the index form, of which metadata and script are asked: folding is half of the work
    folded = fold(repaired.text)
    derived = derive(
        page,
        repaired.text,
        source,
        overrides=overrides,
        hosts=hosts,
        report_id=identity,
        folded=folded,
    )
    numbers = read_statistics(page, repaired.text, derived.year)
    steps_with_problems = (page, repaired, derived, numbers)
    return Report(
        id=identity,
        source=source.name,
        text=repaired.text,
        url=source.known.url or page.meta.get("url"),
        script=_script(page, repaired.text, folded.form),
        statistics=_told(numbers.statistics),
        checks=list(numbers.checks),
        tables_status=numbers.status,
        repairs=list(repaired.repairs),
        problems=[problem for step in steps_with_problems for problem in step.problems],
        provenance=_provenance(source, page),
        card=_card(page, repaired),
        **_metadata(derived),
    )


def report_or_reason(overrides: Overrides | None, source: Source) -> Report | str:
    """The report of one document, or why there is none; a worker gives it back."""
    try:
        return report_of(source, overrides=overrides)
    except InputError as error:
        return error.reason


def is_small_text(source: Source) -> bool:
    """Whether a document needs no worker: it can take neither much memory nor long."""
    if source.data_bytes > SMALL_BYTES:
        return False
    shown = format_of(source.suffix.lower(), source.data)
    is_plain = shown is not None and shown.name in PLAIN_FORMATS
    # a record may hold a page instead of its text
    return is_plain and b"html" not in source.data


def _page(source: Source) -> Page:
    """What the reader made of a document, with what is to be said of the reading."""
    page = read(source)
    page.problems += unaccounted(page, source.data)
    if is_implausible(page.text):
        page.problems.append(Problem(Code.FORMAT_IMPLAUSIBLE))
    return page


def _told(statistics: Statistics) -> Statistics:
    """Statements alone, without a form and without one number, say nothing.

    Those that contradict each other say that a number is uncertain.
    """
    disputed = any(statement.conflict for statement in statistics.prose)
    known = statistics.template or statistics.metrics or disputed
    return statistics if known else Statistics()


def _provenance(source: Source, page: Page) -> Provenance:
    """Where a report came from, and how its bytes were read."""
    decoded = page.decoded
    return Provenance(
        origin=source.origin,
        sha256=source.digest,
        format=page.format,
        encoding=decoded.encoding if decoded else None,
        encoding_reason=decoded.reason if decoded else None,
    )


def _metadata(derived: Derived) -> dict[str, Any]:
    """The fields of a report that are derived, by name."""
    names = (field.name for field in fields(Derived))
    return {name: getattr(derived, name) for name in names if name != "problems"}


def _repaired(page: Page) -> tuple[str | None, Repaired]:
    """Title and text, repaired as one: whether a gloss is damage shows only in the whole document.

    A title that its damage hid from the reader is told from the repaired text.
    """
    if page.title is None:
        whole = repair(page.text)
        if not whole.repairs:
            return None, whole
        title, body = title_apart(whole.text)
        if title is None or not whole.text.endswith(body):
            return None, whole
    else:
        whole = repair(f"{page.title}\n{page.text}")
        title, _, body = whole.text.partition("\n")
    apart = _below(whole, len(whole.text) - len(body))
    if apart is not None:
        return title, apart
    # a repair reaches across the line between them
    if page.title is None:
        return None, whole
    return repair(page.title).text, repair(page.text)


def _below(whole: Repaired, shown: int) -> Repaired | None:
    """What is below the first `shown` characters of a repaired text.

    None when a repair lies on both sides.
    """
    above = [step for step in whole.repairs if step.display[0] < shown]
    if any(step.display[1] > shown for step in above):
        return None
    received = len(undo(whole.text[:shown], above))
    steps: list[Repair] = []
    for step in whole.repairs[len(above) :]:
        start, end = step.display
        moved = replace(
            step,
            start=step.start - received,
            end=step.end - received,
            display=(start - shown, end - shown),
        )
        steps.append(moved)
    return Repaired(whole.text[shown:], tuple(steps), whole.problems)


def _card(page: Page, repaired: Repaired) -> dict[str, str]:
    """The index card, repaired where the text had to be.

    What damage is shows only beside more of the same: a part of the text is read along.
    """
    card = card_of(page.chrome)
    if not card or not repaired.repairs:
        return card
    values = [" ".join(value.splitlines()) for value in card.values()]
    whole = "\n".join([*values, page.text[:COMPANY_CHARACTERS]])
    mended = repair(whole).text.split("\n")[: len(values)]
    return dict(zip(card, mended, strict=True))


def _script(page: Page, text: str, form: str) -> str | None:
    """Hans, Hant or Hant-TW; None where the text does not tell."""
    script = script_of(f"{page.title or ''}\n{text}")
    if script == "Hant" and is_taiwan_worded(form):
        return "Hant-TW"
    return script
