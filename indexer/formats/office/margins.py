"""Heads and feet of pages: printed on every page, kept once and apart from the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from indexer.formats.chrome import Line, squeeze

__all__ = ["margins"]

# - 3 -, 第 2 页 共 5 页, Page 2 of 5, and what has neither a letter nor a digit
_PAGE_MARK_PATTERN = re.compile(
    r"[\W\d_]*|[\W_]*第?[\W\d_]*[页頁][\W_]*([共总總]?[\W\d_]*[页頁])?[\W_]*|Page[\W\d]*(of[\W\d]*)?",
    re.IGNORECASE,
)


def margins(found: Iterable[str], lines: Sequence[Line]) -> list[str]:
    """The lines of heads and feet that the text itself does not have, each once."""
    text = squeeze("".join(line.text for line in lines))
    # a dictionary, for its order
    kept: dict[str, None] = {}
    for raw in found:
        line = " ".join(raw.split())
        if not _PAGE_MARK_PATTERN.fullmatch(line) and squeeze(line) not in text:
            kept[line] = None
    return list(kept)
