"""Old Word (.doc) and WPS: no Python library reads them, so a converter of the machine does.

Nothing is shipped. The converter works on a copy in a folder of its own, with a time limit.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from index.model.errors import InputError
from indexer.decode import decode
from indexer.formats.body import Rows, finish
from indexer.formats.chrome import Line, frame
from indexer.page import Cell, Page, Source

__all__ = ["CONVERTERS", "Converter", "is_ole", "read_doc"]

MAX_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Converter:
    """A program that writes the text of a document.

    `arguments` may hold {file}, {folder} and {profile}. `output` is the file it writes into
    {folder}, None for standard output. `suffixes` are the formats it reads.
    """

    program: str
    arguments: tuple[str, ...]
    suffixes: tuple[str, ...]
    output: str | None = None


# Programs in the order in which they are tried: the quick ones first.
CONVERTERS = (
    Converter("antiword", ("-m", "UTF-8.txt", "-w", "0", "{file}"), (".doc",)),
    Converter("catdoc", ("-d", "utf-8", "-w", "{file}"), (".doc",)),
    *(
        Converter(
            program,
            (
                "-env:UserInstallation={profile}",
                "--headless",
                "--norestore",
                "--convert-to",
                "txt:Text (encoded):UTF8",
                "--outdir",
                "{folder}",
                "{file}",
            ),
            (".doc", ".wps"),
            "document.txt",
        )
        for program in ("soffice", "libreoffice")
    ),
)

# the stream that holds an encrypted document of a newer Office
_LOCKED_MARK = "EncryptedPackage".encode("utf-16-le")

# |新收  |4    |: how antiword draws a row of a table
_ROW_PATTERN = re.compile(r"^\|.*\|$")


def is_ole(data: bytes) -> bool:
    """Whether the bytes begin as an OLE container, the form of old Word and WPS documents."""
    return data.startswith(b"\xd0\xcf\x11\xe0")


def read_doc(source: Source) -> Page:
    """The report in a .doc or .wps file.

    Raises InputError when no program of this machine can read it.
    """
    suffix = source.suffix.lower()
    if _LOCKED_MARK in source.data:
        raise InputError("is locked with a password; save it without one")
    able = [converter for converter in CONVERTERS if suffix in converter.suffixes]
    installed = [converter for converter in able if shutil.which(converter.program)]
    if not installed:
        needed = "antiword or LibreOffice" if suffix == ".doc" else "LibreOffice"
        package = _package(suffix)
        raise InputError(
            f"needs {needed} to be read; install it, for example: apt-get install {package}"
        )
    for converter in installed:
        text = _convert(converter, source.data, suffix)
        if text:
            lines, tables = _lines(text)
            return finish(frame(lines), tables, suffix.removeprefix("."), least=5)
    tried = ", ".join(converter.program for converter in installed)
    raise InputError(
        f"is damaged, or no {suffix} document: {tried} could not convert it; save it as .docx"
    )


def _package(suffix: str) -> str:
    return "antiword" if suffix == ".doc" else "libreoffice-writer"


def _convert(converter: Converter, data: bytes, suffix: str) -> str | None:
    """The text that a converter makes of the document, None when it fails or takes too long."""
    with tempfile.TemporaryDirectory(
        prefix="gongkai-", ignore_cleanup_errors=True
    ) as folder:
        file = Path(folder, "document" + suffix)
        file.write_bytes(data)
        names = {
            "file": str(file),
            "folder": folder,
            # LibreOffice refuses to start twice on one profile
            "profile": Path(folder, "profile").as_uri(),
        }
        program = shutil.which(converter.program) or converter.program
        arguments = [part.format(**names) for part in converter.arguments]
        try:
            # the program is one of CONVERTERS, and the file's name is ours
            done = subprocess.run(  # noqa: S603
                [program, *arguments],
                capture_output=True,
                timeout=MAX_SECONDS,
                check=False,
                cwd=folder,
                stdin=subprocess.DEVNULL,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        output = done.stdout
        if converter.output:
            written = Path(folder, converter.output)
            output = written.read_bytes() if written.is_file() else b""
    return _text(output) if done.returncode == 0 else None


def _text(out: bytes) -> str | None:
    try:
        return decode(out).text if out.strip() else None
    except InputError:
        return None


def _lines(text: str) -> tuple[list[Line], list[Rows]]:
    """Lines, and the tables that antiword draws with bars: one cell a line, like everywhere."""
    lines: list[Line] = []
    tables: list[list[tuple[Cell, ...]]] = []
    in_table = False
    for raw in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        line = raw.strip()
        if not _ROW_PATTERN.match(line):
            in_table = in_table and not line
            lines.append(Line(line))
            continue
        if not in_table:
            tables.append([])
        in_table = True
        cells = tuple(Cell(part.strip()) for part in line[1:-1].split("|"))
        tables[-1].append(cells)
        lines.extend(Line(cell.text, len(tables) - 1) for cell in cells if cell.text)
    return lines, [tuple(rows) for rows in tables]
