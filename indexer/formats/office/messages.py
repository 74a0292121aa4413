"""Messages and saved pages in MIME: .mht and .mhtml of browsers and Word, .eml of mail programs."""

from __future__ import annotations

import email
import email.policy
import mimetypes
import re
from collections import Counter
from collections.abc import Iterator
from email.message import EmailMessage

from index.model.errors import InputError
from index.model.problems import Code, Problem
from indexer.decode import decode
from indexer.formats.body import finish
from indexer.formats.chrome import Line, frame
from indexer.formats.html import read_markup
from indexer.page import Page, Source

__all__ = ["attachments", "is_message", "read_message"]

SNIFFED_BYTES = 8192
MAX_PARTS = 1000
# Types of what belongs to a page.
_PAGE_KINDS = (
    "image/",
    "font/",
    "text/css",
    "text/javascript",
    "application/javascript",
)
# a header of MIME at the beginning of a line
_MIME_PATTERN = re.compile(rb"^MIME-Version:\s*1", re.IGNORECASE | re.MULTILINE)
_HEADER_PATTERN = re.compile(rb"\s*[A-Za-z][A-Za-z-]{1,40}:\s")


def is_message(data: bytes) -> bool:
    """Whether the bytes begin with the header of a MIME message."""
    head = data[:SNIFFED_BYTES]
    starts = _HEADER_PATTERN.match(head.removeprefix(b"\xef\xbb\xbf"))
    return starts is not None and _MIME_PATTERN.search(head) is not None


def read_message(source: Source) -> Page:
    """The page or the letter in a message; what else it holds is told.

    Raises InputError when it has no part of text.
    """
    page_part: EmailMessage | None = None
    plain: EmailMessage | None = None
    beside: list[str] = []
    for part in _parts(source.data):
        kind = part.get_content_type()
        if page_part is None and _is_page(part):
            page_part = part
        elif plain is None and kind == "text/plain" and not _is_attached(part):
            plain = part
        elif _is_document(part):
            beside.append(_name(part, len(beside) + 1))
    page = _page(page_part, plain)
    page.format = source.suffix.removeprefix(".")
    if beside:
        parts = ", ".join(beside[:10])
        page.problems.append(Problem(Code.FORMAT_PARTS_APART, {"parts": parts}))
    return page


def attachments(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The name and the bytes of each document in a message beside its page or text.

    They are what is attached, and the pages in the frames of a saved page.
    """
    has_page = False
    names: Counter[str] = Counter()
    count = 0
    for part in _parts(data):
        if not has_page and _is_page(part):
            has_page = True
        elif _is_document(part):
            count += 1
            name = _name(part, count)
            names[name] += 1
            # two parts of one name are two documents
            if names[name] > 1:
                name = f"{names[name]}-{name}"
            yield name, _content(part)


def _parts(data: bytes) -> Iterator[EmailMessage]:
    """The parts of a message; those of a letter within it belong to that letter."""
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    message = email.message_from_bytes(data, policy=email.policy.default)
    stack = [message]
    for _ in range(MAX_PARTS):
        if not stack:
            return
        part = stack.pop()
        if part.get_content_maintype() == "multipart":
            payload = part.get_payload()
            inner = payload if isinstance(payload, list) else []
            stack.extend(p for p in reversed(inner) if isinstance(p, EmailMessage))
        else:
            yield part


def _is_attached(part: EmailMessage) -> bool:
    return part.get_content_disposition() == "attachment"


def _is_page(part: EmailMessage) -> bool:
    kind = part.get_content_type()
    return kind in ("text/html", "application/xhtml+xml") and not _is_attached(part)


def _is_document(part: EmailMessage) -> bool:
    """Whether a part beside the page may be a document: pictures and styles in it are none."""
    kind = part.get_content_type()
    if _is_attached(part) or kind in ("text/html", "message/rfc822"):
        return True
    is_named = part.get_filename() is not None
    return is_named and not kind.startswith(_PAGE_KINDS)


def _name(part: EmailMessage, number: int) -> str:
    """The file name of a part, or one by its number and its type."""
    name = part.get_filename()
    if name and name.strip():
        return " ".join(name.split())
    kind = part.get_content_type()
    suffix = ".eml" if kind == "message/rfc822" else mimetypes.guess_extension(kind)
    return f"part-{number}{suffix or ''}"


def _content(part: EmailMessage) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        held = inner[0] if isinstance(inner, list) and inner else None
        return held.as_bytes() if isinstance(held, EmailMessage) else b""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


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
