"""What of a web page stands elsewhere: in its frames, behind another address, in its scripts."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from index.model.errors import InputError
from index.model.problems import Code, Problem
from indexer.formats.visible import letters_of

__all__ = ["Elsewhere", "elsewhere"]

# Letters and digits below which a page is judged by what else it holds.
MIN_LETTERS = 200
# Characters of scripts from which they can make a page.
MIN_SCRIPT = 2000
# Scripts of other files from which they can.
MIN_SCRIPT_FILES = 2
MAX_FRAMES = 1000

# report.pdf, viewer.html?file=report.docx: a document in a frame
_DOCUMENT_PATTERN = re.compile(
    r"\.(?:pdf|docx?|wps|ofd|xlsx?|et|odt|rtf|mht|mhtml)(?=[?#&]|$)", re.IGNORECASE
)
# the element that frameworks of scripts fill
_MOUNT_NAMES = frozenset(("app", "root", "__next", "__nuxt", "main-app"))
_NEEDS_SCRIPT_PATTERN = re.compile(
    r"enable JavaScript|JavaScript (?:is )?(?:required|disabled)|启用\s*JavaScript"
    r"|开启\s*JavaScript|不支持\s*JavaScript",
    re.IGNORECASE,
)
# content="0; url=http://..."
_REFRESH_PATTERN = re.compile(r"\d{1,2} ?[;,] ?url ?=", re.IGNORECASE)
# window.location.href = "http://..."
_MOVE_PATTERN = re.compile(
    r"location(?:\.href)?\s*=\s*[\"']([^\"']{1,500})[\"']"
    r"|location\.replace\(\s*[\"']([^\"']{1,500})[\"']"
)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where else a page has its text: addresses of its frames and of the page that it leads to."""

    frames: Sequence[str] = field(default_factory=tuple)
    documents: Sequence[str] = field(default_factory=tuple)
    target: str = ""
    is_script_made: bool = False

    def refuse_blank(self, letters: int) -> None:
        """Raises InputError that says where to look, where the page itself has no text."""
        if letters >= 5:
            return
        if self.target:
            raise InputError(f"only leads to {self.target}; index that page")
        if self.frames:
            shown = ", ".join(self.frames[:5])
            raise InputError(f"only shows other pages in frames ({shown}); index those")
        if self.is_script_made:
            raise InputError(
                "has no text before its scripts run;"
                " save it from a browser when it is complete, as .html or .mhtml"
            )

    def told(self, letters: int) -> list[Problem]:
        """What is told of a page that has some text; `letters` is how much."""
        is_short = letters < MIN_LETTERS
        problems: list[Problem] = []
        frames = self.frames if is_short else self.documents
        if frames:
            parts = ", ".join(frames[:10])
            problems.append(Problem(Code.FORMAT_FRAMES, {"parts": parts}))
        elif is_short and self.is_script_made:
            problems.append(Problem(Code.FORMAT_SCRIPT_MADE))
        return problems


def elsewhere(root: HtmlElement) -> Elsewhere:
    """What a tree of HTML says of text elsewhere; asked before scripts are taken out of it."""
    frames: list[str] = []
    for element in root.iter("frame", "iframe", "embed", "object"):
        address = (element.get("src") or element.get("data") or "").strip()
        is_page = address and not address.lower().startswith(("about:", "javascript:"))
        is_frame = element.tag in ("frame", "iframe")
        if is_page and (is_frame or _DOCUMENT_PATTERN.search(address)):
            frames.append(address[:200])
        if len(frames) >= MAX_FRAMES:
            break
    documents = [f for f in frames if _DOCUMENT_PATTERN.search(_plain(f))]
    scripts = list(root.iter("script"))
    written = "".join(script.text or "" for script in scripts)
    return Elsewhere(
        tuple(dict.fromkeys(frames)),
        tuple(dict.fromkeys(documents)),
        _target(root, written),
        _is_script_made(root, scripts, written),
    )


def _plain(address: str) -> str:
    """An address without percent-encoding: viewers get the name of their file in it."""
    return urllib.parse.unquote(address)


def _target(root: HtmlElement, written: str) -> str:
    for meta in root.iter("meta"):
        if (meta.get("http-equiv") or "").strip().lower() == "refresh":
            content = " ".join((meta.get("content") or "").split())
            match = _REFRESH_PATTERN.match(content)
            if match:
                return content[match.end() :].strip(" '\"")[:200]
    moved = _MOVE_PATTERN.search(written[:MIN_SCRIPT])
    return (moved[1] or moved[2])[:200] if moved else ""


def _is_script_made(
    root: HtmlElement, scripts: Sequence[HtmlElement], written: str
) -> bool:
    files = sum(script.get("src") is not None for script in scripts)
    if len(written) < MIN_SCRIPT and files < MIN_SCRIPT_FILES:
        for notice in root.iter("noscript"):
            if _NEEDS_SCRIPT_PATTERN.search("".join(notice.itertext())):
                return True
        return files > 0 and _has_mount(root)
    return True


def _has_mount(root: HtmlElement) -> bool:
    """Whether there is an empty element that scripts fill."""
    for element in root.iter("div", "main"):
        if (element.get("id") or "").lower() in _MOUNT_NAMES:
            return not letters_of("".join(element.itertext()))
    return False
