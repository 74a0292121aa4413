"""Messages and saved pages in MIME: .mht and .mhtml of browsers and Word, .eml of mail programs."""

from __future__ import annotations

import email
import email.policy
import html
import mimetypes
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage

from index.model.errors import InputError
from index.model.problems import Code, Problem
from indexer.decode import decode
from indexer.formats.body import finish
from indexer.formats.chrome import Line, frame, is_title, squeeze
from indexer.formats.html import read_markup
from indexer.page import Decoded, Page, Source

__all__ = ["attachments", "is_message", "read_message", "shown_markup"]

SNIFFED_BYTES = 8192
MAX_PARTS = 1000
# Parts within parts beyond which nothing is looked for.
MAX_DEPTH = 20
_MARKUP_KINDS = ("text/html", "application/xhtml+xml")
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
_LETTER_PATTERN = re.compile(
    rb"^(From|To|Date|Subject|Message-ID|Received|Return-Path):\s",
    re.IGNORECASE | re.MULTILINE,
)
# Headers of a letter from which a text without those of MIME is one.
MIN_LETTER_HEADERS = 3
_HEADER_PATTERN = re.compile(rb"\s*[A-Za-z][A-Za-z-]{1,40}:\s")


def is_message(
    data: bytes,
) -> bool:
    """Whether the bytes begin with the header of a message: MIME's, or several of a letter."""
    head = data[:SNIFFED_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip()
    if _HEADER_PATTERN.match(head) is None:
        return False
    if _MIME_PATTERN.search(head):
        return True
    header = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    names = {name.lower() for name in _LETTER_PATTERN.findall(header)}
    return len(names) >= MIN_LETTER_HEADERS


def read_message(
    source: Source,
) -> Page:
    """The page or the letter in a message; what else it holds is told.

    Raises InputError when it has no part of text.
    """
    message = _message(source.data)
    held = _split(message)
    page = _page(held.shown)
    page.format = source.suffix.removeprefix(".")
    _add_subject(page, message)
    if held.beside:
        names = [_name(part, n) for n, part in enumerate(held.beside[:10], 1)]
        parts = ", ".join(names)
        page.problems.append(Problem(Code.FORMAT_PARTS_APART, {"parts": parts}))
    return page


def shown_markup(
    data: bytes,
) -> str:
    """The page of a message as it is written; "" where it has none."""
    for part in filter(_is_page, _split(_message(data)).shown):
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            return decode(content, part.get_content_charset()).text
    return ""


def attachments(
    data: bytes,
) -> Iterator[tuple[str, bytes]]:
    """The name and the bytes of each document in a message beside its page or text.

    They are what is attached, and the pages in the frames of a saved page.
    """
    names: Counter[str] = Counter()
    for count, part in enumerate(_split(_message(data)).beside, 1):
        name = _name(part, count)
        names[name] += 1
        # two parts of one name are two documents
        if names[name] > 1:
            name = f"{names[name]}-{name}"
        yield name, _content(part)


@dataclass(slots=True)
class _Held:
    """The parts that a reader of the message sees, in their order, and documents beside them."""

    shown: list[EmailMessage] = field(default_factory=list)
    beside: list[EmailMessage] = field(default_factory=list)


def _message(
    data: bytes,
) -> EmailMessage:
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    return email.message_from_bytes(data, policy=email.policy.default)


def _split(
    part: EmailMessage,
    depth: int = 0,
) -> _Held:
    """What a message holds; a letter within it keeps its own parts."""
    held = _Held()
    kind = part.get_content_type()
    if part.get_content_maintype() != "multipart":
        is_text = kind in ("text/plain", *_MARKUP_KINDS)
        if is_text and not _is_attached(part):
            held.shown.append(part)
        elif _is_document(part):
            held.beside.append(part)
        return held
    if depth > MAX_DEPTH:
        return held
    payload = part.get_payload()
    inner = payload[:MAX_PARTS] if isinstance(payload, list) else []
    parts = [_split(p, depth + 1) for p in inner if isinstance(p, EmailMessage)]
    for one in parts:
        held.beside += one.beside
    if kind == "multipart/alternative":
        held.shown = _best([one.shown for one in parts])
        return held
    for one in parts:
        # within a saved page each text behind the first is a frame; a named one is a file
        is_frame = kind == "multipart/related" or _is_named(one.shown)
        if held.shown and is_frame:
            held.beside += filter(_is_document, one.shown)
        else:
            held.shown += one.shown
    return held


def _best(
    choices: Sequence[list[EmailMessage]],
) -> list[EmailMessage]:
    """Of several forms of one text the page, which has its tables; else the first."""
    filled = [choice for choice in choices if choice]
    pages = [choice for choice in filled if any(map(_is_page, choice))]
    return next(iter(pages or filled), [])


def _is_named(
    parts: Sequence[EmailMessage],
) -> bool:
    return any(part.get_filename() is not None for part in parts)


def _add_subject(
    page: Page,
    message: EmailMessage,
) -> None:
    """The subject is the title of a letter that has none, else it is kept beside the text."""
    subject = " ".join(str(message.get("Subject", "")).split())
    kept = "".join((page.title or "", page.text, *page.chrome))
    if not subject or squeeze(subject) in squeeze(kept):
        return
    if page.title is None and is_title(subject):
        page.title = subject
    else:
        page.chrome.append(subject)


def _is_attached(
    part: EmailMessage,
) -> bool:
    return part.get_content_disposition() == "attachment"


def _is_page(
    part: EmailMessage,
) -> bool:
    kind = part.get_content_type()
    return kind in _MARKUP_KINDS and not _is_attached(part)


def _is_document(
    part: EmailMessage,
) -> bool:
    """Whether a part beside the page may be a document: pictures and styles in it are none."""
    kind = part.get_content_type()
    if _is_attached(part) or kind in ("text/html", "message/rfc822"):
        return True
    is_named = part.get_filename() is not None
    return is_named and not kind.startswith(_PAGE_KINDS)


def _name(
    part: EmailMessage,
    number: int,
) -> str:
    """The file name of a part, or one by its number and its type."""
    name = part.get_filename()
    if name and name.strip():
        return " ".join(name.split())
    kind = part.get_content_type()
    suffix = ".eml" if kind == "message/rfc822" else mimetypes.guess_extension(kind)
    return f"part-{number}{suffix or ''}"


def _content(
    part: EmailMessage,
) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        held = inner[0] if isinstance(inner, list) and inner else None
        return held.as_bytes() if isinstance(held, EmailMessage) else b""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _page(
    parts: Sequence[EmailMessage],
) -> Page:
    texts: list[str] = []
    decoded: Decoded | None = None
    for part in parts:
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        found = decode(content, part.get_content_charset())
        decoded = decoded or found
        text = found.text if _is_page(part) else _unfolded(part, found.text)
        texts.append(text)
    if decoded is None:
        raise InputError("is a MIME message without a page; save it as .html")
    if not any(map(_is_page, parts)):
        lines = [Line(line) for text in texts for line in text.split("\n")]
        return finish(frame(lines), [], "eml", decoded, 5)
    markup = [
        text if _is_page(part) else _marked_up(text)
        for part, text in zip(parts, texts, strict=True)
    ]
    return read_markup("".join(markup), decoded=decoded)


def _unfolded(
    part: EmailMessage,
    text: str,
) -> str:
    """Lines that a mail program broke, which end in a space, are joined again."""
    if part.get_param("format") != "flowed":
        return text
    joint = "" if part.get_param("delsp") == "yes" else " "
    return re.sub(" \r?\n(?!-- )", joint, text)


def _marked_up(
    text: str,
) -> str:
    lines = (f"<p>{html.escape(line)}</p>" for line in text.split("\n"))
    return "".join(lines)
