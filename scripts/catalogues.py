"""Compile the catalogues of `index/words/locale`: every .po to the .mo beside it.

`python scripts/catalogues.py` writes them, `--check` only says which are not current. The work of
msgfmt, of which the messages of this project need little: contexts, but no plurals.
"""

from __future__ import annotations

import ast
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

LOCALE = Path(__file__).parents[1] / "index/words/locale"

# The first word of a .mo file, and the version of its format.
MAGIC, REVISION = 0x950412DE, 0
HEADER = struct.Struct("<7I")
ENTRY = struct.Struct("<2I")
# What stands between the context and the id of a message in a .mo file.
CONTEXT_END = "\x04"


def read_po(text: str) -> dict[str, str]:
    """Message id, with its context before it, -> the words. Raises ValueError with the line."""
    messages: dict[str, str] = {}
    for entry in _entries(text):
        name = entry["msgid"]
        if "msgctxt" in entry:
            name = entry["msgctxt"] + CONTEXT_END + name
        if name in messages:
            raise ValueError(f"{name!r} stands there twice")
        messages[name] = entry["msgstr"]
    return messages


def _entries(text: str) -> Iterator[dict[str, str]]:
    """The entries of a .po file, each as keyword -> string."""
    entry: dict[str, str] = {}
    keyword = ""
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith('"'):
            # a long string goes on in the next line
            entry[keyword] += ast.literal_eval(line)
            continue
        keyword, _, string = line.partition(" ")
        if keyword not in ("msgctxt", "msgid", "msgstr"):
            raise ValueError(f"line {number}: {keyword!r} is not known here")
        if "msgstr" in entry:
            yield entry
            entry = {}
        entry[keyword] = ast.literal_eval(string)
    if entry:
        yield entry


def to_mo(messages: dict[str, str]) -> bytes:
    """The messages as a .mo file: two tables of (length, offset), ids sorted, then the texts."""
    ids = sorted(messages, key=str.encode)
    keys = [name.encode() for name in ids]
    texts = [messages[name].encode() for name in ids]
    count = len(ids)
    ids_at = HEADER.size
    texts_at = ids_at + count * ENTRY.size
    offset = texts_at + count * ENTRY.size
    header = HEADER.pack(MAGIC, REVISION, count, ids_at, texts_at, 0, offset)
    table = b""
    for string in (*keys, *texts):
        table += ENTRY.pack(len(string), offset)
        offset += len(string) + 1
    return header + table + b"".join(string + b"\0" for string in (*keys, *texts))


def stale(*, write: bool) -> list[Path]:
    """The .mo files that are not what their .po says; `write` mends them."""
    found = []
    for source in sorted(LOCALE.rglob("*.po")):
        compiled = source.with_suffix(".mo")
        wanted = to_mo(read_po(source.read_text(encoding="utf-8")))
        if compiled.is_file() and compiled.read_bytes() == wanted:
            continue
        found.append(compiled)
        if write:
            compiled.write_bytes(wanted)
    return found


if __name__ == "__main__":
    checking = "--check" in sys.argv[1:]
    for path in stale(write=not checking):
        print(f"{path}: {'not current; run make words' if checking else 'written'}")
        if checking:
            sys.exit(1)
