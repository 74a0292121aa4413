"""The date of publication: what the page says, else what stands under the signature.

Never inferred.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from index.analysis.characters import BASIC_HAN_CLASS
from index.analysis.normaliser import fold_line
from index.model.report import Fact
from indexer.metadata.dates import DAY_REGEX, day_of, days_in
from indexer.metadata.reading import Reading

__all__ = ["published_fact", "signature_day"]

# 发布时间:, 成文日期:, 日期: at the beginning of a word, 发布于
LABEL_PATTERN = re.compile(
    r"(?:(?:发布|发文|公开|成文|生成|发表|更新|印发|上传|录入|生效|撰写)"
    rf"|(?<![{BASIC_HAN_CLASS}]))(?:时间|日期)\s?[:|]+\s?"
    r"|发布(?:于|在)\s?"
)
# One of these stands in every label.
LABEL_SIGN_PATTERN = re.compile("时间|日期|发布")
# labels of other days than that of publication, asked last
OTHER_DATES_PATTERN = re.compile(r"(?:生成|成文|更新|印发|发文|撰写|生效|截[至止])")
# 截至2018年12月31日, 1月1日至12月31日: no signature stands in such a line
NOT_SIGNED_PATTERN = re.compile("[,;。]|截[至止]|[至到-]|归档")
EDITOR_PATTERN = re.compile("编辑|上传|录入|作者")
# 2020-01-18 10:36
DAY_LINE_PATTERN = re.compile(rf"{DAY_REGEX}(?:\s?\d{{1,2}}:\d\d(?::\d\d)?)?\s?$")
# 2010年04月06日 来源:西藏自治区人民政府网站
BESIDE_SOURCE_PATTERN = re.compile(
    rf"{DAY_REGEX}(?:\s?\d{{1,2}}[:时]\d\d分?(?::\d\d)?)?\s?(?:信息|文章)?来源\s?:"
)
# 2012-4-06 德昌县人民政府办公室
DATED_NAME_PATTERN = re.compile(
    rf"{DAY_REGEX}(?<=[日号\d])\s?(?![日号印])[{BASIC_HAN_CLASS}]{{3,24}}"
)
# Lines in which a signature is looked for: attachments and chrome may follow it.
TAIL_LINES = 12


def published_fact(
    meta: Mapping[str, str], reading: Reading, chrome: Sequence[str] = ()
) -> Fact | None:
    """The date of publication as an ISO string.

    `chrome` holds the lines that were taken off the page: cards of cells stand there too.
    """
    stated = _stated(meta)
    if stated:
        return stated
    header = meta.get("header", "")
    in_head = (
        _in_head(reading)
        or _in_card(chrome)
        or _below_label(header, reading)
        or _beside_source(reading)
        or _alone_in_head(reading)
    )
    if in_head:
        return in_head
    signed = signature_day(reading)
    if signed is None:
        return None
    day, span = signed
    rule = "date under the signature"
    quote = reading.quote(*span)
    return Fact(
        value=day,
        source="signature",
        confidence=0.9,
        rule=rule,
        evidence=quote,
        span=reading.span(*span),
    )


def _stated(meta: Mapping[str, str]) -> Fact | None:
    """What the page states beside the body."""
    if stated := meta.get("published"):
        day = _first(fold_line(stated))
        if day:
            return Fact(
                value=day,
                source="page",
                confidence=0.97,
                rule="page",
                evidence=stated,
            )
    if header := meta.get("header"):
        day = _labelled(fold_line(header))
        if day:
            return Fact(
                value=day,
                source="page",
                confidence=0.97,
                rule="header",
                evidence=_line_of(header, day),
            )
    return None


def _line_of(header: str, day: str) -> str:
    """The line of a card that gives a day; the whole card where none does alone."""
    for line in header.splitlines():
        days = [found for found, _, _ in days_in(fold_line(line))]
        if day in days:
            return line.strip(" |")
    return header


def _first(form: str) -> str | None:
    days = days_in(form)
    return days[0][0] if days else None


def _right_after(form: str, label: re.Match[str]) -> tuple[str, int] | None:
    """The day that stands right after a label, and where it ends in the form."""
    days = days_in(form[label.end() : label.end() + 24])
    if not days:
        return None
    day, start, end = days[0]
    return (day, label.end() + end) if start <= 1 else None


def _labelled(form: str) -> str | None:
    """The day after 发布时间, else after another label, else the only day there is."""
    labels = list(LABEL_PATTERN.finditer(form))
    labels.sort(key=lambda label: bool(OTHER_DATES_PATTERN.match(label[0])))
    for label in labels:
        dated = _right_after(form, label)
        if dated:
            return dated[0]
    days = days_in(form)
    # who put the page up, and when: 编辑: wangxiao 2020-08-11
    is_editor = EDITOR_PATTERN.search(form) is not None
    return days[0][0] if len(days) == 1 and not is_editor else None


def _in_card(chrome: Sequence[str]) -> Fact | None:
    """A date behind its label in the cells of a card."""
    for line in chrome:
        form = fold_line(line) if "|" in line else ""
        label = LABEL_PATTERN.search(form)
        dated = _right_after(form, label) if label else None
        if dated:
            return Fact(
                value=dated[0],
                source="page",
                confidence=0.95,
                rule="card",
                evidence=line,
            )
    return None


def _below_label(header: str, reading: Reading) -> Fact | None:
    """A date on the line below its label."""
    lines = [reading.form[start:end] for start, end in reading.head]
    above = fold_line(header)
    for line, (start, end) in zip(lines, reading.head, strict=True):
        day = DAY_LINE_PATTERN.match(line)
        if day and LABEL_PATTERN.fullmatch(above):
            return _page_fact(reading, day_of(day), (start, end), "header")
        above = line
    return None


def _beside_source(reading: Reading) -> Fact | None:
    """2020年01月18日来源:区府办, 2012-4-06 德昌县人民政府办公室."""
    for start, end in reading.head[:4]:
        line = reading.form[start : min(end, start + 120)]
        beside = BESIDE_SOURCE_PATTERN.search(line) or DATED_NAME_PATTERN.fullmatch(
            line
        )
        if beside:
            return _page_fact(
                reading, day_of(beside), (start, end), "beside the source"
            )
    return None


def _page_fact(
    reading: Reading, day: str | None, span: tuple[int, int], rule: str
) -> Fact | None:
    if day is None:
        return None
    return Fact(
        value=day,
        source="page",
        confidence=0.9,
        rule=rule,
        evidence=reading.quote(*span),
        span=reading.span(*span),
    )


def _in_head(reading: Reading) -> Fact | None:
    for start, end in reading.head:
        line = reading.form[start : min(end, start + 120)]
        if not LABEL_SIGN_PATTERN.search(line):
            continue
        label = LABEL_PATTERN.search(line)
        dated = _right_after(line, label) if label else None
        if label and dated:
            day, day_end = dated
            span = start + label.start(), start + day_end
            quote = reading.quote(*span)
            return Fact(
                value=day,
                source="page",
                confidence=0.95,
                rule="header",
                evidence=quote,
                span=reading.span(*span),
            )
    return None


def _alone_in_head(reading: Reading) -> Fact | None:
    """A day that is a whole line right below the title, in brackets or not."""
    for start, end in reading.head[:2]:
        line = reading.form[start:end]
        days = days_in(line) if len(line) <= 24 else []
        if not days:
            continue
        day, day_start, day_end = days[0]
        beside = line[:day_start] + line[day_end:]
        if not beside.strip(" ()."):
            rule = "date below the title"
            quote = reading.quote(start, end)
            return Fact(
                value=day,
                source="page",
                confidence=0.85,
                rule=rule,
                evidence=quote,
                span=reading.span(start, end),
            )
    return None


def signature_day(reading: Reading) -> tuple[str, tuple[int, int]] | None:
    """The day that stands alone, or after a name, at the end of the report.

    With its span in index form.
    """
    for start, end in reversed(reading.foot[-TAIL_LINES:]):
        line = reading.form[start:end]
        days = days_in(line) if len(line) <= 60 else []
        if not days:
            continue
        day, day_start, day_end = days[-1]
        ends_line = day_end >= len(line.rstrip(" .。)"))
        if ends_line and not NOT_SIGNED_PATTERN.search(line[:day_start]):
            return day, (start + day_start, start + day_end)
    return None
