"""Damages documents of every format in small ways and reads them: python scripts/fuzz_formats.py.

Each document is read, or refused with a reason; anything else is a fault, and its seed is printed.
In zip archives the parts are damaged too, so that the damage lies behind their checksums.
"""

from __future__ import annotations

import argparse
import io
import random
import signal
import sys
import time
import zipfile
from collections import Counter
from pathlib import Path
from types import FrameType

sys.path.insert(0, str(Path(__file__).parents[1]))

from index.model.errors import InputError
from indexer.formats import read
from indexer.page import Source
from tests.indexer.formats.writers import WRITERS, blocks, sample

MAX_SECONDS = 10
# Pieces that break readers: numbers out of bounds, halves of marks, ends of lines and files.
PIECES = (
    b"\x00",
    b"\xff\xfe",
    b"999999999999",
    b"-1",
    b"<",
    b"]]>",
    b"{",
    b"}",
    b"\\u-99999 ",
    b"\\'",
    b"\\bin99999 ",
    b"&#0;",
    b"\xed\xa0\x80",
    b"\r",
    b"%00",
    b"</w:p>",
    b"'",
    b'"',
)


class _TooLongError(Exception):
    """A document is read for longer than MAX_SECONDS."""


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The data with one to eight faults."""
    out = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        place = chance.randrange(len(out) + 1)
        kind = chance.randrange(6)
        length = chance.randint(1, 64)
        if kind == 0 and place < len(out):
            out[place] = chance.randrange(256)
        elif kind == 1:
            del out[place : place + length]
        elif kind == 2:
            out[place:place] = chance.choice(PIECES)
        elif kind == 3:
            out[place:place] = out[place : place + length] * chance.randint(1, 50)
        elif kind == 4 and chance.random() < 0.2:
            del out[place:]
        else:
            start = chance.randrange(len(out) + 1)
            out[place : place + length] = out[start : start + length]
    return bytes(out)


def repacked(data: bytes, chance: random.Random) -> bytes:
    """A zip archive with one of its parts damaged."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        chosen = chance.choice(old.namelist())
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, damaged(part, chance) if name == chosen else part)
    return out.getvalue()


def outcome(data: bytes, suffix: str) -> str:
    """What became of a document: read, refused, or the fault."""
    signal.alarm(MAX_SECONDS)
    try:
        read(Source("a" + suffix, "/a" + suffix, suffix, data, ""))
    except InputError as error:
        return "refused" if error.reason else "refused without a reason"
    # whatever else comes out of a reader is what is looked for
    except Exception as error:  # noqa: BLE001
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        where = (
            ""
            if trace is None
            else f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}"
        )
        return f"{type(error).__name__} in {where}: {str(error)[:80]}"
    finally:
        signal.alarm(0)
    return "read"


def _stop(_: int, __: FrameType | None) -> None:
    raise _TooLongError


def main() -> int:
    """Damage so many documents of each format; 1 where there was a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000, help="documents a format")
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--suffix", choices=WRITERS, action="append")
    given = parser.parse_args()
    signal.signal(signal.SIGALRM, _stop)
    found = blocks(sample())
    faults = 0
    for suffix in given.suffix or WRITERS:
        whole = WRITERS[suffix](found)
        outcomes: Counter[str] = Counter()
        started = time.monotonic()
        for seed in range(given.seed, given.seed + given.count):
            chance = random.Random(f"{suffix} {seed}")
            is_zip = whole.startswith(b"PK") and chance.random() < 0.7
            data = repacked(whole, chance) if is_zip else damaged(whole, chance)
            became = outcome(data, suffix)
            if became not in ("read", "refused") and became not in outcomes:
                print(f"{suffix} {seed}: {became}", flush=True)
            outcomes[became] += 1
        seconds = time.monotonic() - started
        faults += given.count - outcomes["read"] - outcomes["refused"]
        print(
            f"{suffix}: {outcomes['read']} read, {outcomes['refused']} refused,"
            f" {given.count - outcomes['read'] - outcomes['refused']} faults,"
            f" {seconds:.0f} s",
            flush=True,
        )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
