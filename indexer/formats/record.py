"""One record of JSON Lines: what its fields say, and its text or HTML.

Text given here is somebody's finished extraction and is taken as it is, to the last space; only a
title that no field gives is taken out of its first lines, so that it is not counted twice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from index.model.errors import InputError
from index.model.problems import Code, Problem
from index.model.report import LEVELS
from indexer.formats.chrome import title_apart
from indexer.formats.html import read_markup
from indexer.page import Known, Page, Source
from indexer.plausible import read_again

__all__ = ["parse_record", "read_record"]

# 2019-03-11, 2019-03-11T10:00:00
_DATE_PATTERN = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ].*)?")
# half a character beyond U+FFFF, which JSON can spell: \ud83d
_SURROGATE_PATTERN = re.compile(r"[\ud800-\udfff]")


def read_record(source: Source) -> Page:
    """The report in one JSON object. Raises InputError when it has no text."""
    record = _load(source.data)
    known_title = source.known.title
    text = record.get("text")
    if text is None:
        markup = _scalar(record.get("html") or "")
        return read_markup(markup, title=known_title)
    if not text.strip():
        raise InputError('"text" is blank; give the text of the report')
    text = _scalar(text)
    problems: list[Problem] = []
    if again := read_again(text):
        text, encoding = again
        problems = [Problem(Code.FORMAT_READ_AGAIN, {"encoding": encoding})]
    title = known_title
    if not known_title:
        title, text = title_apart(text)
    return Page(text=text, title=title, format="jsonl", problems=problems)


def parse_record(data: bytes) -> Known:
    """What a JSON object says of its report.

    Raises InputError naming the field that is not as it should be.
    """
    record = _load(data)
    values: dict[str, Any] = {}
    for name, read in FIELD_READERS.items():
        value = record.get(name)
        if value is not None:
            values[name] = read(name, value)
    for name in ("text", "html"):
        if not isinstance(record.get(name, ""), str | None):
            raise InputError(f'"{name}" is not a string; give the {name} as one')
    if record.get("text") is None and record.get("html") is None:
        raise InputError('has neither "text" nor "html"; give one of them')
    return Known(**values)


def _load(data: bytes) -> Mapping[str, Any]:
    try:
        # not strict: some programs write line ends and controls into a text as they are
        record = json.loads(data.decode("utf-8-sig"), strict=False)
    except UnicodeDecodeError:
        raise InputError("is not UTF-8; convert the file to UTF-8") from None
    except json.JSONDecodeError as error:
        # without its place, which counts from the line and not from the file
        detail = str(error).partition(" (char")[0]
        raise InputError(f"is not JSON ({detail}); write one object a line") from None
    except (ValueError, RecursionError):
        detail = "nested too deeply"
        raise InputError(f"is not JSON ({detail}); write one object a line") from None
    if not isinstance(record, dict):
        raise InputError("is not a JSON object; write one object a line")
    return record


def _scalar(text: str) -> str:
    """JSON can spell half a surrogate pair, which no encoding can write: shown as damaged."""
    return _SURROGATE_PATTERN.sub("\ufffd", text)


def _string(name: str, value: object) -> str | None:
    if name == "id" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise InputError(f'"{name}" is {_kind(value)}; give a string')
    return _scalar(value).strip() or None


def _level(name: str, value: object) -> str | None:
    level = _string(name, value)
    if level is not None and level not in LEVELS:
        raise InputError(f'"level" is {level!r}; give one of {"、".join(LEVELS)}')
    return level


def _year(name: str, value: object) -> int:
    if isinstance(value, str):
        digits = value.strip()
        if digits.isascii() and digits.isdigit() and len(digits) == 4:
            value = int(digits)
    # True is an int to Python
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if not is_number or not isinstance(value, int) or not 1900 <= value <= 2999:
        raise InputError(
            f'"{name}" is {_kind(value)}; give a year as a whole number, such as 2019'
        )
    return value


def _region(name: str, value: object) -> tuple[str, ...] | None:
    # "广东省/深圳市" or ["广东省", "深圳市"]
    parts = value.split("/") if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(p, str) for p in parts):
        raise InputError(
            f'"{name}" is {_kind(value)};'
            ' give a list from the province down, or "广东省/深圳市"'
        )
    stripped = [part.strip() for part in parts]
    return tuple(filter(None, stripped)) or None


def _published(name: str, value: object) -> str | None:
    date = _string(name, value)
    if date is None:
        return None
    day = _DATE_PATTERN.fullmatch(date)
    if day is None:
        raise InputError(f'"{name}" is {date[:40]!r}; give a date such as 2019-03-11')
    return day[1]


# Type of a JSON value -> what a person calls it.
_KIND_NAMES: Mapping[type, str] = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "a list",
    dict: "an object",
}


def _kind(value: object) -> str:
    kind = _KIND_NAMES.get(type(value), "something else")
    if isinstance(value, int | float):
        printed = str(value)
        if len(printed) < 20:
            return f"{kind} ({printed})"
    return kind


# Field of a record -> how its value is read.
FIELD_READERS: Mapping[str, Callable[[str, object], Any]] = {
    "id": _string,
    "url": _string,
    "title": _string,
    "agency": _string,
    "level": _level,
    "year": _year,
    "region": _region,
    "published": _published,
}
