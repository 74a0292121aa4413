"""Damages documents of every format in small ways and reads them: python scripts/fuzz_formats.py.

Each document is read, or refused with a reason; anything else is a fault, and its seed is printed.
In zip archives the parts are damaged too, so that the damage lies behind their checksums.
"""

from __future__ import annotations

import argparse
import gzip
import io
import os
import random
import signal
import sys
import tarfile
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Literal

sys.path.insert(0, str(Path(__file__).parents[1]))

from index.model.errors import InputError
from index.model.settings import Settings
from indexer.corpus import Skip, walk
from indexer.formats import read
from indexer.page import Source
from tests.indexer.formats.test_formats import make_warc
from tests.indexer.formats.writers import WRITERS, blocks, page, sample, text, word

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


def tar_of(files: dict[str, bytes], mode: Literal["w", "w:gz", "w:xz"]) -> bytes:
    """A tar archive of some files."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, data in files.items():
            header = tarfile.TarInfo(name)
            header.size = len(data)
            archive.addfile(header, io.BytesIO(data))
    return out.getvalue()


def containers() -> dict[str, bytes]:
    """The usual suffix of an archive -> one that holds the sample report in some formats."""
    found = blocks(sample())
    files = {"a.txt": text(found), "年报/b.html": page(found), "c.docx": word(found)}
    records = b"".join(
        make_warc(f"http://x/{name}", kind, files[name])
        for name, kind in (("a.txt", "text/plain"), ("年报/b.html", "text/html"))
    )
    inner = _zip_of(files)
    records += make_warc("http://x/c", "application/octet-stream", files["c.docx"])
    records += make_warc("http://x/d", "application/zip", inner)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.warc.gz", gzip.compress(records))
        archive.writestr("datapackage.json", "{}")
    lines = b"".join(WRITERS[".json"](found) + b"\n" for _ in range(3))
    return {
        ".tar": tar_of(files, "w"),
        ".tar.gz": tar_of(files, "w:gz"),
        ".tar.xz": tar_of(files, "w:xz"),
        ".zip": _zip_of(files),
        ".warc": records,
        ".warc.gz": gzip.compress(records),
        ".wacz": whole.getvalue(),
        ".jsonl": lines,
    }


def _zip_of(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


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


def read_archive(data: bytes, suffix: str) -> None:
    """Every document of an archive. Raises InputError where there is none and a reason why."""
    path = Path(tempfile.gettempdir(), f"gongkai-fuzz-{os.getpid()}{suffix}")
    path.write_bytes(data)
    try:
        items = list(walk([path], Settings(index=Path("/nowhere/index"))))
    finally:
        path.unlink()
    refused = [item for item in items if isinstance(item, Skip)]
    for item in items:
        if isinstance(item, Source):
            try:
                read(item)
            except InputError as error:
                refused.append(Skip(item.name, error.reason))
    reasons = [skip.reason for skip in refused]
    if not items:
        raise InputError("")
    if len(refused) == len(items) or not all(reasons):
        raise InputError(min(reasons, key=len))


def outcome(data: bytes, suffix: str, *, is_archive: bool = False) -> str:
    """What became of a document: read, refused, or refused without a reason."""
    try:
        if is_archive:
            read_archive(data, suffix)
        else:
            read(Source("a" + suffix, "/a" + suffix, suffix, data, ""))
    except InputError as error:
        return "refused" if error.reason else "refused without a reason"
    return "read"


def under_limit(look: Callable[[], str]) -> str:
    """What `look` returns, or the fault in which it ends; MAX_SECONDS are the longest it may take.

    They are seconds of the processor: a busy machine makes no fault.
    """
    signal.signal(signal.SIGPROF, _stop)
    try:
        signal.setitimer(signal.ITIMER_PROF, MAX_SECONDS)
        try:
            return look()
        # whatever comes out is what is looked for
        except Exception as error:  # noqa: BLE001
            return _told(error)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    except _TooLongError:
        # a library that lets no signal in was done at last
        return "too long in a library"


def _told(error: Exception) -> str:
    """The kind of an error, the function and line where it was raised, and its words."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = ""
    if trace is not None:
        where = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}"
    return f"{type(error).__name__} in {where}: {str(error)[:120]}"


def _stop(_: int, __: FrameType | None) -> None:
    raise _TooLongError


def main() -> int:
    """Damage so many documents of each format; 1 where there was a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000, help="documents a format")
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    archives = containers()
    choices = [*WRITERS, *archives]
    parser.add_argument("--suffix", choices=choices, action="append")
    given = parser.parse_args()
    found = blocks(sample())
    faults = 0
    for suffix in given.suffix or choices:
        is_archive = suffix in archives
        whole = archives[suffix] if is_archive else WRITERS[suffix](found)
        outcomes: Counter[str] = Counter()
        started = time.monotonic()
        for seed in range(given.seed, given.seed + given.count):
            chance = random.Random(f"{suffix} {seed}")
            is_zip = whole.startswith(b"PK") and chance.random() < 0.7
            data = repacked(whole, chance) if is_zip else damaged(whole, chance)
            became = under_limit(partial(outcome, data, suffix, is_archive=is_archive))
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
