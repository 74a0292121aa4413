"""One document's way:

Source - decode - formats -> Page - repair -> text - metadata, statistics -> Report.
"""

from __future__ import annotations

import hashlib
from dataclasses import fields, replace

from index.analysis.normaliser import fold, script_of
from index.analysis.wording import is_taiwan_worded
from index.model.report import Provenance, Report
from index.model.statistics import Statistics
from indexer.formats import read
from indexer.formats.chrome import title_apart
from indexer.metadata import Derived, HostTable, derive
from indexer.overrides import Overrides
from indexer.page import Page, Source
from indexer.repair import Repaired, repair, undo
from indexer.statistics import read_statistics

__all__ = ["report_id", "report_of"]


def report_id(source: Source) -> str:
    """The id that is given, else one made from the URL, else from the path as indexed: the same at
    every build.
    """
    known = source.known
    if known.id:
        return known.id
    return hashlib.sha256(
        (known.url or source.name).encode("utf-8", "replace")
    ).hexdigest()[:16]


def report_of(
    source: Source,
    *,
    overrides: Overrides | None = None,
    hosts: HostTable | None = None,
    as_id: str | None = None,
) -> Report:
    """The report of one document. Raises InputError when it cannot be read."""
    page = read(source)
    page.title = source.known.title or page.title
    title, repaired = _repaired(page)
    page.title = title
    if source.known.title:
        source = replace(source, known=replace(source.known, title=title))
    name = as_id or report_id(source)
    folded = fold(repaired.text)
    derived = derive(
        page,
        repaired.text,
        source,
        overrides=overrides,
        hosts=hosts,
        report_id=name,
        folded=folded,
    )
    numbers = read_statistics(page, repaired.text, derived.year)
    return Report(
        id=name,
        source=source.name,
        text=repaired.text,
        url=source.known.url or page.meta.get("url"),
        script=_script(page, repaired.text, folded.form),
        statistics=_told(numbers.statistics),
        checks=list(numbers.checks),
        tables_status=numbers.status,
        repairs=list(repaired.repairs),
        problems=[
            *page.problems,
            *repaired.problems,
            *derived.problems,
            *numbers.problems,
        ],
        provenance=Provenance(
            origin=source.origin,
            sha256=source.digest,
            format=page.format,
            encoding=page.decoded.encoding if page.decoded else None,
            encoding_reason=page.decoded.reason if page.decoded else None,
        ),
        **{
            f.name: getattr(derived, f.name)
            for f in fields(Derived)
            if f.name != "problems"
        },
    )


def _told(statistics: Statistics) -> Statistics:
    """Statements alone, without a form and without one number, say nothing."""
    known = statistics.template or statistics.metrics
    return statistics if known else Statistics()


def _repaired(page: Page) -> tuple[str | None, Repaired]:
    """Title and text, repaired as one: whether a gloss is damage shows only in the whole document.

    A title that its damage hid from the reader is told from the repaired text.
    """
    if page.title is None:
        whole = repair(page.text)
        title, body = title_apart(whole.text) if whole.repairs else (None, whole.text)
        if title is None or not whole.text.endswith(body):
            return None, whole
    else:
        whole = repair(f"{page.title}\n{page.text}")
        title, _, body = whole.text.partition("\n")
    apart = _below(whole, len(whole.text) - len(body))
    if apart is None:  # a repair reaches across the line between them
        return (
            (None, whole)
            if page.title is None
            else (repair(page.title).text, repair(page.text))
        )
    return title, apart


def _below(whole: Repaired, shown: int) -> Repaired | None:
    """What is below the first `shown` characters of a repaired text;

    None when a repair lies on both sides.
    """
    above = [r for r in whole.repairs if r.display[0] < shown]
    if any(r.display[1] > shown for r in above):
        return None
    received = len(undo(whole.text[:shown], above))
    steps = tuple(
        replace(
            r,
            start=r.start - received,
            end=r.end - received,
            display=(r.display[0] - shown, r.display[1] - shown),
        )
        for r in whole.repairs[len(above) :]
    )
    return Repaired(whole.text[shown:], steps, whole.problems)


def _script(page: Page, text: str, form: str) -> str | None:
    script = script_of(f"{page.title or ''}\n{text}")
    return "Hant-TW" if script == "Hant" and is_taiwan_worded(form) else script
