"""The gazetteer: names of China's divisions and functional zones to places, with ambiguity told.

`places.tsv.gz` is built by scripts/build_gazetteer.py and `zones.tsv` is written by hand. Names are
matched in index form (干县) and given back as they are officially written (乾县).
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

from index.model.errors import OverridesError

__all__ = ["PLACES_FILE", "ZONES_FILE", "Gazetteer", "Place", "Resolution"]

# code, name, since, until: made by scripts/build_gazetteer.py
PLACES_FILE = Path(__file__).with_name("places.tsv.gz")
# name, code of its parent, since, until, tier: written by hand
ZONES_FILE = Path(__file__).with_name("zones.tsv")

# Bytes: a gazetteer is 1 MB; what unpacks to more is not one.
MAX_BYTES = 16 << 20

# The index form of the characters in which official names of places differ from it.
FOLD_TABLE = str.maketrans(
    "乾馀濛塚於鴜鷺鷺鮀礐鮜篢瀂磑洩藉", "干余蒙冢于𪉈鹭鹭𬶍𬒈鲘𬕂澛硙泄借"
)

# The peoples that autonomous places are named after: 双江拉祜族佤族布朗族傣族自治县.
PEOPLE_NAMES = (
    "(?:蒙古|哈萨克|柯尔克孜|塔吉克|锡伯|达斡尔|鄂温克|鄂伦春|维吾尔|土家|布依|黎|藏|回|苗"
    "|彝|壮|侗|瑶|白|傣|哈尼|景颇|傈僳|朝鲜|满|畲|羌|土|撒拉|东乡|保安|裕固|仫佬|毛南"
    "|仡佬|水|佤|拉祜|纳西|独龙|怒|普米|布朗|各)族?"
)
# 湘西土家族苗族自治州 is called 湘西州.
SHORT_PATTERN = re.compile(rf"(.{{2,}}?)(?:{PEOPLE_NAMES})+自治([州县旗])")

# 深圳市, 内蒙古自治区, 湘西土家族苗族自治州, 香港特别行政区: the stem is 深圳, 内蒙古, 湘西, 香港
STEM_PATTERN = re.compile(
    rf"(.{{2,}}?)"
    rf"(?:(?:{PEOPLE_NAMES})*自治[州县旗区]|特别行政区|新区|地区|[省市区县盟旗])"
)
# what the names of provinces, cities and counties end with
NAME_END_PATTERN = re.compile("[省市区县州盟旗]")


class Place(NamedTuple):
    """One place.

    `code` is that of GB/T 2260: 6 digits, 9 for townships, with an F for zones. `tier` is 1
    (province) to 4 (township), or 0 where the tier of a zone is not settled. `since` and `until`
    are its first and last year, None where open.
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
        has_begun = self.since is None or self.since <= year
        return has_begun and (self.until is None or year <= self.until)


@dataclass(frozen=True, slots=True)
class Resolution:
    """What the beginning of a text names.

    `status` is "unique", "context" (several, and the context chose), "ambiguous" (the candidates
    are told, `place` is None) or "none". `end` is where the path of names ends in the text. `tier`
    is what all candidates share.
    """

    status: str
    place: Place | None = None
    candidates: tuple[Place, ...] = ()
    end: int = 0
    tier: int | None = None


NOWHERE = Resolution("none")


def _resolved(
    status: str, place: Place, candidates: Sequence[Place], end: int
) -> Resolution:
    return Resolution(
        status=status,
        place=place,
        candidates=tuple(candidates),
        end=end,
        tier=place.tier,
    )


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
        """湘西州 is found too, unless another place has that name."""
        full = set(self.by_name)
        autonomous = [name for name in full if "自治" in name]
        for name in autonomous:
            parts = SHORT_PATTERN.fullmatch(name)
            if parts is None:
                continue
            short = parts[1] + parts[2]
            if short not in full:
                self.by_name.setdefault(short, []).extend(self.by_name[name])

    @property
    def stems(self) -> dict[str, list[Place]]:
        """Names of provinces, cities and counties without their last word: 深圳, 内蒙古, 湘西."""
        if self._stems is not None:
            return self._stems
        self._stems = defaultdict(list)
        for name, places in self.by_name.items():
            is_division = len(places[0].code) == 6 and places[0].tier
            parts = STEM_PATTERN.fullmatch(name) if is_division else None
            if parts:
                self._stems[parts[1]].extend(places)
        return self._stems

    @cached_property
    def tails(self) -> frozenset[str]:
        """The last three characters of the names of `mentions`.

        What ends otherwise names no such place.
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
        """The place of a code under its name of `year`, or else under its first name."""
        places = self.by_code.get(code, [])
        for place in places:
            if place.stood(year):
                return place
        return places[0] if places else None

    def above(self, place: Place, year: int | None = None) -> list[Place]:
        """The places that hold this one, from the province down."""
        holders = (self.of_code(code, year) for code in ancestors(place.code))
        return [holder for holder in holders if holder]

    def path(self, place: Place, year: int | None = None) -> list[str]:
        """The names from the province down: ["广东省", "深圳市", "龙岗区"]."""
        return [p.name for p in self.above(place, year)] + [place.name]

    def prefixes(self, text: str, start: int = 0) -> Iterator[tuple[str, int]]:
        """Names of places that begin at `start`, longest first, with their ends."""
        last = min(len(text), start + self.longest)
        for end in range(last, start + 1, -1):
            # few characters end a name: most slices need not be made
            if text[end - 1] not in self.endings:
                continue
            name = text[start:end]
            if name in self.by_name:
                yield name, end

    def chains(self, text: str, *, stems: bool = False) -> list[tuple[int, Place]]:
        """Every way to read the beginning of `text` as a path of names: (end, last place).

        `stems` lets a name without its last word stand alone: 深圳 in 深圳海关.
        """
        chains: list[tuple[int, Place]] = []
        open_ends: list[tuple[int, Place | None]] = [(0, None)]
        while open_ends:
            start, last = open_ends.pop()
            for place, end in self._following(text, start, last):
                chains.append((end, place))
                # nothing lies below a township
                if place.tier != 4:
                    open_ends.append((end, place))
        return chains or self._from_stems(text, alone=stems)

    def _following(
        self, text: str, start: int, last: Place | None
    ) -> Iterator[tuple[Place, int]]:
        for name, end in self.prefixes(text, start):
            for place in self.by_name[name]:
                if last is None or last.code in ancestors(place.code):
                    yield place, end

    def _from_stems(self, text: str, *, alone: bool) -> list[tuple[int, Place]]:
        """深圳龙岗区...: a short name counts when a place below it follows, or may stand alone."""
        chains: list[tuple[int, Place]] = []
        for end in range(min(len(text), 6), 1, -1):
            for place in self.stems.get(text[:end], ()):
                below: list[tuple[Place, int]] = []
                if place.tier < 3:
                    below = list(self._following(text, end, place))
                chains += [(stop, child) for child, stop in below]
                for child, stop in below:
                    for grandchild, last in self._following(text, stop, child):
                        chains.append((last, grandchild))
                if alone and not below:
                    chains.append((end, place))
            if chains:
                break
        return chains

    def resolve(
        self,
        text: str,
        *,
        year: int | None = None,
        context: Iterable[str] = (),
        stems: bool = False,
    ) -> Resolution:
        """The place whose path of names begins `text` ("深圳市龙岗区横岗街道办事处").

        `context` holds codes of places that are spoken of around it. `stems` lets 深圳海关 name
        深圳市.
        """
        chains = self.chains(text, stems=stems)
        if not chains:
            return NOWHERE
        end = max(stop for stop, _ in chains)
        longest = [place for stop, place in chains if stop == end]
        places = list(dict.fromkeys(longest))
        live = self.of_time(places, year)
        if len(live) == 1:
            return _resolved("unique", live[0], places, end)
        best = self.of_context(live, list(context))
        if len(best) == 1:
            return _resolved("context", best[0], live, end)
        tiers = {place.tier for place in best}
        return Resolution(
            status="ambiguous",
            candidates=tuple(best),
            end=end,
            tier=tiers.pop() if len(tiers) == 1 else None,
        )

    @staticmethod
    def of_time(places: list[Place], year: int | None) -> list[Place]:
        """Those that stood in `year`, one a code and name; all if none did.

        The years around it are tried next: books and renamings are not of one day.
        """
        years = (None,) if year is None else (year, year - 1, year + 1)
        for tried in years:
            live = [place for place in places if place.stood(tried)]
            if live:
                return live
        return places

    def of_context(self, places: list[Place], context: list[str]) -> list[Place]:
        """Those that the context speaks most for; all if it says nothing."""
        scores = [sum(self._bond(place, code) for code in context) for place in places]
        best = max(scores)
        if not best:
            return places
        scored = zip(places, scores, strict=True)
        return [place for place, score in scored if score == best]

    @staticmethod
    def _bond(place: Place, code: str) -> int:
        """How much a place that is spoken of speaks for this one: the nearer above, the more."""
        if code == place.code:
            return 4
        above = ancestors(place.code)
        return 1 + 2 * above.index(code) if code in above else 0

    def mentions(self, text: str) -> Counter[str]:
        """Codes of the provinces, cities and counties that a text names in full.

        Ambiguous names are left out, and names of two characters: 市和县 does not speak of 和县.
        """
        codes: Counter[str] = Counter()
        for ending in NAME_END_PATTERN.finditer(text):
            end = ending.end()
            if text[max(0, end - 3) : end] not in self.tails:
                continue
            for start in range(max(0, end - 11), end - 2):
                places = self.by_name.get(text[start:end])
                if not places:
                    continue
                is_unambiguous = len({place.code for place in places}) == 1
                if is_unambiguous and places[0].tier in (1, 2, 3):
                    codes[places[0].code] += 1
                break
        return codes


@lru_cache(maxsize=16_384)
def ancestors(code: str) -> tuple[str, ...]:
    """Codes of the places that hold this one, from the province down.

    >>> ancestors("440307003")
    ('440000', '440300', '440307')
    """
    if "F" in code:
        return zone_parents(code)
    if len(code) > 6:
        county = code[:6]
        return (*ancestors(county), county)
    if code.endswith("0000"):
        return ()
    province = code[:2] + "0000"
    if code.endswith("00"):
        return (province,)
    return (province, code[:4] + "00")


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
        is_code = len(code) in (6, 9) and code.isascii() and code.isdigit()
        if not is_code or not 2 <= len(name) <= 20:
            reason = f"{code!r} {name!r} is no code and name; {REBUILD_ADVICE}"
            raise OverridesError(str(path), number, reason)
        yield Place(
            code=code,
            name=name,
            tier=_tier_of(code),
            since=_year(path, number, since),
            until=_year(path, number, until),
        )


def _tier_of(code: str) -> int:
    """440000 is a province, 440300 a city, 440307 a county, 440307003 a township."""
    if len(code) == 9:
        return 4
    if code.endswith("0000"):
        return 1
    return 2 if code.endswith("00") else 3


def _zones(path: Path) -> Iterator[Place]:
    for number, cells in _rows(path):
        name, parent, since, until, tier = (*cells, "", "", "", "")[:5]
        is_code = len(parent) == 6 and parent.isascii() and parent.isdigit()
        if not is_code or tier not in ("", "3"):
            raise OverridesError(
                str(path),
                number,
                "a zone is name, code of its parent, since, until, tier (3 or empty); mend the row",
            )
        # zones have no code of their own: this one stays when rows are added above it
        checksum = zlib.crc32(name.encode()) & 0xFFFF
        yield Place(
            code=f"{parent}F{checksum:04X}",
            name=name,
            tier=int(tier or 0),
            since=_year(path, number, since),
            until=_year(path, number, until),
        )


REBUILD_ADVICE = (
    "take the file from the release again, or run scripts/build_gazetteer.py"
)


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The line number and cells of every row that is no comment."""
    for number, line in enumerate(_text(path).split("\n"), 1):
        if not line or line.startswith("#"):
            continue
        cells = line.rstrip("\r").split("\t")
        if not 2 <= len(cells) <= 5:
            reason = f"{len(cells)} columns where 2 to 5 are due; {REBUILD_ADVICE}"
            raise OverridesError(str(path), number, reason)
        yield number, cells


def _text(path: Path) -> str:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        reason = f"cannot be read ({error}); {REBUILD_ADVICE}"
        raise OverridesError(str(path), 1, reason) from error
    if len(data) > MAX_BYTES:
        reason = f"unpacks to more than {MAX_BYTES >> 20} MB; {REBUILD_ADVICE}"
        raise OverridesError(str(path), 1, reason)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        reason = f"is not UTF-8; {REBUILD_ADVICE}"
        raise OverridesError(str(path), line, reason) from error


def _year(path: Path, number: int, cell: str) -> int | None:
    if not cell:
        return None
    if not (len(cell) == 4 and cell.isascii() and cell.isdigit()):
        raise OverridesError(
            str(path), number, f"{cell!r} is not a year; {REBUILD_ADVICE}"
        )
    return int(cell)
