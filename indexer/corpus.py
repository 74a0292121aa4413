"""Walks what the user points at and gives every document in it as a Source, or the reason why not
as a Skip.

Nothing here trusts its input: archives are never unpacked to disk, compressed data is read through
a bounded reader, and one bad file never ends a walk.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import os
import re
import stat
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from warcio.archiveiterator import ArchiveIterator

from index.model.errors import InputError
from index.model.settings import Settings
from indexer import formats
from indexer.decode import binary_kind
from indexer.formats.record import parse_record
from indexer.members import (
    DAMAGE_ERRORS,
    TAR_SUFFIXES,
    ZIP_SUFFIXES,
    TarHeader,
    XzStream,
    container_of,
    is_document,
    is_web_archive,
    name_in_zip,
)
from indexer.page import Known, Source

__all__ = ["Skip", "walk"]

# A compressed file that grows more than this many times is a bomb; real pages grow
# about ten times.
MAX_RATIO = 200
# Bytes up to which no ratio is suspicious: a short page of spaces is harmless.
RATIO_FROM_BYTES = 4 << 20
MAX_MEMBERS = 200_000
# Bytes of a web archive without a line's end: compressed pages and documents have one
# every few hundred.
MAX_LINE_BYTES = 4 << 20
CHUNK_BYTES = 1 << 18

# What is looked at before a file of an unknown suffix is read whole.
HEAD_BYTES = 1 << 16
# zip archives and old Office documents, whose kind only the whole file tells
_MAY_BE_OFFICE = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")

LINES_SUFFIX = ".jsonl"
WARC_SUFFIXES = (".warc", ".warc.gz")
CONTAINER_SUFFIXES = (
    *ZIP_SUFFIXES,
    *TAR_SUFFIXES,
    *WARC_SUFFIXES,
    LINES_SUFFIX,
    ".jsonl.gz",
)
# Letters within letters and archives in them, beyond which nothing is taken out.
MAX_NESTING = 4
# Bytes that the header of a member of a tar archive may take.
MAX_HEADER_BYTES = 4 << 20

# What office programs and operating systems leave behind: ~$report.docx, __MACOSX, Thumbs.db.
# And what describes a folder. Files with a leading dot go without saying.
_LITTER_PATTERN = re.compile(
    r"^(\.|~\$|__MACOSX$|Thumbs\.db$|desktop\.ini$|README\.\w+$)", re.IGNORECASE
)
# _MAIN_3.toc: the table of contents of a Whoosh index
_INDEX_FILE_PATTERN = re.compile(r"_[A-Za-z0-9]+_\d+\.toc")

# art.html?id=3: crawlers name files by their addresses
_QUERY_PATTERN = re.compile(r"(?<=[A-Za-z])[?#;&].*$")

# What is told of data that grows more than MAX_RATIO times.
_GROWS = "unpack it yourself if you trust it"
_NESTED_REASON = "is an archive in an archive; unpack the outer one"
_MEMBERS_REASON = f"holds more than {MAX_MEMBERS:,} files; unpack it into folders"


@dataclass(frozen=True, slots=True)
class Skip:
    """A source that was not read, and the reason in one sentence."""

    source: str
    reason: str


class _TooLargeError(Exception):
    """More bytes than allowed came out of a file; the message is the reason."""


def walk(
    paths: Sequence[Path],
    settings: Settings,
) -> Iterator[Source | Skip]:
    """Every document under `paths`, and a Skip for everything that is none.

    Folders are walked in sorted order. A document of a folder argument `seeds` is named
    "seeds/a.txt", of a file argument by its file name.
    """
    walker = _Walker(settings)
    for path in paths:
        yield from walker.path(Path(path))


class _Guarded:
    """A stream for warcio, which holds a line in memory until it ends, and for tarfile.

    Bombs and endless lines end in a _TooLargeError.
    """

    def __init__(
        self,
        stream: Any,
        packed: int,
        max_line: int = MAX_LINE_BYTES,
    ) -> None:
        self.stream = stream
        self.packed = max(packed, 1)
        self.max_line = max_line
        # bytes after which there is no more, where that is known; None for any number
        self.end: int | None = None
        self.total = 0
        # bytes since the last end of a line
        self.line = 0

    def read(
        self,
        size: int = CHUNK_BYTES,
    ) -> bytes:
        wanted = min(size, CHUNK_BYTES) if size > 0 else CHUNK_BYTES
        # what a cut-off file still holds comes before its error, which `read` would give first
        data: bytes = self.stream.read1(wanted)
        self.total += len(data)
        line_end = data.rfind(b"\n")
        if line_end < 0:
            self.line += len(data)
        else:
            self.line = len(data) - line_end
        is_past = self.end is not None and self.total > self.end
        if is_past or self.line > self.max_line or _grows(self.total, self.packed):
            raise _TooLargeError("grows without measure")
        return data

    def tell(self) -> int:
        return self.total

    def close(self) -> None:
        self.stream.close()


def _grows(
    total: int,
    packed: int,
) -> bool:
    """Whether `total` bytes out of `packed` ones are more than any page makes."""
    return total > RATIO_FROM_BYTES and total > MAX_RATIO * max(packed, 1)


class _Walker:
    """One walk: its limits, and the folders it has seen, so that links cannot lead in a circle."""

    def __init__(
        self,
        settings: Settings,
    ) -> None:
        self.limit = settings.max_file_mb << 20
        self.index = _resolved(settings.index)
        self.seen: set[str] = set()
        # the folder of the path that is walked; None where a file was named
        self.root: str | None = None
        # how many letters and archives are open, one in another
        self.nesting = 0

    def path(
        self,
        path: Path,
    ) -> Iterator[Source | Skip]:
        self.root = None
        name = _printable(path.name or _resolved(path).name or "root")
        if path.is_dir():
            if path.name in ("", ".."):
                # ".", ".." and a trailing slash still have a name
                name = _printable(_resolved(path).name) or name
            self.root = os.path.realpath(path)
            is_empty = True
            for item in self.folder(path, name):
                is_empty = False
                yield item
            if is_empty:
                yield Skip(name, "is an empty folder; point at a folder with reports")
        elif not os.path.lexists(path):
            reason = "there is no such file or folder; check the path"
            yield Skip(_printable(str(path)), reason)
        else:
            yield from self.file(path, name)

    def folder(
        self,
        folder: Path,
        name: str,
    ) -> Iterator[Source | Skip]:
        try:
            real = os.path.realpath(folder)
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            yield Skip(name, _os_reason(error))
            return
        if real in self.seen:
            return
        self.seen.add(real)
        names = [entry.name for entry in entries]
        if self.is_index(Path(real), names):
            reason = "is an index, not reports; point at the folder of the reports"
            yield Skip(name, reason)
            return
        for entry_name in names:
            if _LITTER_PATTERN.match(entry_name):
                continue
            inner = f"{name}/{_printable(entry_name)}"
            yield from self.entry(Path(folder, entry_name), inner)

    def entry(
        self,
        path: Path,
        name: str,
    ) -> Iterator[Source | Skip]:
        if path.is_symlink() and self.leads_out(path):
            # whoever fills the folder could publish any file of this machine
            yield Skip(name, "is a link out of the folder; name its target beside it")
        elif path.is_symlink() and path.is_dir() and self.is_met(path):
            reason = (
                "is a link to a folder that has its own path here; that one is read"
            )
            yield Skip(name, reason)
        elif path.is_dir():
            yield from self.folder(path, name)
        else:
            yield from self.file(path, name)

    def leads_out(self, link: Path) -> bool:
        """Whether a link leads to something outside the folder that is walked."""
        if self.root is None:
            return False
        real = Path(os.path.realpath(link))
        return Path(self.root) not in (real, *real.parents)

    def is_met(self, link: Path) -> bool:
        """Whether the walk comes to the target of a link within the folder by its own path."""
        if self.root is None:
            return False
        steps = Path(os.path.realpath(link)).relative_to(self.root).parts
        return not any(map(_LITTER_PATTERN.match, steps))

    def is_index(
        self,
        real: Path,
        names: Sequence[str],
    ) -> bool:
        return real == self.index or any(map(_INDEX_FILE_PATTERN.fullmatch, names))

    def file(
        self,
        path: Path,
        name: str,
    ) -> Iterator[Source | Skip]:
        try:
            info = path.stat()
            if not stat.S_ISREG(info.st_mode):
                yield Skip(name, "is not a regular file; copy its content to one")
                return
            yield from self.open(path, name, info.st_size)
        except OSError as error:
            yield Skip(name, _os_reason(error))

    def open(
        self,
        path: Path,
        name: str,
        size: int,
    ) -> Iterator[Source | Skip]:
        suffix = _suffix(path.name)
        origin = str(_resolved(path))
        with path.open("rb") as file:
            head = _head(file)
            suffix = container_of(suffix, head)
            if _is_archive(file, suffix, head):
                yield from self.zip(file, name, origin, size)
                return
            is_container = suffix in CONTAINER_SUFFIXES and suffix not in ZIP_SUFFIXES
            is_packed = suffix.endswith(".gz")
            if size > self.limit and not is_container and not is_packed:
                yield Skip(name, self.too_large())
            elif not _is_named(suffix) and (reason := _refusal(suffix, head)):
                yield Skip(name, reason)
            else:
                stream = _unzipped(file, suffix)
                yield from self.stream(stream, name, origin, suffix, size)

    def stream(
        self, stream: Any, name: str, origin: str, suffix: str, packed: int
    ) -> Iterator[Source | Skip]:
        """The documents of a file or of a member, by its suffix."""
        if suffix in WARC_SUFFIXES:
            yield from self.warc(_Guarded(stream, packed), name, origin)
        elif suffix in TAR_SUFFIXES:
            yield from self.tar(stream, name, origin, packed)
        elif suffix in CONTAINER_SUFFIXES and suffix not in ZIP_SUFFIXES:
            yield from self.lines(stream, name, origin, packed)
        else:
            found = self.document(stream, name, origin, suffix, packed)
            yield found
            if isinstance(found, Source):
                yield from self.attached(found)

    def attached(self, source: Source) -> Iterator[Source | Skip]:
        """What a letter holds beside its text: each is a document, or an archive of some."""
        return self.nested(source.name, formats.members_of(source.data), source.origin)

    def nested(
        self, name: str, members: Iterable[tuple[str, bytes]], origin: str
    ) -> Iterator[Source | Skip]:
        """The documents in a container. A member with an empty label has the container's name."""
        is_deep = self.nesting >= MAX_NESTING
        self.nesting += 1
        try:
            for label, data in members:
                inner = f"{name}/{_member_name(label)}" if label else name
                if is_deep:
                    reason = "is attached too deeply; save it as a file of its own"
                    yield Skip(inner, reason)
                else:
                    yield from self.attachment(data, inner, origin, _suffix(label))
        finally:
            self.nesting -= 1

    def attachment(
        self, data: bytes, name: str, origin: str, suffix: str
    ) -> Iterator[Source | Skip]:
        file = io.BytesIO(data)
        suffix = container_of(suffix, data[:HEAD_BYTES])
        if _is_archive(file, suffix, data[:HEAD_BYTES]):
            yield from self.zip(file, name, origin, len(data))
            return
        stream = _unzipped(file, suffix)
        yield from self.stream(stream, name, origin, suffix, len(data))

    def document(
        self, stream: IO[bytes], name: str, origin: str, suffix: str, packed: int
    ) -> Source | Skip:
        """One document read whole; a Skip when it is too large, damaged, empty or binary."""
        try:
            data = self.read(stream, packed)
        except _TooLargeError as error:
            return Skip(name, str(error))
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
            return Skip(name, f"is damaged ({_detail(error)}); fetch it again")
        except RuntimeError as error:
            return Skip(name, _locked_reason(error))
        return self.source(data, name, origin, suffix.removesuffix(".gz"))

    def source(
        self,
        data: bytes,
        name: str,
        origin: str,
        suffix: str,
        known: Known | None = None,
    ) -> Source | Skip:
        if not data:
            return Skip(name, "is empty; fetch it again")
        row = formats.of_suffix(suffix)
        if row is None and not formats.is_recognised(data):
            return Skip(name, _refusal(suffix, data) or _unnamed(suffix))
        if row is not None and row.is_text and (kind := _unreadable_kind(data)):
            reason = f"is {kind}, not text; give the file the suffix of its format"
            return Skip(name, reason)
        read_known = row.known if row is not None and known is None else None
        # a page under the name of a record is read as a page
        if read_known is not None and not formats.is_recognised(data):
            try:
                known = read_known(data)
            except InputError as error:
                return Skip(name, error.reason)
        digest = hashlib.sha256(data).hexdigest()
        return Source(
            name=name,
            origin=origin,
            suffix=suffix,
            data=data,
            digest=digest,
            known=known or Known(),
        )

    def read(
        self,
        stream: IO[bytes],
        packed: int,
    ) -> bytes:
        """All bytes of a stream that came out of `packed` bytes.

        Raises _TooLargeError where they are out of bounds.
        """
        data = bytearray()
        while chunk := stream.read(CHUNK_BYTES):
            data += chunk
            if len(data) > self.limit:
                raise _TooLargeError(self.too_large())
            if _grows(len(data), packed):
                raise _TooLargeError(f"grows without measure when unpacked; {_GROWS}")
        return bytes(data)

    def too_large(self) -> str:
        megabytes = self.limit >> 20
        return f"is larger than {megabytes} MB; raise GONGKAI_MAX_FILE_MB to read it"

    def lines(
        self, stream: IO[bytes], name: str, origin: str, packed: int
    ) -> Iterator[Source | Skip]:
        """JSON Lines, one document a line.

        A bad line is told by its number, and the rest goes on.
        """
        number = total = 0
        is_blank = True
        # a line that was read to see whether the record before it goes on
        ahead = b""
        try:
            while line := ahead or stream.readline(self.limit + 1):
                ahead = b""
                number += 1
                total += len(line)
                if _grows(total, packed):
                    yield Skip(
                        name, f"grows without measure at line {number}; {_GROWS}"
                    )
                    return
                is_blank = is_blank and not line.strip()
                numbered = f"{name}#{number}"
                if len(line) > self.limit:
                    yield Skip(numbered, f"line {number} {self.too_large()}")
                    total += _skip_line(stream, MAX_RATIO * max(packed, 1))
                elif line.strip():
                    first = number
                    while _goes_on(line) and len(line) <= self.limit:
                        ahead = stream.readline(self.limit + 1)
                        if not ahead or ahead.lstrip().startswith(b"{"):
                            break
                        line += ahead
                        ahead = b""
                        number += 1
                    yield self.record(line.strip(), numbered, origin, first)
        except (OSError, EOFError, zlib.error) as error:
            detail = _detail(error)
            yield Skip(
                name, f"is damaged after line {number} ({detail}); fetch it again"
            )
        else:
            if is_blank:
                yield Skip(name, "is empty; write one JSON object a line")

    def record(
        self,
        line: bytes,
        name: str,
        origin: str,
        number: int,
    ) -> Source | Skip:
        try:
            return self.source(line, name, origin, ".json", parse_record(line))
        except InputError as error:
            return Skip(name, f"line {number} {error.reason}")

    def zip(
        self, file: IO[bytes], name: str, origin: str, size: int
    ) -> Iterator[Source | Skip]:
        try:
            archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            file.seek(0)
            kind = binary_kind(file.read(HEAD_BYTES))
            if kind and "zip" not in kind:
                yield Skip(name, f"is {kind}, not a zip archive; unpack or rename it")
                return
            detail = _detail(error)
            reason = f"is not a zip archive that can be read ({detail}); fetch it again"
            yield Skip(name, reason)
            return
        with archive:
            members = [m for m in archive.infolist() if not m.is_dir()]
            members.sort(key=name_in_zip)
            if (bomb := _bomb(members, size)) is not None:
                yield Skip(name, bomb)
                return
            is_web = is_web_archive(archive.namelist())
            if is_web:
                # the other members say what the crawl was: its pages stand in the WARC files
                members = [
                    m for m in members if _suffix(name_in_zip(m)) in WARC_SUFFIXES
                ]
            if not members:
                reason = "is an empty archive; point at an archive with reports"
                yield Skip(name, reason)
            for member in members:
                label = _member_name(name_in_zip(member))
                inner = f"{name}/{label}"
                if is_web:
                    yield from self.content(archive, member, inner, origin)
                elif label and not _is_litter(label):
                    yield from self.member(archive, member, inner, origin)

    def member(
        self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, origin: str
    ) -> Iterator[Source | Skip]:
        suffix = _suffix(name_in_zip(member))
        has_lines = suffix == LINES_SUFFIX
        if suffix in CONTAINER_SUFFIXES and not has_lines:
            yield Skip(name, _NESTED_REASON)
        elif member.file_size > self.limit and not has_lines:
            yield Skip(name, self.too_large())
        else:
            yield from self.content(archive, member, name, origin)

    def content(
        self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, origin: str
    ) -> Iterator[Source | Skip]:
        """The documents of a member that is neither refused nor too large."""
        suffix = _suffix(name_in_zip(member))
        packed = member.compress_size
        try:
            with archive.open(member) as stream:
                unzipped = _unzipped(stream, suffix)
                yield from self.stream(unzipped, name, origin, suffix, packed)
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
            yield Skip(name, f"is damaged ({_detail(error)}); fetch it again")
        except RuntimeError as error:
            yield Skip(name, _locked_reason(error))

    def tar(
        self, stream: Any, name: str, origin: str, packed: int
    ) -> Iterator[Source | Skip]:
        """The members of a tar archive, in its order: it is read once, from front to back."""
        guarded = _Guarded(stream, packed, sys.maxsize)
        # the first header is read on opening
        guarded.end = MAX_HEADER_BYTES
        number = 0
        try:
            # names that are not UTF-8 keep their bytes
            with tarfile.open(
                fileobj=cast("IO[bytes]", guarded),
                mode="r|",
                tarinfo=TarHeader,
                errors="surrogateescape",
            ) as archive:
                while (member := _next_header(archive, guarded)) is not None:
                    number += 1
                    if number > MAX_MEMBERS:
                        yield Skip(name, _MEMBERS_REASON)
                        return
                    yield from self.entry_of_tar(archive, member, name, origin)
        except _TooLargeError:
            yield Skip(name, f"grows without measure at member {number + 1}; {_GROWS}")
        except (*DAMAGE_ERRORS, ValueError) as error:
            reason = (
                f"is damaged after member {number} ({_detail(error)}); fetch it again"
            )
            yield Skip(name, reason)
        else:
            if not number:
                reason = "is an empty archive; point at an archive with reports"
                yield Skip(name, reason)

    def entry_of_tar(
        self, archive: tarfile.TarFile, member: tarfile.TarInfo, name: str, origin: str
    ) -> Iterator[Source | Skip]:
        label = _member_name(member.name)
        inner = f"{name}/{label}"
        suffix = _suffix(label)
        if member.isdir() or not label or _is_litter(label):
            return
        stream = archive.extractfile(member) if member.isfile() else None
        if stream is None:
            # a link can lead out of the archive
            yield Skip(
                inner, "is a link or a device; put the file itself in the archive"
            )
        elif suffix in CONTAINER_SUFFIXES and suffix != LINES_SUFFIX:
            yield Skip(inner, _NESTED_REASON)
        elif member.size > self.limit and suffix != LINES_SUFFIX:
            yield Skip(inner, self.too_large())
        else:
            unzipped = _unzipped(stream, suffix)
            yield from self.stream(unzipped, inner, origin, suffix, member.size)

    def warc(
        self,
        stream: _Guarded,
        name: str,
        origin: str,
    ) -> Iterator[Source | Skip]:
        number = pages = broken = 0
        try:
            records = _Records(stream)
            for record in records:
                if records.err_count > broken:
                    yield _longer(name, number)
                broken = records.err_count
                number += 1
                if record.rec_type in ("response", "resource"):
                    pages += 1
                    yield from self.response(record, f"{name}#{number}", origin)
            if records.err_count > broken:
                yield _longer(name, number)
        # warcio raises errors of several libraries on damaged archives
        except Exception as error:  # noqa: BLE001
            detail = _detail(error)
            reason = f"is damaged after record {number} ({detail}); fetch it again"
            yield Skip(name, reason)
        else:
            if not pages:
                yield Skip(name, "holds no pages; crawl again with responses kept")

    def response(
        self,
        record: Any,
        name: str,
        origin: str,
    ) -> Iterator[Source | Skip]:
        url = record.rec_headers.get_header("WARC-Target-URI")
        headers = record.http_headers or record.rec_headers
        # a "resource" is kept without what the server said
        status = record.http_headers.get_statuscode() if record.http_headers else "200"
        if status != "200":
            reason = f"{url} answered {status}; fetch it again if it matters"
            yield Skip(name, reason)
            return
        content_type = headers.get_header("Content-Type") or ""
        # text/html; charset=gbk
        mime = content_type.partition(";")[0].strip().lower()
        length = str(record.length or "")
        packed = int(length) if length.isdigit() else 0
        try:
            data = self.read(record.content_stream(), packed or self.limit)
        except _TooLargeError as error:
            yield Skip(name, str(error))
            return
        if _is_packed(data):
            yield from self.nested(name, [("", data)], origin)
        else:
            yield from self.page(data, mime, name, origin, url)

    def page(
        self, data: bytes, mime: str, name: str, origin: str, url: str | None
    ) -> Iterator[Source | Skip]:
        """A document that a server sent as a media type."""
        row = formats.of_media_type(mime)
        # servers send documents as application/octet-stream, and pages without a type
        if row is None and not formats.is_recognised(data):
            stated = mime or "of no stated type"
            readable = " ".join(formats.media_types())
            yield Skip(name, f"{url} is {stated}; readable are {readable}")
            return
        suffix = row.suffixes[0] if row else ""
        source = self.source(data, name, origin, suffix)
        if isinstance(source, Skip):
            yield source
            return
        yield replace(source, known=replace(source.known, url=url))
        yield from self.attached(source)


class _Records(ArchiveIterator):  # type: ignore[misc]
    """The records of a web archive. warcio would write bytes of a damaged one to the terminal."""

    INC_RECORD = ""


def _longer(name: str, number: int) -> Skip:
    """What is told where a record does not end where its header says."""
    reason = (
        f"record {number} is longer than it says and was read in part; crawl it again"
    )
    return Skip(f"{name}#{number}", reason)


def _suffix(name: str) -> str:
    """The suffix that chooses the reader, in lower case.

    ".html", ".html.gz" for a compressed page, ".tar.xz" for a compressed archive.
    """
    written = name.replace("\\", "/")
    path = PurePosixPath(_QUERY_PATTERN.sub("", written))
    if not path.suffix:
        # no address as art.html?id=3 is, but a file called "why?.txt"
        path = PurePosixPath(written)
    suffixes = [suffix.lower() for suffix in path.suffixes]
    is_packed = suffixes[-1:] == [".gz"] or "".join(suffixes[-2:]) in TAR_SUFFIXES
    return "".join(suffixes[-2:] if is_packed else suffixes[-1:])


def _is_named(suffix: str) -> bool:
    """Whether there is a reader for a suffix."""
    if suffix in CONTAINER_SUFFIXES:
        return True
    return formats.of_suffix(suffix.removesuffix(".gz")) is not None


def _head(file: IO[bytes]) -> bytes:
    """The first bytes of a file, which is left at its beginning."""
    head = file.read(HEAD_BYTES)
    file.seek(0)
    return head


def _refusal(
    suffix: str,
    head: bytes,
) -> str | None:
    """Why what begins with `head` cannot be read, None where the rest may tell its format."""
    kind = binary_kind(head)
    if kind is None or formats.is_recognised(head) or head.startswith(_MAY_BE_OFFICE):
        return None
    if "image" in kind:
        return f"is {kind}; run OCR over it and index the text, for example tesseract -l chi_sim"
    return f"is {kind}; {_unnamed(suffix)}"


def _unnamed(suffix: str) -> str:
    named = suffix or "a file without a suffix"
    readable = " ".join([*formats.suffixes(), *CONTAINER_SUFFIXES])
    return f"no reader for {named}; readable are {readable}"


def _unreadable_kind(data: bytes) -> str | None:
    """What binary data that stands under a suffix of text is; None for text.

    A PDF or a Word document under a wrong name is read as what it is, so it is None too.
    """
    kind = binary_kind(data)
    return None if kind is None or formats.is_recognised(data) else kind


def _unzipped(
    stream: Any,
    suffix: str,
) -> Any:
    if suffix.endswith((".gz", ".tgz")):
        return gzip.GzipFile(fileobj=stream)
    if suffix.endswith("bz2"):
        return bz2.BZ2File(stream)
    return XzStream(stream) if suffix.endswith("xz") else stream


def _is_archive(file: IO[bytes], suffix: str, head: bytes) -> bool:
    """Whether a file is a zip archive of documents, whatever its name, and not one itself."""
    if not head.startswith(b"PK\x03\x04"):
        return suffix in ZIP_SUFFIXES
    if suffix not in ZIP_SUFFIXES and _is_named(suffix):
        return False
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        names = []
    file.seek(0)
    return not is_document(names)


def _is_packed(data: bytes) -> bool:
    """Whether bytes without a name are an archive of documents."""
    head = data[:HEAD_BYTES]
    if _is_archive(io.BytesIO(data), "", head):
        return True
    return container_of("", head) in CONTAINER_SUFFIXES


def _next_header(archive: tarfile.TarFile, guarded: _Guarded) -> tarfile.TarInfo | None:
    """The next member. Raises _TooLargeError where its header is longer than any name."""
    # tarfile reads a header whole, whatever length it claims; a member's rest is passed over first
    if archive.offset > guarded.total:
        guarded.end = archive.offset + MAX_HEADER_BYTES
    else:
        guarded.end = guarded.total + MAX_HEADER_BYTES
    member = archive.next()
    guarded.end = None
    return member


def _is_litter(label: str) -> bool:
    return any(map(_LITTER_PATTERN.match, label.split("/")))


def _goes_on(line: bytes) -> bool:
    """Whether a line of JSON Lines ends within its object: some programs leave line ends in a text
    as they are.
    """
    bare = line.strip()
    return bare.startswith(b"{") and not bare.endswith(b"}")


def _skip_line(
    stream: IO[bytes],
    budget: int,
) -> int:
    """Read past the rest of a line that is too long, at most `budget` bytes of it.

    Gives how many bytes were read.
    """
    skipped = 0
    while skipped <= budget and (chunk := stream.readline(CHUNK_BYTES)):
        skipped += len(chunk)
        if chunk.endswith(b"\n"):
            break
    return skipped


def _bomb(
    members: Sequence[zipfile.ZipInfo],
    size: int,
) -> str | None:
    """Why an archive of `size` bytes is not unpacked at all; None where it may be.

    A member that grows too much by itself is skipped when it is read, and the others are kept. What
    cannot be is that the others hold more together than the archive could: they overlap.
    """
    if len(members) > MAX_MEMBERS:
        return _MEMBERS_REASON
    total = 0
    for member in members:
        if not _grows(member.file_size, member.compress_size):
            total += member.file_size
    if _grows(total, size):
        return f"grows without measure when unpacked; {_GROWS}"
    return None


def _member_name(name: str) -> str:
    """The name of a member as a label: it is never used as a path."""
    parts = name.replace("\\", "/").split("/")
    return "/".join(_printable(p) for p in parts if p not in ("", ".", ".."))


def _printable(name: str) -> str:
    """A file name as text: names that are not UTF-8 are most often GBK from a Windows disk."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(name).decode("gb18030", "replace")
    return name


def _resolved(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _os_reason(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "cannot be opened: permission denied; change its permissions"
    return f"cannot be opened ({_detail(error)}); check the file"


def _detail(error: BaseException) -> str:
    text = str(error)
    if isinstance(error, OSError) and error.strerror:
        text = error.strerror
    if isinstance(error, (AttributeError, TypeError, LookupError)):
        # a library met what it takes for granted: its words are about its own code
        return "it is cut off or not of this kind"
    return text.splitlines()[0][:120] if text else type(error).__name__


def _locked_reason(error: RuntimeError) -> str:
    """Why zipfile cannot open a member: RuntimeError for a password, its subclass for a method."""
    if isinstance(error, NotImplementedError):
        detail = _detail(error)
        return f"is compressed in a way that cannot be read ({detail}); repack it"
    return "is encrypted; decrypt it first"
