"""What lies on the text of a report: hits, repairs, damage and evidence."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from index.model.report import Repair, Report
from index.search.response import Span
from webui.text.layers import Layer
from webui.words.messages import DEFAULT_LANGUAGE, page_language
from webui.words.messages import gettext as _

__all__ = ["hit_layers", "received_layers", "report_layers"]

# The inner layer has the higher rank: a hit is marked inside the repair that holds it.
_EVIDENCE_RANK = 1
_REPAIR_RANK = 2
_HIT_RANK = 3
_SPAN_CLOSE = Markup("</span>")


def hit_layers(marks: Sequence[Span], first: int, total: int) -> list[Layer]:
    """The hits, numbered from `first`; `total` counts those of title and text.

    Each hit carries links to the one before and the one after it.
    """
    return [
        Layer(
            start,
            end,
            _HIT_RANK,
            open=Markup("<mark>"),
            close=Markup("</mark>"),
            first=Markup('<mark id="hit-{}">').format(number),
            after=_steps(number, total),
        )
        for number, (start, end) in enumerate(sorted(marks), first)
    ]


def _steps(number: int, total: int) -> Markup:
    """The bar that CSS shows while its hit is the address's target: no script is needed."""
    previous: Markup | str = ""
    following: Markup | str = ""
    if number > 1:
        link = Markup('<a href="#hit-{}" rel="prev">{}</a>')
        previous = link.format(number - 1, _("上一处"))
    if number < total:
        link = Markup('<a href="#hit-{}" rel="next">{}</a>')
        following = link.format(number + 1, _("下一处"))
    where = Markup("<span>{}</span>").format(
        _("第 %(number)s / %(total)s 处", number=number, total=total)
    )
    # it stands inside a text in Chinese, and is in the language of the page
    bar = Markup('<span class="step"{} data-nosnippet>{}{}{}</span>')
    return bar.format(_own_language(), previous, where, following)


def _own_language() -> Markup:
    language = page_language()
    if language == DEFAULT_LANGUAGE:
        return Markup()
    return Markup(' lang="{}"').format(language)


def report_layers(report: Report) -> list[Layer]:
    """Repairs, damage and the evidence of derived values, on the repaired text."""
    layers = []
    for name, fact in report.evidence.items():
        if fact.span is not None:
            layers.append(_evidence_layer(name, fact.span))
    layers += [_repair_layer(repair) for repair in report.repairs]
    return layers


def _evidence_layer(name: str, span: Span) -> Layer:
    return Layer(
        *span,
        rank=_EVIDENCE_RANK,
        open=Markup('<span class="evidence">'),
        close=_SPAN_CLOSE,
        first=Markup('<span class="evidence" id="evidence-{}">').format(name),
    )


def _repair_layer(repair: Repair) -> Layer:
    if not repair.applied:
        opening = Markup('<span class="damage" title="{}">').format(_("损坏，未能修复"))
        return Layer(*repair.display, _REPAIR_RANK, opening, _SPAN_CLOSE)
    # 區(qū) -> 區: a gloss was only taken out, other damage was replaced
    title = _("修复：原作“%(text)s”", text=repair.before)
    if not repair.after:
        title = _("修复：删去“%(text)s”", text=repair.before)
    opening = Markup('<ins class="repair" title="{}">').format(title)
    return Layer(*repair.display, _REPAIR_RANK, opening, Markup("</ins>"))


def received_layers(report: Report) -> list[Layer]:
    """The places that were repaired, on the text as received."""
    layers = []
    for repair in report.repairs:
        title = _("修复时删去")
        if repair.after:
            title = _("修复为“%(text)s”", text=repair.after)
        if not repair.applied:
            title = _("未能修复")
        opening = Markup('<span class="damage" title="{}">').format(title)
        span = (repair.start, repair.end)
        layers.append(Layer(*span, _REPAIR_RANK, opening, _SPAN_CLOSE))
    return layers
