"""Messages and saved pages in MIME: .mht and .mhtml of browsers and Word, .eml of mail programs."""

from __future__ import annotations

import email
import email.policy
import re
from email.message import EmailMessage

from index.model.errors import InputError
from index.model.problems import Code, Problem
from indexer.decode import decode
from indexer.formats.body import finish
from indexer.formats.chrome import Line, frame
from indexer.formats.html import read_markup
from indexer.page import Page, Source

__all__ = ["is_message", "read_message"]

SNIFFED_BYTES = 8192
MAX_PARTS = 1000
# a header of MIME at the beginning of a line
_MIME_PATTERN = re.compile(rb"^MIME-Version:\s*1", re.IGNORECASE | re.MULTILINE)
_HEADER_PATTERN = re.compile(rb"\s*[A-Za-z][A-Za-z-]{1,40}:\s")


def is_message(data: bytes) -> bool:
    """Whether the bytes begin with the header of a MIME message."""
    head = data[:SNIFFED_BYTES]
    starts = _HEADER_PATTERN.match(head.removeprefix(b"\xef\xbb\xbf"))
    return starts is not None and _MIME_PATTERN.search(head) is not None


def read_message(source: Source) -> Page:
    """The page or the letter in a message; what is attached is told.

    Raises InputError when it has no part of text.
    """
    data = source.data.removeprefix(b"\xef\xbb\xbf").lstrip()
    message = email.message_from_bytes(data, policy=email.policy.default)
    page_part: EmailMessage | None = None
    plain: EmailMessage | None = None
    attached: list[str] = []
    for number, part in enumerate(message.walk()):
        if number >= MAX_PARTS:
            break
        kind = part.get_content_type()
        if part.get_content_disposition() == "attachment":
            attached.append(part.get_filename() or kind)
        elif kind in ("text/html", "application/xhtml+xml"):
            page_part = page_part or part
        elif kind == "text/plain":
            plain = plain or part
    page = _page(page_part, plain)
    page.format = source.suffix.removeprefix(".")
    if attached:
        parts = ", ".join(attached[:10])
        page.problems.append(Problem(Code.FORMAT_PARTS_UNREAD, {"parts": parts}))
    return page


def _page(
    page_part: EmailMessage | None,
    plain: EmailMessage | None,
) -> Page:
    part = page_part or plain
    content = part.get_payload(decode=True) if part is not None else None
    if part is None or not isinstance(content, bytes):
        raise InputError("is a MIME message without a page; save it as .html")
    decoded = decode(content, part.get_content_charset())
    if page_part is not None:
        return read_markup(decoded.text, decoded=decoded)
    lines = [Line(line) for line in decoded.text.split("\n")]
    return finish(frame(lines), [], "eml", decoded, 5)
