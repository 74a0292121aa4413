"""The date of publication: what the page says, else what stands under the signature.

Never inferred.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from index.analysis.normaliser import fold_line
from index.model.report import Fact
from indexer.metadata.dates import days_in
from indexer.metadata.reading import Reading

__all__ = ["published_fact", "signature_day"]

LABEL_PATTERN = re.compile(
    r"(?:(?:发布|发文|公开|成文|生成|发表|更新|印发|上传|录入|生效|撰写)|(?<![\u4e00-\u9fff]))(?:时间|日期)\s?[::]\s?"
    r"|发布(?:于|在)\s?"
)
# One of these stands in every label.
LABEL_SIGN_PATTERN = re.compile("时间|日期|发布")
OTHER_DATES_PATTERN = re.compile(r"(?:生成|成文|更新|印发|发文|撰写|生效|截[至止])")
# Lines in which a signature is looked for: attachments and chrome may follow it.
TAIL_LINES = 12


def published_fact(meta: Mapping[str, str], reading: Reading) -> Fact | None:
    """The date of publication as an ISO string."""
    for key, rule in (("published", "page"), ("header", "header")):
        if value := meta.get(key):
            form = fold_line(value)
            if day := _labelled(form) if key == "header" else _first(form):
                return Fact(day, "page", 0.97, rule, value)
    if labelled := _in_head(reading) or _alone_in_head(reading):
        return labelled
    if signed := signature_day(reading):
        day, span = signed
        return Fact(
            day,
            "signature",
            0.9,
            "date under the signature",
            reading.quote(*span),
            reading.span(*span),
        )
    return None


def _first(form: str) -> str | None:
    found = days_in(form)
    return found[0][0] if found else None


def _labelled(form: str) -> str | None:
    """The day after 发布时间, else after another label, else the only day there is."""
    labels = list(LABEL_PATTERN.finditer(form))
    labels.sort(key=lambda m: bool(OTHER_DATES_PATTERN.match(m[0])))
    for label in labels:
        if (found := days_in(form[label.end() : label.end() + 24])) and found[0][
            1
        ] <= 1:
            return found[0][0]
    found = days_in(form)
    return found[0][0] if len(found) == 1 else None


def _in_head(reading: Reading) -> Fact | None:
    for start, end in reading.head:
        line = reading.form[start : min(end, start + 120)]
        label = LABEL_PATTERN.search(line) if LABEL_SIGN_PATTERN.search(line) else None
        if (
            label
            and (found := days_in(line[label.end() : label.end() + 24]))
            and found[0][1] <= 1
        ):
            a, b = start + label.start(), start + label.end() + found[0][2]
            return Fact(
                found[0][0],
                "page",
                0.95,
                "header",
                reading.quote(a, b),
                reading.span(a, b),
            )
    return None


def _alone_in_head(reading: Reading) -> Fact | None:
    """A day that is a whole line right below the title, in brackets or not."""
    for start, end in reading.head[:2]:
        line = reading.form[start:end]
        if (
            len(line) <= 24
            and (found := days_in(line))
            and not (line[: found[0][1]] + line[found[0][2] :]).strip(" ().")
        ):
            return Fact(
                found[0][0],
                "page",
                0.85,
                "date below the title",
                reading.quote(start, end),
                reading.span(start, end),
            )
    return None


def signature_day(reading: Reading) -> tuple[str, tuple[int, int]] | None:
    """The day that stands alone, or after a name, at the end of the report; with its span in index
    form.
    """
    for start, end in reversed(reading.foot[-TAIL_LINES:]):
        line = reading.form[start:end]
        if len(line) <= 60 and (found := days_in(line)):
            day, a, b = found[-1]
            if b >= len(line.rstrip(" .。)")) and not re.search(
                "[,;。]|截[至止]|[至到-]", line[:a]
            ):
                return day, (start + a, start + b)
    return None
