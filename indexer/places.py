"""The gazetteer: names of China's divisions and functional zones to places, with ambiguity told.

`places.tsv.gz` is built by scripts/build_gazetteer.py and `zones.tsv` is written by hand. Names are
matched in index form (干县) and given back as they are officially written (乾县).
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

from index.model.errors import OverridesError

__all__ = ["PLACES_FILE", "ZONES_FILE", "Gazetteer", "Place", "Resolution"]

PLACES_FILE = Path(__file__).with_name("places.tsv.gz")
ZONES_FILE = Path(__file__).with_name("zones.tsv")

# Bytes: a gazetteer is 1 MB; what unpacks to more is not one.
MAX_BYTES = 16 << 20

# The index form of the characters in which official names of places differ from it.
FOLD_TABLE = str.maketrans(
    "乾馀濛塚於鴜鷺鷺鮀礐鮜篢瀂磑洩藉", "干余蒙冢于𪉈鹭鹭𬶍𬒈鲘𬕂澛硙泄借"
)

PEOPLE_NAMES = (
    "(?:蒙古|哈萨克|柯尔克孜|塔吉克|锡伯|达斡尔|鄂温克|鄂伦春|维吾尔|土家|布依|黎|藏|回|苗|彝|壮|侗|瑶|白|傣|哈尼|景颇|傈僳"
    "|朝鲜|满|畲|羌|土|撒拉|东乡|保安|裕固|仫佬|毛南|仡佬|水|佤|拉祜|纳西|独龙|怒|普米|布朗|各)族?"
)
# 湘西土家族苗族自治州 is called 湘西州.
SHORT_PATTERN = re.compile(rf"(.{{2,}}?)(?:{PEOPLE_NAMES})+自治([州县旗])")

STEM_PATTERN = re.compile(
    rf"(.{{2,}}?)(?:(?:{PEOPLE_NAMES})*自治[州县旗区]|特别行政区|新区|地区|[省市区县盟旗])"
)
NAME_END_PATTERN = re.compile("[省市区县州盟旗]")


class Place(NamedTuple):
    """One place:

    GB/T 2260 code (6 digits, 9 for townships, with an F for zones), official name, tier 1
    (province) to 4 (township) or 0 where a zone's tier is not settled, and its first and last year
    (None: open).
    """

    code: str
    name: str
    tier: int
    since: int | None = None
    until: int | None = None

    def stood(self, year: int | None) -> bool:
        """Whether it had this name in `year`; without a year, whether it has it now."""
        if year is None:
            return self.until is None
        return (self.since is None or self.since <= year) and (
            self.until is None or year <= self.until
        )


@dataclass(frozen=True, slots=True)
class Resolution:
    """What the beginning of a text names.

    `status`: "unique", "context" (several, and the context chose), "ambiguous" (the candidates are
    told, `place` is None) or "none". `end` is where the name path ends in the text, `tier` what all
    candidates share.
    """

    status: str
    place: Place | None = None
    candidates: tuple[Place, ...] = ()
    end: int = 0
    tier: int | None = None


NOWHERE = Resolution("none")


class Gazetteer:
    """Places by name and by code. Get one from `load()`."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.by_name: dict[str, list[Place]] = {}
        self.by_code: dict[str, list[Place]] = {}
        self._stems: dict[str, list[Place]] | None = None
        for place in places:
            self.by_name.setdefault(place.name.translate(FOLD_TABLE), []).append(place)
            self.by_code.setdefault(place.code, []).append(place)
        self._add_short_names()
        self.longest = max(map(len, self.by_name), default=0)
        self.endings = frozenset(name[-1] for name in self.by_name)

    @classmethod
    def load(cls, places: Path = PLACES_FILE, zones: Path = ZONES_FILE) -> Gazetteer:
        """The gazetteer of these files, read once a process.

        Raises OverridesError with file and line where a file is not what it should be.
        """
        return _load(places, zones)

    def _add_short_names(self) -> None:
        full = set(self.by_name)
        for name in [n for n in full if "自治" in n]:
            if (m := SHORT_PATTERN.fullmatch(name)) and (
                short := m[1] + m[2]
            ) not in full:
                self.by_name.setdefault(short, []).extend(self.by_name[name])

    @property
    def stems(self) -> dict[str, list[Place]]:
        """Names of provinces, cities and counties without their last word: 深圳, 内蒙古, 湘西."""
        if self._stems is None:
            self._stems = defaultdict(list)
            for name, places in self.by_name.items():
                if (
                    len(places[0].code) == 6
                    and places[0].tier
                    and (m := STEM_PATTERN.fullmatch(name))
                ):
                    self._stems[m[1]].extend(places)
        return self._stems

    @cached_property
    def tails(self) -> frozenset[str]:
        """The last three characters of the names of `mentions`: what ends otherwise names no such
        place.
        """
        return frozenset(
            name[-3:]
            for name in self.by_name
            if len(name) > 2 and NAME_END_PATTERN.match(name[-1])
        )

    def named(self, name: str, year: int | None = None) -> list[Place]:
        """All places of this full name that stood in `year`, or all there ever were."""
        places = self.by_name.get(name.translate(FOLD_TABLE), [])
        return places if year is None else [p for p in places if p.stood(year)]

    def of_code(self, code: str, year: int | None = None) -> Place | None:
        """The place of a code under its name of `year`."""
        places = self.by_code.get(code, [])
        return next((p for p in places if p.stood(year)), places[0] if places else None)

    def above(self, place: Place, year: int | None = None) -> list[Place]:
        """The places that hold this one, from the province down."""
        return [p for code in ancestors(place.code) if (p := self.of_code(code, year))]

    def path(self, place: Place, year: int | None = None) -> list[str]:
        """The names from the province down: ["广东省", "深圳市", "龙岗区"]."""
        return [p.name for p in self.above(place, year)] + [place.name]

    def prefixes(self, text: str, start: int = 0) -> Iterator[tuple[str, int]]:
        """Names of places that begin at `start`, longest first, with their ends."""
        for end in range(min(len(text), start + self.longest), start + 1, -1):
            if (
                text[end - 1] in self.endings
                and (name := text[start:end]) in self.by_name
            ):
                yield name, end

    def chains(self, text: str, *, stems: bool = False) -> list[tuple[int, Place]]:
        """Every way to read the beginning of `text` as a path of names: (end, last place)."""
        found: list[tuple[int, Place]] = []
        todo: list[tuple[int, Place | None]] = [(0, None)]
        while todo:
            start, last = todo.pop()
            for place, end in self._following(text, start, last):
                found.append((end, place))
                if place.tier != 4:
                    todo.append((end, place))
        if not found:
            found = self._from_stems(text, alone=stems)
        return found

    def _following(
        self, text: str, start: int, last: Place | None
    ) -> Iterator[tuple[Place, int]]:
        for name, end in self.prefixes(text, start):
            for place in self.by_name[name]:
                if last is None or last.code in ancestors(place.code):
                    yield place, end

    def _from_stems(self, text: str, *, alone: bool) -> list[tuple[int, Place]]:
        """深圳龙岗区...: a short name counts when a place below it follows, or when it may stand
        alone.
        """
        found = []
        for end in range(min(len(text), 6), 1, -1):
            for place in self.stems.get(text[:end], ()):
                below = (
                    list(self._following(text, end, place)) if place.tier < 3 else []
                )
                found += [(stop, child) for child, stop in below]
                found += [
                    (stop, p)
                    for child, s in below
                    for p, stop in self._following(text, s, child)
                ]
                if alone and not below:
                    found.append((end, place))
            if found:
                break
        return found

    def resolve(
        self,
        text: str,
        *,
        year: int | None = None,
        context: Iterable[str] = (),
        stems: bool = False,
    ) -> Resolution:
        """The place whose name path begins `text` ("深圳市龙岗区横岗街道办事处").

        `context` holds codes of places that are spoken of around it; `stems` lets 深圳海关 name
        深圳市.
        """
        chains = self.chains(text, stems=stems)
        if not chains:
            return NOWHERE
        end = max(e for e, _ in chains)
        places = list(dict.fromkeys(p for e, p in chains if e == end))
        live = self.of_time(places, year)
        if len(live) == 1:
            return Resolution("unique", live[0], tuple(places), end, live[0].tier)
        best = self.of_context(live, list(context))
        if len(best) == 1:
            return Resolution("context", best[0], tuple(live), end, best[0].tier)
        tiers = {p.tier for p in best}
        return Resolution(
            "ambiguous",
            None,
            tuple(best),
            end,
            tiers.pop() if len(tiers) == 1 else None,
        )

    @staticmethod
    def of_time(places: list[Place], year: int | None) -> list[Place]:
        """Those that stood in `year` (or the year around it: books and renamings are not of one
        day), one a code and name; all if none did.
        """
        years = (None,) if year is None else (year, year - 1, year + 1)
        for y in years:
            if live := [p for p in places if p.stood(y)]:
                return live
        return places

    def of_context(self, places: list[Place], context: list[str]) -> list[Place]:
        """Those that the context speaks most for; all if it says nothing."""
        scores = [sum(self._bond(p, code) for code in context) for p in places]
        best = max(scores)
        return (
            [p for p, s in zip(places, scores, strict=True) if s == best]
            if best
            else places
        )

    @staticmethod
    def _bond(place: Place, code: str) -> int:
        above = ancestors(place.code)
        return (
            4
            if code == place.code
            else 1 + 2 * above.index(code)
            if code in above
            else 0
        )

    def mentions(self, text: str) -> Counter[str]:
        """Codes of the provinces, cities and counties that a text names in full and without
        ambiguity.

        Names of two characters are left out: 市和县 does not speak of 和县.
        """
        found: Counter[str] = Counter()
        for m in NAME_END_PATTERN.finditer(text):
            end = m.end()
            if text[max(0, end - 3) : end] not in self.tails:
                continue
            for start in range(max(0, end - 11), end - 2):
                if places := self.by_name.get(text[start:end]):
                    if len({p.code for p in places}) == 1 and places[0].tier in (
                        1,
                        2,
                        3,
                    ):
                        found[places[0].code] += 1
                    break
        return found


@lru_cache(maxsize=16_384)
def ancestors(code: str) -> tuple[str, ...]:
    """Codes of the places that hold this one, from the province down.

    >>> ancestors("440307003")
    ('440000', '440300', '440307')
    """
    if len(code) > 6:
        return (
            (*ancestors(code[:6]), code[:6]) if "F" not in code else zone_parents(code)
        )
    out = () if code.endswith("0000") else (code[:2] + "0000",)
    return out if code.endswith("00") else (*out, code[:4] + "00")


def zone_parents(code: str) -> tuple[str, ...]:
    """440300F1A2B lies in 440300."""
    parent = code.partition("F")[0]
    return (*ancestors(parent), parent)


@cache
def _load(places: Path, zones: Path) -> Gazetteer:
    return Gazetteer([*_divisions(places), *_zones(zones)])


def _divisions(path: Path) -> Iterator[Place]:
    for number, cells in _rows(path):
        code, name, since, until = (*cells, "", "", "")[:4]
        if (
            len(code) not in (6, 9)
            or not code.isascii()
            or not code.isdigit()
            or not 2 <= len(name) <= 20
        ):
            raise OverridesError(
                str(path),
                number,
                f"{code!r} {name!r} is no code and name; {REBUILD_ADVICE}",
            )
        tier = (
            4
            if len(code) == 9
            else 1
            if code.endswith("0000")
            else 2
            if code.endswith("00")
            else 3
        )
        yield Place(
            code, name, tier, _year(path, number, since), _year(path, number, until)
        )


def _zones(path: Path) -> Iterator[Place]:
    for number, cells in _rows(path):
        name, parent, since, until, tier = (*cells, "", "", "", "")[:5]
        if not (
            len(parent) == 6 and parent.isascii() and parent.isdigit()
        ) or tier not in (
            "",
            "3",
        ):
            raise OverridesError(
                str(path),
                number,
                "a zone is name, code of its parent, since, until, tier (3 or empty); mend the row",
            )
        # stays when rows are added above it
        code = f"{parent}F{zlib.crc32(name.encode()) & 0xFFFF:04X}"
        yield Place(
            code,
            name,
            int(tier or 0),
            _year(path, number, since),
            _year(path, number, until),
        )


REBUILD_ADVICE = (
    "take the file from the release again, or run scripts/build_gazetteer.py"
)


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(_text(path).split("\n"), 1):
        if line and not line.startswith("#"):
            cells = line.rstrip("\r").split("\t")
            if not 2 <= len(cells) <= 5:
                raise OverridesError(
                    str(path),
                    number,
                    f"{len(cells)} columns where 2 to 5 are due; {REBUILD_ADVICE}",
                )
            yield number, cells


def _text(path: Path) -> str:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise OverridesError(
            str(path), 1, f"cannot be read ({error}); {REBUILD_ADVICE}"
        ) from error
    if len(data) > MAX_BYTES:
        raise OverridesError(
            str(path), 1, f"unpacks to more than {MAX_BYTES >> 20} MB; {REBUILD_ADVICE}"
        )
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise OverridesError(
            str(path), line, f"is not UTF-8; {REBUILD_ADVICE}"
        ) from error


def _year(path: Path, number: int, cell: str) -> int | None:
    if not cell:
        return None
    if not (len(cell) == 4 and cell.isascii() and cell.isdigit()):
        raise OverridesError(
            str(path), number, f"{cell!r} is not a year; {REBUILD_ADVICE}"
        )
    return int(cell)
