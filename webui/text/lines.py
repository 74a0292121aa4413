"""One line of a report, and what its characters say about its part in the layout."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markupsafe import Markup

__all__ = ["Line"]

# 一、本年新收政府信息公开申请数量: four rows of the table of applications are numbered
# as chapters are. 结 and 转 also stand in their traditional forms.
_NUMBERED_ROW_PATTERN = re.compile(
    r"\s*[一二三四]\s*、\s*"
    r"(?:本年新收|上年[结結][转轉]|本年度[办辦]理[结結]果|[结結][转轉]下年度)"
)
# 二、主动公开政府信息情况: a chapter has a Han number and at most 39 characters.
_HEADING_PATTERN = re.compile(r"\s*[一二三四五六七八九十]{1,3}\s*、\s*\S.{0,38}")
# 1,204 or 12.5% or —: a figure, or the dash or slash that stands for none.
_FIGURE_PATTERN = re.compile(r"[-+]?[\d,，.．]+\s*[%％]?|[-—–/／]+")
# 项目 | 自然人 | 总计: two bars or tabs make a row of a table.
_BARRED_PATTERN = re.compile(r"(?:[|\t][^|\t]*){2}")
# A cell of a table does not end as a sentence or the start of a list does.
_SENTENCE_END = ("。", "；", "：", "！", "？", ";", ":")
# Characters of the longest cell; a longer line is a sentence, though it may lack its stop.
_LONGEST_CELL = 24


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the text: where it starts, what it says, and its markup."""

    start: int
    text: str
    html: Markup

    @property
    def heading(self) -> bool:
        """Whether it is a heading of the form 一、…"""
        if self.barred or _NUMBERED_ROW_PATTERN.match(self.text):
            return False
        if self.text.rstrip().endswith(_SENTENCE_END):
            return False
        return bool(_HEADING_PATTERN.fullmatch(self.text))

    @property
    def number(self) -> bool:
        """Whether it is a figure, or the sign that stands for none in a table."""
        return bool(_FIGURE_PATTERN.fullmatch(self.text.strip()))

    @property
    def barred(self) -> bool:
        """Whether it is a row of a table whose cells are separated by bars or tabs."""
        return bool(_BARRED_PATTERN.search(self.text.strip()))

    @property
    def cell(self) -> bool:
        """Whether it may be a cell of a flattened table."""
        text = self.text.strip()
        if len(text) > _LONGEST_CELL or text.endswith(_SENTENCE_END):
            return False
        return not self.barred and not self.heading
