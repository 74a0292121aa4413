"""What stands behind a colon, `year:2018..2020` or `level:县区`, as a value or a range of an index.

None of this needs to know an index: bodies and places, which do, are in `index.query.resolve`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from functools import cache

from index.analysis.characters import is_subsequence
from index.analysis.normaliser import fold_line
from index.model.errors import QueryError
from index.model.fields import FACET_KINDS
from index.model.problems import Code
from index.model.report import LEVELS
from index.model.value_names import (
    CLOSED_VALUES,
    OPEN_TO_CURATORS,
    OTHER_NAMES,
    PRINTED_VALUES,
    UNKNOWN_WORDS,
    VALUE_CONTEXTS,
)
from index.query.nodes import NO_PATH, NO_VALUE, Keyword, Not, NumberRange, PathPrefix
from index.query.syntax import Field
from index.words import LANGUAGES, term, text

__all__ = ["day_called", "level_of", "means_unknown", "metric_range"]
__all__ += ["published_range", "unknown_of", "value_called", "value_named"]
__all__ += ["year_digits", "year_of"]

# 二〇一八 and 二零一八
CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789"[:12])

# The end of a range as typed; None where it is left open.
Typed = str | None

# 2018-2020, 2018~2020, 2018年至2020年: a range as people write it, in index form
YEARS_PATTERN = re.compile(r"([^-~.至到]{4,5})[-~.至到]{1,6}([^-~.至到]{4,5})")
# 2019年3月 and 2019年3月1日
WRITTEN_DATE = re.compile(r"(\d{4})年(?:(\d{1,2})月(?:(\d{1,2})[日号]?)?)?")
# 三十一, 二十, 十二 and 十 with their other numerals in digits: 3十1, 2十, 十2, 十
TENS_OF_DATES = (
    (re.compile(r"(?<=\d)十(?=\d)"), ""),
    (re.compile(r"(?<=\d)十"), "0"),
    (re.compile(r"十(?=\d)"), "1"),
    (re.compile("十"), "10"),
)
# 2018 年, 2018年度
YEAR_END = re.compile(r"\s*年度?$")
# 2018
YEAR_PATTERN = re.compile(r"[0-9]{4}")
# 100, -3, 12.50
NUMBER_PATTERN = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?")
# 2019, 2019-3, 2019-03-31, 2019/3/31, 2019.3.31
DATE_PATTERN = re.compile(
    r"([0-9]{4})(?:[-/.](0?[1-9]|1[0-2])(?:[-/.](0?[1-9]|[12][0-9]|3[01]))?)?"
)


# 公安局, 税务系统: what people put behind the name of a line.
KIND_ENDINGS = re.compile("(?:系统|条线|部门|机构|单位|总局|局|厅|委员会|委|办|社)$")


def means_unknown(typed: str) -> bool:
    """Whether what was typed as a value asks for the reports that have none.

    >>> means_unknown("不詳"), means_unknown("Unknown"), means_unknown("")
    (True, True, False)
    """
    return fold_line(typed.strip()) in UNKNOWN_WORDS


def unknown_of(name: str) -> Keyword | PathPrefix | Not:
    """The reports of which a facet, a date or a number is not known.

    >>> unknown_of("year")
    Keyword(name='year', values=('',))
    >>> unknown_of("published")
    Not(operand=NumberRange(name='published', low=None, high=None))
    """
    facet = name.removesuffix("~")
    if facet not in FACET_KINDS:
        return Not(NumberRange(name))
    if FACET_KINDS[facet] == "path":
        return PathPrefix(facet, (NO_PATH,))
    return Keyword(facet, (NO_VALUE,))


def value_named(field: Field, order: Sequence[str]) -> str:
    """The value of a facet with few values that a field names, as it is or as pages print it.

    Raises QueryError, which lists the values of `order`.

    >>> value_named(Field("tables", "勾稽不符", 0), ["consistent", "inconsistent"])
    'inconsistent'
    >>> value_named(Field("kind", "其他", 0), ["annual_report", "other"])
    'other'
    """
    wanted = field.value.strip()
    name = value_called(field.name, wanted, order)
    if name is not None:
        return name
    facts = {"name": field.name, "value": wanted, "values": tuple(order)}
    raise QueryError(Code.QUERY_UNKNOWN_VALUE, field.position, facts)


def value_called(name: str, typed: str, order: Sequence[str]) -> str | None:
    """The value of a facet with few values, `order`, that a text names; None where it names none.

    It may be named as it is, as a page prints it in any language, by a usual other name, or by so
    much of a name that only one value has it, in any script.

    >>> value_called("level", "縣", LEVELS), value_called("kind", "年报", ["annual_report"])
    ('县区级', 'annual_report')
    >>> value_called("line", "文旅局", ["教育", "文化旅游体育"])
    '文化旅游体育'
    """
    if typed in order:
        return typed
    form = fold_line(typed)
    named = {k: v for k, v in _names(name).items() if v in order}
    if form in named:
        return named[form]
    if name == "level":
        return named.get(form.removesuffix("级")) or _level(form)
    if name in OPEN_TO_CURATORS:
        # 公安局 and 税务系统, but 人社 is whole
        bare = KIND_ENDINGS.sub("", form)
        return _shortened(form, named, order) or _shortened(bare, named, order)
    begun = {v for k, v in named.items() if form and k.startswith(form)}
    # 其他 is 其他文件 where nothing else begins so
    return begun.pop() if len(begun) == 1 else None


@cache
def _names(facet: str) -> dict[str, str]:
    """Name in index form -> the value that it names."""
    names: dict[str, str] = {}
    context = VALUE_CONTEXTS.get(facet)
    for language in LANGUAGES:
        for printed, value in PRINTED_VALUES.get(facet, {}).items():
            names[text(printed, language)] = value
        for value in CLOSED_VALUES.get(facet, ()) if context else ():
            names[term(context or "", value, language)] = value
    names |= {value: value for value in CLOSED_VALUES.get(facet, ())}
    names |= OTHER_NAMES.get(facet, {})
    return {fold_line(name): value for name, value in names.items()}


def _shortened(form: str, named: Mapping[str, str], order: Sequence[str]) -> str | None:
    """The only value that holds a text, or that it abbreviates: 人社 is 人力资源和社会保障."""
    if not form or form in named:
        return named.get(form)
    full = {fold_line(value): value for value in order}
    meant = {value for whole, value in full.items() if form in whole}
    meant |= {value for name, value in named.items() if name.startswith(form)}
    if not meant and len(form) > 1:
        begun = [whole for whole in full if whole[0] == form[0]]
        meant = {full[whole] for whole in begun if is_subsequence(form, whole)}
    return meant.pop() if len(meant) == 1 else None


def level_of(field: Field) -> str:
    """The level that a field names, with or without its last character. Raises QueryError.

    A part of the name is enough where only one level has it.

    >>> level_of(Field("level", "县区", 0)), level_of(Field("level", "市级", 0))
    ('县区级', '地市级')
    """
    wanted = field.value.strip()
    level = value_called("level", wanted, LEVELS)
    if level is not None:
        return level
    facts = {"value": wanted, "levels": LEVELS}
    raise QueryError(Code.QUERY_UNKNOWN_LEVEL, field.position, facts)


def _level(form: str) -> str | None:
    name = form.removesuffix("级")
    called = [level for level in LEVELS if name and name in level]
    for level in called:
        # 县区 is 县区级, and 县级 can be nothing else
        if name == level.removesuffix("级") or len(called) == 1:
            return level
    return None


def year_of(field: Field) -> Keyword | NumberRange:
    """A year, or a range of years that includes its ends. Raises QueryError.

    >>> year_of(Field("year", "", 0, low="2018", is_range=True))
    NumberRange(name='year', low=2018, high=None)
    >>> year_of(Field("year", "2018至2020", 0))
    NumberRange(name='year', low=2018, high=2020)
    """
    written = YEARS_PATTERN.fullmatch(fold_line(field.value))
    ends = (_low(field), _high(field))
    if written is not None and not field.is_range:
        ends = (written[1], written[2])
    low, high = (_year(field, end) for end in ends)
    if low is None and high is None:
        raise QueryError(Code.QUERY_YEAR_MISSING, field.position)
    if low == high and not field.is_range:
        return Keyword("year", (str(low),))
    return _sorted_range("year", low, high)


def year_digits(text: str) -> str:
    """A year as people type it in digits: full-width or Chinese ones, with 年 or without.

    >>> year_digits("２０１８"), year_digits("二〇一八年度"), year_digits("abc")
    ('2018', '2018', 'abc')
    """
    folded = YEAR_END.sub("", fold_line(text))
    return folded.translate(CHINESE_DIGITS)


def _year(
    field: Field,
    text: Typed,
) -> int | None:
    if not text:
        return None
    digits = year_digits(text)
    if not YEAR_PATTERN.fullmatch(digits):
        raise QueryError(Code.QUERY_BAD_YEAR, field.position, {"value": text})
    return int(digits)


def metric_range(field: Field) -> NumberRange:
    """A number of the statutory tables, or a range that includes its ends. Raises QueryError.

    >>> metric_range(Field("applications_new", "", 0, low="100", is_range=True))
    NumberRange(name='applications_new', low=100.0, high=None)
    """
    # applications_new:5 asks for exactly 5
    low = _number(field, _low(field))
    high = _number(field, _high(field))
    if low is None and high is None:
        raise _bad_number(field, "..")
    return _sorted_range(field.name, low, high)


def _sorted_range(
    name: str,
    low: float | None,
    high: float | None,
) -> NumberRange:
    """The range between two ends, also where they were exchanged."""
    if low is not None and high is not None and low > high:
        low, high = high, low
    return NumberRange(name, low, high)


def _number(
    field: Field,
    text: Typed,
) -> float | None:
    if not text:
        return None
    digits = fold_line(text)
    if not NUMBER_PATTERN.fullmatch(digits):
        raise _bad_number(field, digits)
    return float(digits)


def _bad_number(
    field: Field,
    text: str,
) -> QueryError:
    facts = {"value": text, "name": field.name}
    return QueryError(Code.QUERY_BAD_NUMBER, field.position, facts)


def published_range(field: Field) -> NumberRange:
    """A date, or a range of dates, in days since 0001-01-01 as indexes have them.

    A month means all its days, a year all its months. Raises QueryError.

    >>> published_range(Field("published", "2019-03", 0))
    NumberRange(name='published', low=737119, high=737149)
    """
    low = _day(field, _low(field), last=False)
    high = _day(field, _high(field), last=True)
    if low is None and high is None:
        raise QueryError(Code.QUERY_DATE_MISSING, field.position)
    if low is not None and high is not None and low > high:
        # the ends were exchanged
        low = _day(field, _high(field), last=False)
        high = _day(field, _low(field), last=True)
    return NumberRange("published", low, high)


def _day(
    field: Field,
    text: Typed,
    *,
    last: bool,
) -> int | None:
    """The first or the last day that a date, a month or a year means, as an ordinal."""
    if not text:
        return None
    day = day_called(text, last=last)
    if day is None:
        raise QueryError(Code.QUERY_BAD_DATE, field.position, {"value": text})
    return day.toordinal()


def day_called(text: str, *, last: bool = False) -> dt.date | None:
    """The first or the `last` day that a date, a month or a year means; None for no date.

    >>> day_called("2022年1月1日"), day_called("2022/2", last=True), day_called("2022-13")
    (datetime.date(2022, 1, 1), datetime.date(2022, 2, 28), None)
    """
    # 2022 年 1 月 1 日
    typed = "".join(fold_line(text).split())
    written = WRITTEN_DATE.fullmatch(_in_digits(typed))
    if written is not None:
        typed = "-".join(filter(None, written.groups()))
    match = DATE_PATTERN.fullmatch(typed)
    try:
        if match is not None:
            # a month or day that is not said is 0
            year, month, day = (int(part or 0) for part in match.groups())
            return _date(year, month, day, last=last)
    except (ValueError, OverflowError):
        pass  # there is no 2019-13, and no year 0
    return None


def _in_digits(text: str) -> str:
    """A date with its Chinese numerals in digits: 二〇二二年十二月 is 2022年12月."""
    digits = text.translate(CHINESE_DIGITS)
    for pattern, instead in TENS_OF_DATES:
        digits = pattern.sub(instead, digits)
    return digits


def _date(year: int, month: int, day: int, *, last: bool) -> dt.date:
    """A date whose month and day may be 0, not said. Raises ValueError."""
    if day or not last:
        return dt.date(year, month or 1, day or 1)
    # the last day of a month or a year is the one before the next begins
    month = month or 12
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return following - dt.timedelta(days=1)


def _low(field: Field) -> Typed:
    """The lower end of a range; a single value is a range from itself to itself."""
    return field.low if field.is_range else field.value


def _high(field: Field) -> Typed:
    return field.high if field.is_range else field.value
