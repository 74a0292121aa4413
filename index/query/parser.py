"""Parses what a reader types.

What cannot be parsed is refused, with the position at fault: a query must never turn into one that
matches everything.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from index.analysis.characters import BASIC_HAN_CLASS
from index.analysis.normaliser import fold_line
from index.model.errors import QueryError
from index.model.fields import FIELDS as FIELDS_TABLE
from index.model.fields import Use, fields_for
from index.model.metrics import METRIC_NAMES, METRICS
from index.model.problems import Code
from index.query.quotation import QUOTES, closing_mark, string_in
from index.query.reference_numbers import TYPED_YEAR
from index.query.syntax import (
    MAX_CHARACTERS,
    MAX_CLAUSES,
    MAX_DEPTH,
    And,
    Field,
    Negated,
    Or,
    Proximity,
    Quoted,
    Run,
    Syntax,
    unparse,
)

__all__ = [
    "FIELDS",
    "NAMED_FIELDS",
    "Token",
    "field_name",
    "half_width",
    "parse",
    "tokenise",
    "unparse",
]

# Facets that are counted only when they are asked for can be asked for in a query, too.
ASKED_FIELDS = tuple(
    field for field in FIELDS_TABLE if field.facet and not field.uses & Use.QUERY
)
QUERY_FIELDS = (*fields_for(Use.QUERY), *ASKED_FIELDS)
# `agency~` takes in predecessors and successors.
NAMED_FIELDS = (*(field.query_name for field in QUERY_FIELDS), "agency~")
# What may stand before a colon: the facets, the texts, the dates, and the numbers of
# the statutory tables.
FIELDS = (*NAMED_FIELDS, *METRIC_NAMES)
# Those whose values are few and known: a comma before one of them ends a bare run too. A sentence
# that was pasted may have 单位： and 内容： behind a comma.
LIST_FIELDS = ("year", "level", "region", "kind", "tables")
# （元） of a label, and the sign between its parts.
NO_SIGN = re.compile("：|（.*")
# Their Chinese names: the labels, and what else they are called.
CHINESE_FIELDS = {field.label_zh: field.query_name for field in QUERY_FIELDS} | {
    "格式": "template",
    "标题": "title",
    "题目": "title",
    "全文": "text",
    "内容": "text",
    "部门": "agency",
    "单位": "agency",
    "机构": "agency",
    "发布机构": "agency",
    "级别": "level",
    "行政级别": "level",
    "类型": "org_type",
    "系统": "line",
    "地域": "region",
    "区域": "region",
    "地方": "region",
    "省份": "region",
    "城市": "region",
    "年份": "year",
    "年": "year",
    "日期": "published",
    "发布": "published",
    "公布日期": "published",
    "发布时间": "published",
    "勾稽": "tables",
}
# The numbers by the names that pages print, without signs and what is in brackets:
# 本年新收申请, 行政复议维持, 主动公开总数.
CHINESE_METRICS = {
    NO_SIGN.sub("", metric.label_zh): metric.name for metric in reversed(METRICS)
}
# Characters that may be such a name, in either script; which are is looked up.
LONGEST_NAME = max(map(len, [*CHINESE_FIELDS, *CHINESE_METRICS]))
CHINESE_NAME = f"[{BASIC_HAN_CLASS}]{{1,{LONGEST_NAME}}}"

# Leaves out the places that lie inside the string behind it.
BANG = '[!！](?=["“＂「『])'
# The same with white space on both sides; of 公开! "收费" the mark ends a sentence.
BANG_APART = r'(?<=\s)[!！](?=\s+["“＂「『])'
# Kinds of tokens that end what it can narrow.
NARROWED_KINDS = ("run", "quote", "close")
# The operators that are words: AND, OR and NOT in capitals, before a space, a bracket, a quotation
# mark or the end. ANDROID is a run. A Chinese keyboard types them in full width too.
WORD_END = rf"(?=[\s(（)）\"“＂「『]|{BANG}|$)"
WORD_OPERATORS = "AND|OR|NOT|ＡＮＤ|ＯＲ|ＮＯＴ"
# A comma of either width where a name and a colon may follow.
COMMAS = "，,、；;"
FIELD_PATTERN = re.compile(
    rf"(?:[A-Za-z_Ａ-Ｚａ-ｚ＿]{{2,40}}|{CHINESE_NAME})[~～]?[:：](?!//)"
)
VALUE_BEHIND = re.compile(rf"[^\s()（）{COMMAS}]")
COMMA_BEFORE_FIELD = re.compile(rf"[{COMMAS}]+(?={FIELD_PATTERN.pattern})")
# Each group is a kind of token. What none of them matches, as a closing quotation mark of a kind
# that was not opened, is text.
TOKEN_PATTERN = re.compile(
    # empty brackets are a blank to be filled in, as in 公开（）收费
    r"(?P<space>\s+|[(（]\s*[)）])"
    rf"|(?P<open>(?!{TYPED_YEAR})[(（])"
    r"|(?P<close>[)）])"
    rf"|(?P<near>(?:NEAR|ＮＥＡＲ)[/／](?P<distance>\d+){WORD_END})"
    rf"|(?P<word>(?:{WORD_OPERATORS}){WORD_END})"
    # two hyphens are a dash; － and − are hyphens of keyboards
    r"|(?P<minus>[-－−](?![-－−]))"
    # 公开 !"不予公开", and the same without a space
    rf"|(?P<bang>{BANG}|{BANG_APART})"
    rf"|(?P<quote>(?!{TYPED_YEAR})[\"“＂「『])"
    # year: and agency~:, 年度： and ｙｅａｒ：, but not http://
    rf"|(?P<field>{FIELD_PATTERN.pattern})"
    rf"|(?P<run>(?:(?!{BANG})[^\s()（）\"“＂「『]|{TYPED_YEAR})+)"
)
# An opening quotation mark that is text -> the closing one that stands for it.
CLOSING_AS_TEXT = {"“": "”", "＂": "”", "「": "」", "『": "』"}
# Kinds of tokens that are names of ours.
WORD_KINDS = ("word", "near")
# The number behind a quoted string: "公开 收费"~10
WITHIN_PATTERN = re.compile(r"[~～](\d+)")
# No text is longer: a greater distance asks for no more.
MAX_DISTANCE = 999_999
# An end of a range may have decimals: fee_yuan:0.5..14.62
RANGE_END = r"((?:[^.\s]|(?<=\d)\.(?=\d))*)"
# 100, 100.. and ..100, or 不详, with nothing behind: 12件 is text
NUMBER_BEHIND = re.compile(
    rf"(?:-?[\d.]*\d[\d.]*|不[详詳]|unknown)(?=[\s()（）]|$|{COMMA_BEFORE_FIELD.pattern})"
)
# 2018..2020, 2018.. and ..2020
RANGE_PATTERN = re.compile(rf"{RANGE_END}\.\.{RANGE_END}")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the query: `kind` is a group of TOKEN_PATTERN, `value` what it says.

    `mark_at` is the mark that a quoted string stands behind: of doubled ones the inner.
    """

    kind: str
    value: str
    position: int
    number: int | None = None
    mark_at: int = 0

    @property
    def end(self) -> int:
        """Where a run or the name of a field ends."""
        return self.position + len(self.value)


@lru_cache(maxsize=256)  # an answer asks for the tree of its query several times
def parse(query: str) -> Syntax | None:
    """The tree of a query, None for an empty one. Raises QueryError.

    >>> unparse(parse("公开 (收费  OR 费用) -免费"))
    '公开 (收费 OR 费用) -免费'
    """
    if len(query) > MAX_CHARACTERS:
        raise QueryError(
            Code.QUERY_TOO_LONG,
            MAX_CHARACTERS,
            {"limit": MAX_CHARACTERS, "length": len(query)},
        )
    tokens = tokenise(query)
    clauses = [token for token in tokens if token.kind in ("run", "quote")]
    if len(clauses) > MAX_CLAUSES:
        raise QueryError(
            Code.QUERY_TOO_MANY_CLAUSES,
            clauses[MAX_CLAUSES].position,
            {"limit": MAX_CLAUSES, "count": len(clauses)},
        )
    if not tokens and query.strip():
        raise QueryError(Code.QUERY_NOTHING_TO_SEARCH, 0)
    if not tokens:
        return None
    return _Parser(tokens, len(query)).query()


def tokenise(query: str) -> list[Token]:
    """The pieces of a query, white space left out. Raises QueryError."""
    tokens: list[Token] = []
    position = 0
    while position < len(query):
        match = TOKEN_PATTERN.match(query, position)
        kind = _kind(match)
        if kind == "bang" and not _is_exclusion(query, position, tokens):
            kind = "run"
        if kind == "quote" and not _is_stray(query, position, tokens):
            token, position = _quoted(query, position)
            tokens.append(token)
            continue
        text = match.group() if match else query[position]
        end = position + len(text)
        if kind == "run":
            text, end = _before_field(query, position, text, tokens)
        if kind == "quote":
            # a closing mark opens nothing, so that the query printed reads alike
            text = CLOSING_AS_TEXT[text]
        behind = query[position + len(text) :]
        kind = _kind_here(kind, text, tokens, position, behind)
        if kind != "space" and text:
            number = None
            if match and kind == "near":
                number = _distance(match["distance"])
            value = half_width(text) if kind in WORD_KINDS else text
            tokens.append(Token(kind, value, position, number))
        position = end
    return _joined(tokens)


def _before_field(
    query: str, position: int, text: str, tokens: Sequence[Token]
) -> tuple[str, int]:
    """A run up to the comma before a field with a value, and where the field begins.

    县，年度：2021 is 县.
    """
    last = tokens[-1] if tokens else None
    is_value = last is not None and last.kind == "field" and last.end == position
    names = FIELDS if is_value else LIST_FIELDS
    end = position + len(text)
    for comma in COMMA_BEFORE_FIELD.finditer(query, position, end):
        named = FIELD_PATTERN.match(query, comma.end())
        if named is None or not VALUE_BEHIND.match(query, named.end()):
            continue
        if field_name(named.group(), query[named.end() :]) in names:
            return query[position : comma.start()], comma.end()
    return text, end


def _kind(match: re.Match[str] | None) -> str:
    if match is None:
        return "run"
    # `lastgroup` is the outermost group that matched: NEAR/10 is "near"
    return match.lastgroup or "run"


def _kind_here(
    kind: str, text: str, tokens: Sequence[Token], position: int, behind: str
) -> str:
    """What a token is where it stands: a quotation mark alone is text, and so is no field.

    `behind` is the rest of the query after it.
    """
    if kind == "quote":
        return "run"
    if kind == "minus" and _is_inside_a_run(tokens, position):
        return "run"
    if kind == "field" and field_name(text, behind) is None:
        return "run"
    return kind


def half_width(text: str) -> str:
    """ＯＲ as OR: full-width letters and signs as those of ASCII, as many as before."""
    return unicodedata.normalize("NFKC", text)


def field_name(typed: str, behind: str = "0") -> str | None:
    """The field that is called so, with its colon; None for none.

    The Chinese name of a number is also an ordinary word: it is a field where a number, a range of
    them, or 不详 stands `behind` it.

    >>> field_name("地區："), field_name("YEAR:"), field_name("QQ:")
    ('region', 'year', None)
    >>> field_name("部分公开：", "12.."), field_name("部分公开：", "12件")
    ('applications_partly_granted', None)
    """
    name = fold_line(half_width(typed)[:-1])
    base = name.removesuffix("~")
    if name in CHINESE_METRICS and NUMBER_BEHIND.match(half_width(behind)):
        return CHINESE_METRICS[name]
    known = CHINESE_FIELDS.get(base, base) + name[len(base) :]
    return known if known in FIELDS else None


def _is_exclusion(query: str, start: int, tokens: Sequence[Token]) -> bool:
    """Whether an exclamation mark here stands before a string, and apart from it behind a word."""
    mark = start + 1
    while query[mark].isspace():
        mark += 1
    if _is_stray(query, mark, tokens):
        return False
    follows = bool(tokens) and tokens[-1].kind in NARROWED_KINDS
    return follows or mark == start + 1


def _is_stray(query: str, start: int, tokens: Sequence[Token]) -> bool:
    """Whether a typographic quotation mark here opens nothing: it is text then.

    It is not closed, or ends what a closing mark began, as in ”公开“.
    """
    mark = query[start]
    if mark == '"':
        return False
    close = closing_mark(query, start)
    if close < 0:
        return True
    last = tokens[-1] if tokens else None
    adjoins = last is not None and last.kind == "run" and last.end == start
    ends_word = adjoins and last is not None and "”" in last.value
    return mark == "“" and ends_word and query[close] != '"'


def _is_inside_a_run(tokens: Sequence[Token], position: int) -> bool:
    """Whether a hyphen here follows characters at once: in A-1312 it negates nothing."""
    if not tokens or tokens[-1].end != position:
        return False
    return tokens[-1].kind in ("run", "field")


def _quoted(query: str, start: int) -> tuple[Token, int]:
    """The quoted string that begins here, and where what follows it begins."""
    close = closing_mark(query, start)
    if close < 0:
        facts = {"mark": QUOTES[query[start]]}
        raise QueryError(Code.QUERY_QUOTATION_OPEN, start, facts)
    first, end = string_in(query, start, close)
    quote = Token("quote", query[first:end], start, mark_at=first - 1)
    within = WITHIN_PATTERN.match(query, close + 1)
    if within is None:
        return quote, close + 1
    return replace(quote, number=_distance(within[1])), within.end()


def _distance(digits: str) -> int:
    return min(int(digits), MAX_DISTANCE)


def _joined(tokens: Iterable[Token]) -> list[Token]:
    """Runs that the pattern cut at a hyphen stand together again: A-1312/B is one run."""
    joined: list[Token] = []
    for token in tokens:
        last = joined[-1] if joined else None
        follows = last is not None and last.end == token.position
        if last and follows and token.kind == last.kind == "run":
            joined[-1] = Token("run", last.value + token.value, last.position)
        else:
            joined.append(token)
    return joined


class _Parser:
    """Recursive descent over the tokens."""

    def __init__(self, tokens: list[Token], length: int) -> None:
        self.tokens = tokens
        self.length = (
            length  # of the query, where what is missing at its end would stand
        )
        self.next = 0
        self.depth = 0

    def peek(self) -> Token | None:
        if self.next == len(self.tokens):
            return None
        return self.tokens[self.next]

    def take(self) -> Token:
        self.next += 1
        return self.tokens[self.next - 1]

    def query(self) -> Syntax:
        tree = self.any_of()
        if (token := self.peek()) is not None:
            raise QueryError(Code.QUERY_BRACKET_NOT_OPENED, token.position)
        return tree

    # -- one method a rule of the grammar in `index.query.syntax`
    def any_of(self) -> Syntax:
        start = self.here()
        operands = [self.all_of()]
        while self.is_word("OR"):
            self.take()
            operands.append(self.all_of())
        if len(operands) == 1:
            return operands[0]
        return Or(tuple(operands), start)

    def all_of(self) -> Syntax:
        start = self.here()
        operands = [self.item()]
        while (token := self.peek()) and token.kind != "close":
            if self.is_word("OR"):
                break
            if self.is_word("AND"):
                self.take()
            operands.append(self.item())
        if len(operands) == 1:
            return operands[0]
        return And(tuple(operands), start)

    def item(self) -> Syntax:
        token = self.peek()
        if token and (token.kind == "minus" or self.is_word("NOT")):
            return self.nested(self.negated, token.position)
        return self.near()

    def negated(self) -> Syntax:
        operator = self.take()
        return Negated(self.item(), operator.position)

    def near(self) -> Syntax:
        first = self.excluded(self.atom())
        operands = [first]
        distances: list[int] = []
        start = self.here()
        while (token := self.peek()) and token.kind == "near":
            self.take()
            distances.append(token.number or 0)
            operands.append(self.excluded(self.atom()))
        if not distances:
            return first
        strings = [node for node in operands if isinstance(node, Run | Quoted)]
        if len(strings) != len(operands):
            raise QueryError(Code.QUERY_NEAR_OPERANDS, start)
        # a NEAR/3 b NEAR/5 c is one condition, with the wider of both
        distance = max(distances)
        return Proximity(tuple(strings), distance, strings[0].position)

    def excluded(self, node: Syntax) -> Syntax:
        while (token := self.peek()) and token.kind == "bang":
            self.take()
            quoted = self.take()  # the pattern of `bang` looks ahead for it
            if not isinstance(node, Run | Quoted):
                raise QueryError(Code.QUERY_EXCLUSION_ALONE, token.position)
            outside = (*node.outside, quoted.value)
            node = replace(node, outside=outside)
        return node

    def atom(self) -> Syntax:
        token = self.peek()
        if token is None:
            raise QueryError(Code.QUERY_OPERAND_MISSING, self.length)
        if token.kind == "open":
            return self.nested(self.bracket, token.position)
        if token.kind == "field":
            return self.field()
        self.take()
        if token.kind == "quote":
            if not token.value.strip():
                raise QueryError(Code.QUERY_QUOTATION_EMPTY, token.position)
            return Quoted(token.value, token.mark_at, token.number)
        if token.kind == "run":
            return Run(token.value, token.position)
        facts = {"token": token.value}
        raise QueryError(Code.QUERY_MISPLACED, token.position, facts)

    def bracket(self) -> Syntax:
        opening = self.take()
        tree = self.any_of()
        if self.peek() is None:
            raise QueryError(Code.QUERY_BRACKET_OPEN, opening.position)
        self.take()
        return tree

    def field(self) -> Syntax:
        token = self.take()
        name = field_name(token.value) or ""
        value = self.peek()
        # nothing may stand between the colon and the value
        adjoins = value is not None and value.position == token.end
        if value is None or not adjoins or value.kind not in ("run", "quote"):
            facts = {"name": name}
            raise QueryError(Code.QUERY_FIELD_WITHOUT_VALUE, token.end, facts)
        self.take()
        if value.kind == "quote":
            return Field(
                name, value.value, token.position, quoted=True, value_at=value.mark_at
            )
        ends = RANGE_PATTERN.fullmatch(value.value.replace("．．", ".."))
        if ends is None:
            return Field(name, value.value, token.position, value_at=value.position)
        # 2018.. has no upper end
        return Field(
            name,
            value="",
            position=token.position,
            low=ends[1] or None,
            high=ends[2] or None,
            is_range=True,
        )

    def nested(self, rule: Callable[[], Syntax], position: int) -> Syntax:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise QueryError(Code.QUERY_TOO_DEEP, position, {"limit": MAX_DEPTH})
        tree = rule()
        # an error ends the parsing, so that the depth need not be set back then
        self.depth -= 1
        return tree

    def is_word(self, word: str) -> bool:
        """Whether the next token is this operator."""
        token = self.peek()
        return token is not None and token.kind == "word" and token.value == word

    def here(self) -> int:
        token = self.peek()
        return token.position if token else self.length
