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

from index.model.errors import TableFileError

__all__ = [
    "ETHNIC_TOWNSHIP_PATTERN",
    "PLACES_FILE",
    "STEM_PATTERN",
    "ZONES_FILE",
    "Gazetteer",
    "Place",
    "Resolution",
]

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

# What public writing calls places whose name has no such short form.
SHORT_NAMES = {
    "巴州": "巴音郭楞蒙古自治州",
    "博州": "博尔塔拉蒙古自治州",
    "克州": "克孜勒苏柯尔克孜自治州",
    "版纳州": "西双版纳傣族自治州",
    "前郭县": "前郭尔罗斯蒙古族自治县",
    "杜蒙县": "杜尔伯特蒙古族自治县",
    "阜蒙县": "阜新蒙古族自治县",
    "喀左县": "喀喇沁左翼蒙古族自治县",
    "塔县": "塔什库尔干塔吉克自治县",
    "察县": "察布查尔锡伯自治县",
    "鄂温克旗": "鄂温克族自治旗",
    "鄂伦春旗": "鄂伦春自治旗",
    "莫旗": "莫力达瓦达斡尔族自治旗",
    "土右旗": "土默特右旗",
    "土左旗": "土默特左旗",
    "达茂旗": "达尔罕茂明安联合旗",
    "科左中旗": "科尔沁左翼中旗",
    "科左后旗": "科尔沁左翼后旗",
    "科右前旗": "科尔沁右翼前旗",
    "科右中旗": "科尔沁右翼中旗",
    "察右前旗": "察哈尔右翼前旗",
    "察右中旗": "察哈尔右翼中旗",
    "察右后旗": "察哈尔右翼后旗",
    "新左旗": "新巴尔虎左旗",
    "新右旗": "新巴尔虎右旗",
    "陈旗": "陈巴尔虎旗",
    "东乌旗": "东乌珠穆沁旗",
    "西乌旗": "西乌珠穆沁旗",
}

# 羊昌布依族苗族乡 is called 羊昌乡.
ETHNIC_TOWNSHIP_PATTERN = re.compile(
    # the longest name of a place and its peoples has 20 characters
    rf"(.{{2,12}}?)(?:{PEOPLE_NAMES}(?<=族)){{1,8}}(?:民族)?乡"
)
# 深圳市, 内蒙古自治区, 湘西土家族苗族自治州, 香港特别行政区: the stem is 深圳, 内蒙古, 湘西, 香港
STEM_PATTERN = re.compile(
    rf"(.{{2,12}}?)"
    rf"(?:(?:{PEOPLE_NAMES}){{0,8}}自治[州县旗区]|特别行政区|新区|地区|[省市区县盟旗])"
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
        has_not_ended = self.until is None or year <= self.until
        return has_begun and has_not_ended


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

# Places by their name, stem or code.
PlacesByKey = dict[str, list[Place]]
# Where a path of names ends, and its last place.
PathEnd = tuple[int, Place]


def _resolved(
    status: str,
    place: Place,
    candidates: Sequence[Place],
    end: int,
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
        self.by_name: PlacesByKey = {}
        self.by_code: PlacesByKey = {}
        self._stems: PlacesByKey | None = None
        for place in places:
            # 乾县 is found by its index form 干县
            form = place.name.translate(FOLD_TABLE)
            named = self.by_name.setdefault(form, [])
            named.append(place)
            coded = self.by_code.setdefault(place.code, [])
            coded.append(place)
        self._add_short_names()
        lengths = map(len, self.by_name)
        self.longest = max(lengths, default=0)
        last_characters = [name[-1] for name in self.by_name]
        self.endings = frozenset(last_characters)

    @classmethod
    def load(
        cls,
        places: Path = PLACES_FILE,
        zones: Path = ZONES_FILE,
    ) -> Gazetteer:
        """The gazetteer of these files, read once a process.

        Raises TableFileError with file and line where a file is not what it should be.
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
                named = self.by_name.setdefault(short, [])
                named.extend(self.by_name[name])
        for short, name in SHORT_NAMES.items():
            if short not in full and name in full:
                self.by_name[short] = list(self.by_name[name])
        for name in full:
            if not name.endswith("族乡"):
                continue
            township = ETHNIC_TOWNSHIP_PATTERN.fullmatch(name)
            if township is not None:
                named = self.by_name.setdefault(f"{township[1]}乡", [])
                named.extend(self.by_name[name])

    @property
    def stems(self) -> PlacesByKey:
        """Names of provinces, cities and counties without their last word: 深圳, 内蒙古, 湘西."""
        if self._stems is not None:
            return self._stems
        self._stems = defaultdict(list)
        for name, places in self.by_name.items():
            first = places[0]
            # 6 digits: neither a township nor a zone
            if len(first.code) != 6 or not first.tier:
                continue
            parts = STEM_PATTERN.fullmatch(name)
            if parts is not None:
                stem = parts[1]
                self._stems[stem].extend(places)
        return self._stems

    @cached_property
    def tails(self) -> frozenset[str]:
        """The last three characters of the names of `mentions`.

        What ends otherwise names no such place.
        """
        tails: set[str] = set()
        for name in self.by_name:
            if len(name) > 2 and NAME_END_PATTERN.match(name[-1]):
                tails.add(name[-3:])
        return frozenset(tails)

    def named(
        self,
        name: str,
        year: int | None = None,
    ) -> list[Place]:
        """All places of this full name that stood in `year`, or all there ever were."""
        form = name.translate(FOLD_TABLE)
        places = self.by_name.get(form, [])
        if year is None:
            return places
        return [place for place in places if place.stood(year)]

    def of_code(
        self,
        code: str,
        year: int | None = None,
    ) -> Place | None:
        """The place of a code under its name of `year`, or else under its first name."""
        places = self.by_code.get(code, [])
        for place in places:
            if place.stood(year):
                return place
        return places[0] if places else None

    def above(
        self,
        place: Place,
        year: int | None = None,
    ) -> list[Place]:
        """The places that hold this one, from the province down."""
        codes = ancestors(place.code)
        holders = [self.of_code(code, year) for code in codes]
        return [holder for holder in holders if holder]

    def path(
        self,
        place: Place,
        year: int | None = None,
    ) -> list[str]:
        """The names from the province down: ["广东省", "深圳市", "龙岗区"]."""
        holders = self.above(place, year)
        names = [holder.name for holder in holders]
        names.append(place.name)
        return names

    def prefixes(
        self,
        text: str,
        start: int = 0,
    ) -> Iterator[tuple[str, int]]:
        """Names of places that begin at `start`, longest first, with their ends."""
        longest_end = start + self.longest
        last = min(len(text), longest_end)
        for end in range(last, start + 1, -1):
            # few characters end a name: most slices need not be made
            if text[end - 1] not in self.endings:
                continue
            name = text[start:end]
            if name in self.by_name:
                yield name, end

    def chains(
        self,
        text: str,
        *,
        stems: bool = False,
    ) -> list[PathEnd]:
        """Every way to read the beginning of `text` as a path of names: (end, last place).

        `stems` lets a name without its last word stand alone: 深圳 in 深圳海关.
        """
        chains: list[PathEnd] = []
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
        self,
        text: str,
        start: int,
        last: Place | None,
    ) -> Iterator[tuple[Place, int]]:
        for name, end in self.prefixes(text, start):
            for place in self.by_name[name]:
                # 深圳市南山区, but not 深圳市朝阳区: a path leads down
                if last is None or last.code in ancestors(place.code):
                    yield place, end

    def _from_stems(
        self,
        text: str,
        *,
        alone: bool,
    ) -> list[PathEnd]:
        """深圳龙岗区...: a short name counts when a place below it follows, or may stand alone."""
        chains: list[PathEnd] = []
        longest = min(len(text), 6)
        for end in range(longest, 1, -1):
            stem = text[:end]
            for place in self.stems.get(stem, ()):
                below: list[tuple[Place, int]] = []
                if place.tier < 3:
                    following = self._following(text, end, place)
                    below = list(following)
                for child, stop in below:
                    chains.append((stop, child))
                for child, stop in below:
                    further = self._following(text, stop, child)
                    for grandchild, last in further:
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
        # 深圳市龙岗区 and 深圳市 both begin the text: the longest path is meant
        stops = [stop for stop, _ in chains]
        end = max(stops)
        longest = [place for stop, place in chains if stop == end]
        places = list(dict.fromkeys(longest))
        live = self.of_time(places, year)
        if len(live) == 1:
            place = live[0]
            return _resolved(
                "unique",
                place,
                places,
                end,
            )
        best = self.of_context(live, list(context))
        if len(best) == 1:
            place = best[0]
            return _resolved("context", place, live, end)
        tiers = {place.tier for place in best}
        shared_tier = None
        if len(tiers) == 1:
            shared_tier = tiers.pop()
        return Resolution(
            status="ambiguous",
            candidates=tuple(best),
            end=end,
            tier=shared_tier,
        )

    @staticmethod
    def of_time(
        places: list[Place],
        year: int | None,
    ) -> list[Place]:
        """Those that stood in `year`, one a code and name; all if none did.

        The years around it are tried next: books and renamings are not of one day.
        """
        years: tuple[int | None, ...] = (None,)
        if year is not None:
            years = (year, year - 1, year + 1)
        for tried in years:
            live = [place for place in places if place.stood(tried)]
            if live:
                return live
        return places

    def of_context(
        self,
        places: list[Place],
        context: list[str],
    ) -> list[Place]:
        """Those that the context speaks most for; all if it says nothing."""
        scores: list[int] = []
        for place in places:
            bonds = [self._bond(place, code) for code in context]
            scores.append(sum(bonds))
        best = max(scores)
        if not best:
            return places
        # several may be as near: 朝阳区 of 北京市 and of 长春市
        scored = zip(places, scores, strict=True)
        return [place for place, score in scored if score == best]

    @staticmethod
    def _bond(
        place: Place,
        code: str,
    ) -> int:
        """How much a place that is spoken of speaks for this one: the nearer above, the more."""
        if code == place.code:
            return 4
        above = ancestors(place.code)
        if code not in above:
            return 0
        # of a county, its city speaks for 3 and its province for 1
        return 1 + 2 * above.index(code)

    def mentions(self, text: str) -> Counter[str]:
        """Codes of the provinces, cities and counties that a text names in full.

        Ambiguous names are left out, and names of two characters: 市和县 does not speak of 和县.
        """
        codes: Counter[str] = Counter()
        for ending in NAME_END_PATTERN.finditer(text):
            end = ending.end()
            tail_start = max(0, end - 3)
            if text[tail_start:end] not in self.tails:
                continue
            # longest names first
            first_start = max(0, end - 11)
            for start in range(first_start, end - 2):
                name = text[start:end]
                places = self.by_name.get(name)
                if not places:
                    continue
                first = places[0]
                all_codes = {place.code for place in places}
                is_unambiguous = len(all_codes) == 1
                if is_unambiguous and first.tier in (1, 2, 3):
                    codes[first.code] += 1
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
        holders = ancestors(county)
        return (*holders, county)
    if code.endswith("0000"):
        return ()
    province = code[:2] + "0000"
    if code.endswith("00"):
        return (province,)
    city = code[:4] + "00"
    return (province, city)


def zone_parents(code: str) -> tuple[str, ...]:
    """440300F1A2B lies in 440300."""
    parent, _, _ = code.partition("F")
    holders = ancestors(parent)
    return (*holders, parent)


@cache
def _load(
    places: Path,
    zones: Path,
) -> Gazetteer:
    divisions = _divisions(places)
    functional_zones = _zones(zones)
    return Gazetteer([*divisions, *functional_zones])


def _divisions(path: Path) -> Iterator[Place]:
    for number, cells in _rows(path):
        # "441900", "东莞市": the last cells may be missing
        padded = (*cells, "", "", "")
        code, name, since, until = padded[:4]
        is_number = code.isascii() and code.isdigit()
        has_length = len(code) in (6, 9)
        is_code = is_number and has_length
        is_name = 2 <= len(name) <= 20
        if not is_code or not is_name:
            reason = f"{code!r} {name!r} is no code and name; {REBUILD_ADVICE}"
            raise TableFileError(str(path), number, reason)
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
        padded = (*cells, "", "", "", "")
        name, parent = padded[:2]
        since, until, tier = padded[2:5]
        is_number = parent.isascii() and parent.isdigit()
        is_code = len(parent) == 6 and is_number
        if not is_code or tier not in ("", "3"):
            raise TableFileError(
                str(path),
                number,
                "a zone is name, code of its parent, since, until, tier (3 or empty); mend the row",
            )
        # zones have no code of their own: this one stays when rows are added above it
        data = name.encode()
        checksum = zlib.crc32(data) & 0xFFFF
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
    lines = _text(path).split("\n")
    for number, line in enumerate(lines, 1):
        if not line or line.startswith("#"):
            continue
        cells = line.rstrip("\r").split("\t")
        if not 2 <= len(cells) <= 5:
            reason = f"{len(cells)} columns where 2 to 5 are due; {REBUILD_ADVICE}"
            raise TableFileError(str(path), number, reason)
        yield number, cells


def _text(path: Path) -> str:
    try:
        is_packed = path.suffix == ".gz"
        with gzip.open(path) if is_packed else path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        reason = f"cannot be read ({error}); {REBUILD_ADVICE}"
        raise TableFileError(
            str(path),
            1,
            reason,
        ) from error
    if len(data) > MAX_BYTES:
        reason = f"unpacks to more than {MAX_BYTES >> 20} MB; {REBUILD_ADVICE}"
        raise TableFileError(str(path), 1, reason)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        reason = f"is not UTF-8; {REBUILD_ADVICE}"
        raise TableFileError(
            str(path),
            line,
            reason,
        ) from error


def _year(
    path: Path,
    number: int,
    cell: str,
) -> int | None:
    if not cell:
        return None
    # isdigit() alone is true of ４ and of ①, too
    is_number = cell.isascii() and cell.isdigit()
    if len(cell) != 4 or not is_number:
        raise TableFileError(
            str(path), number, f"{cell!r} is not a year; {REBUILD_ADVICE}"
        )
    return int(cell)
