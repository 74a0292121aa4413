"""The statutory tables of an annual report, from the writing side: numbers in, text or HTML out.

The labels are those of the two State Council templates, 国办公开办函〔2019〕60号 (gb2019) and
〔2021〕30号 (gb2021), and of the statistics annex of 国办发〔2014〕32号 (stat2014). Everything
built here satisfies the printed identities; whoever wants a broken table breaks it afterwards and
says so. This module knows nothing of how tables are read, so that a reader tested on them is tested
against something other than itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from html import escape

__all__ = [
    "APPLICANT_COLUMNS",
    "CLAUSE_ROWS",
    "OUTCOME_ROWS",
    "STAT2014_ROWS",
    "Grid",
    "Tables",
    "applications",
    "broken_identities",
    "five",
    "grids",
    "html_table",
    "html_tables",
    "metrics",
    "stat2014_rows",
    "text_tables",
]

# The applicants' columns; the seventh, 总计, is their sum.
APPLICANT_COLUMNS = (
    "自然人",
    "商业企业",
    "科研机构",
    "社会公益组织",
    "法律服务机构",
    "其他",
)

# (三)不予公开: why a request was refused
_REFUSED_LABELS = (
    "1.属于国家秘密",
    "2.其他法律行政法规禁止公开",
    "3.危及“三安全一稳定”",
    "4.保护第三方合法权益",
    "5.属于三类内部事务信息",
    "6.属于四类过程性信息",
    "7.属于行政执法案卷",
    "8.属于行政查询事项",
)
# (四)无法提供: why nothing could be given
_UNAVAILABLE_LABELS = (
    "1.本机关不掌握相关政府信息",
    "2.没有现成信息需要另行制作",
    "3.补正后申请内容仍不明确",
)
# (五)不予处理: what was no request
_NOT_PROCESSED_LABELS = (
    "1.信访举报投诉类申请",
    "2.重复申请",
    "3.要求提供公开出版物",
    "4.无正当理由大量反复申请",
    "5.要求行政机关确认或重新出具已获取信息",
)
# (六)其他处理: one row in 2019, three since 2021
_OTHER_2021 = (
    "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
    "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
    "3.其他",
)


def _numbered(prefix: str, labels: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((f"{prefix}_{n}", label) for n, label in enumerate(labels, 1))


# Rows that both templates have.
_COMMON_ROWS = (
    ("granted", "(一)予以公开"),
    ("partly", "(二)部分公开(区分处理的,只计这一情形,不计其他情形)"),
    *_numbered("refused", _REFUSED_LABELS),
    *_numbered("unavailable", _UNAVAILABLE_LABELS),
    *_numbered("not_processed", _NOT_PROCESSED_LABELS),
)
# The rows of part 三(办理结果) in print order: key and label.
OUTCOME_ROWS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "gb2019": (*_COMMON_ROWS, ("other", "(六)其他处理")),
    "gb2021": (*_COMMON_ROWS, *_numbered("other", _OTHER_2021)),
}

# The first row of a group -> the head that stands over the group.
_GROUP_HEADS = {
    "refused_1": "(三)不予公开",
    "unavailable_1": "(四)无法提供",
    "not_processed_1": "(五)不予处理",
    "other_1": "(六)其他处理",
}
# The four items of part three, whose sums agree two by two.
_NEW_LABEL = "一、本年新收政府信息公开申请数量"
_CARRIED_IN_LABEL = "二、上年结转政府信息公开申请数量"
_HANDLING_LABEL = "三、本年度办理结果"
_HANDLED_LABEL = "(七)总计"
_CARRIED_OUT_LABEL = "四、结转下年度继续办理"
_IDENTITY_NOTE = "(本列数据的勾稽关系为:第一项加第二项之和,等于第三项加第四项之和)"
# Columns of one block of the table of reviews and suits.
_RESULT_COLUMNS = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")

# Part two: clause of Article 20, columns, rows.
_CLAUSES_2019 = (
    (
        "第二十条第(一)项",
        ("本年新制作数量", "本年新公开数量", "对外公开总数量"),
        ("规章", "规范性文件"),
    ),
    (
        "第二十条第(五)项",
        ("上一年项目数量", "本年增/减", "处理决定数量"),
        ("行政许可", "其他对外管理服务事项"),
    ),
    (
        "第二十条第(六)项",
        ("上一年项目数量", "本年增/减", "处理决定数量"),
        ("行政处罚", "行政强制"),
    ),
    ("第二十条第(八)项", ("上一年项目数量", "本年增/减"), ("行政事业性收费",)),
    ("第二十条第(九)项", ("采购项目数量", "采购总金额"), ("政府集中采购",)),
)
# The form of 2021 asks for decisions only, and for fees in 万元.
_CLAUSES_2021 = (
    (
        "第二十条第(一)项",
        ("本年制发件数", "本年废止件数", "现行有效件数"),
        ("规章", "行政规范性文件"),
    ),
    ("第二十条第(五)项", ("本年处理决定数量",), ("行政许可",)),
    ("第二十条第(六)项", ("本年处理决定数量",), ("行政处罚", "行政强制")),
    ("第二十条第(八)项", ("本年收费金额(单位:万元)",), ("行政事业性收费",)),
)
CLAUSE_ROWS = {"gb2019": _CLAUSES_2019, "gb2021": _CLAUSES_2021}
_PART_HEADINGS = (
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
)

# Key, label and unit of each row of the annex; a row without a key is a heading.
STAT2014_ROWS: tuple[tuple[str, str, str], ...] = (
    ("", "一、主动公开情况", "——"),
    ("proactive", "(一)主动公开政府信息数(不同渠道和方式公开相同信息计1条)", "条"),
    ("normative", "其中:主动公开规范性文件数", "条"),
    ("normative_made", "制发规范性文件总数", "件"),
    ("", "(二)通过不同渠道和方式公开政府信息的情况", "——"),
    ("gazette", "1.政府公报公开政府信息数", "条"),
    ("website", "2.政府网站公开政府信息数", "条"),
    ("weibo", "3.政务微博公开政府信息数", "条"),
    ("wechat", "4.政务微信公开政府信息数", "条"),
    ("channels_other", "5.其他方式公开政府信息数", "条"),
    ("", "二、回应解读情况", "——"),
    (
        "responses",
        "(一)回应公众关注热点或重大舆情数(不同方式回应同一热点或舆情计1次)",
        "次",
    ),
    ("", "(二)通过不同渠道和方式回应解读的情况", "——"),
    ("briefings", "1.参加或举办新闻发布会总次数", "次"),
    ("interviews", "2.政府网站在线访谈次数", "次"),
    ("explanations", "3.政策解读稿件发布数", "篇"),
    ("", "三、依申请公开情况", "——"),
    ("received", "(一)收到申请数", "件"),
    ("in_person", "1.当面申请数", "件"),
    ("fax", "2.传真申请数", "件"),
    ("online", "3.网络申请数", "件"),
    ("letter", "4.信函申请数", "件"),
    ("closed", "(二)申请办结数", "件"),
    ("on_time", "1.按时办结数", "件"),
    ("extended", "2.延期办结数", "件"),
    ("answered", "(三)申请答复数", "件"),
    ("already_public", "1.属于已主动公开范围数", "件"),
    ("granted", "2.同意公开答复数", "件"),
    ("partly", "3.同意部分公开答复数", "件"),
    ("refused", "4.不同意公开答复数", "件"),
    ("secret", "其中:涉及国家秘密", "件"),
    ("trade_secret", "涉及商业秘密", "件"),
    ("privacy", "涉及个人隐私", "件"),
    ("stability", "危及国家安全、公共安全、经济安全和社会稳定", "件"),
    ("not_information", "不是《条例》所指政府信息", "件"),
    ("law", "法律法规规定的其他情形", "件"),
    ("not_ours", "5.不属于本行政机关公开数", "件"),
    ("absent", "6.申请信息不存在数", "件"),
    ("amend", "7.告知作出更改补充数", "件"),
    ("elsewhere", "8.告知通过其他途径办理数", "件"),
    ("reviews", "四、行政复议数量", "件"),
    ("reviews_upheld", "(一)维持具体行政行为数", "件"),
    ("reviews_corrected", "(二)被依法纠错数", "件"),
    ("reviews_other", "(三)其他情形数", "件"),
    ("suits", "五、行政诉讼数量", "件"),
    ("suits_upheld", "(一)维持具体行政行为或者驳回原告诉讼请求数", "件"),
    ("suits_corrected", "(二)被依法纠错数", "件"),
    ("suits_other", "(三)其他情形数", "件"),
    ("complaints", "六、举报投诉数量", "件"),
    ("fees", "七、依申请公开信息收取的费用", "万元"),
    ("", "八、机构建设和保障经费情况", "——"),
    ("offices", "(一)政府信息公开工作专门机构数", "个"),
    ("reading_points", "(二)设置政府信息公开查阅点数", "个"),
    ("staff", "(三)从事政府信息公开工作人员数", "人"),
    ("", "九、政府信息公开会议和培训情况", "——"),
    ("meetings", "(一)召开政府信息公开工作会议或专题会议数", "次"),
    ("training", "(二)举办各类培训班数", "次"),
    ("trainees", "(三)接受培训人员数", "人次"),
)

# Totals of the annex and the rows that make them.
_STAT2014_SUMS = {
    "received": ("in_person", "fax", "online", "letter"),
    "closed": ("on_time", "extended"),
    "refused": (
        "secret",
        "trade_secret",
        "privacy",
        "stability",
        "not_information",
        "law",
    ),
    "answered": (
        "already_public",
        "granted",
        "partly",
        "refused",
        "not_ours",
        "absent",
        "amend",
        "elsewhere",
    ),
    "reviews": ("reviews_upheld", "reviews_corrected", "reviews_other"),
    "suits": ("suits_upheld", "suits_corrected", "suits_other"),
}


@dataclass(slots=True)
class Tables:
    """The numbers of one report's tables.

    `applications` has a list of seven integers a key ("new", "carried_in", the keys of OUTCOMES,
    "handled", "carried_out"); `proactive` the printed values of each row by its label; `review` the
    fifteen numbers of part 四: reviews, suits filed at once, suits after a review.
    """

    template: str
    applications: dict[str, list[int]]
    proactive: dict[str, tuple[str, ...]]
    review: list[int] = field(default_factory=lambda: [0] * 15)


def applications(
    template: str,
    new: Sequence[int],
    carried_in: Sequence[int],
    outcomes: Mapping[str, Sequence[int]],
) -> dict[str, list[int]]:
    """The whole application table from its free cells (six applicants a row).

    Totals and what is carried out follow.
    """
    rows = {"new": [*new], "carried_in": [*carried_in]}
    handled = [0] * 6
    for key, _ in OUTCOME_ROWS[template]:
        rows[key] = [*outcomes.get(key, (0,) * 6)]
        handled = [sum(pair) for pair in zip(handled, rows[key], strict=True)]
    rows["handled"] = handled
    # the first two rows together are the last two together
    rows["carried_out"] = [
        new[column] + carried_in[column] - handled[column] for column in range(6)
    ]
    for values in rows.values():
        values.append(sum(values))
    return rows


def five(upheld: int, corrected: int, other: int, pending: int) -> list[int]:
    """One block of the review table with its total."""
    return [upheld, corrected, other, pending, upheld + corrected + other + pending]


def broken_identities(tables: Tables) -> list[str]:
    """The names of the identities of the tables that do not hold.

    R1 are those of rows, R2 and R3 of columns, R4 of blocks.
    """
    rows = tables.applications
    outcomes = [key for key, _ in OUTCOME_ROWS[tables.template]]
    broken: list[str] = []
    for key, values in rows.items():
        if sum(values[:6]) != values[6]:
            broken.append(f"R1.{key}")
    for column in range(7):
        handled = rows["handled"][column]
        if sum(rows[key][column] for key in outcomes) != handled:
            broken.append(f"R2.{column}")
        taken = rows["new"][column] + rows["carried_in"][column]
        if taken != handled + rows["carried_out"][column]:
            broken.append(f"R3.{column}")
    for block in range(3):
        *parts, total = tables.review[5 * block : 5 * block + 5]
        if sum(parts) != total:
            broken.append(f"R4.{block}")
    return broken


# -- rendering as text

# Heads of the three tables as a flattened text has them, cell by cell.
_SPREAD_HEAD = ("信息内容",)
_APPLICATION_HEAD = (
    "申请人情况",
    "自然人",
    "法人或其他组织",
    "总计",
    *APPLICANT_COLUMNS[1:],
)
_REVIEW_HEAD = (
    "行政复议",
    "行政诉讼",
    *_RESULT_COLUMNS,
    "未经复议直接起诉",
    "复议后起诉",
    *_RESULT_COLUMNS,
    *_RESULT_COLUMNS,
)


def text_tables(tables: Tables, separator: str = "\n") -> list[str]:
    """Parts 二 to 四 as lines of text:

    `separator` "\\n" puts one cell a line, as flattened tables stand on mirrors.
    """
    lines = [_PART_HEADINGS[0], *_proactive_text(tables, separator)]
    lines += [_PART_HEADINGS[1], _IDENTITY_NOTE, separator.join(_APPLICATION_HEAD)]
    rows = tables.applications
    lines.append(_row_text(_NEW_LABEL, rows["new"], separator))
    lines.append(_row_text(_CARRIED_IN_LABEL, rows["carried_in"], separator))
    lines.append(_HANDLING_LABEL)
    for key, label in OUTCOME_ROWS[tables.template]:
        if key in _GROUP_HEADS:
            lines.append(_GROUP_HEADS[key])
        lines.append(_row_text(label, rows[key], separator))
    lines.append(_row_text(_HANDLED_LABEL, rows["handled"], separator))
    lines.append(_row_text(_CARRIED_OUT_LABEL, rows["carried_out"], separator))
    lines += [
        _PART_HEADINGS[2],
        separator.join(_REVIEW_HEAD),
        separator.join(map(str, tables.review)),
    ]
    return lines


def _row_text(label: str, values: Sequence[int], separator: str) -> str:
    if not values[6]:
        return label + (separator + "0") * 7
    return label + separator + separator.join(map(str, values))


def _proactive_text(tables: Tables, separator: str) -> list[str]:
    lines: list[str] = []
    for clause, columns, labels in CLAUSE_ROWS[tables.template]:
        lines += [clause, separator.join((*_SPREAD_HEAD, *columns))]
        lines += [separator.join((label, *tables.proactive[label])) for label in labels]
    return lines


def stat2014_rows(given: Mapping[str, float]) -> list[tuple[str, str, str]]:
    """The annex as rows of label, unit and number.

    Totals that are not given follow from their parts.
    """
    values = dict(given)
    for total, parts in _STAT2014_SUMS.items():
        values.setdefault(total, sum(values.get(part, 0) for part in parts))
    rows: list[tuple[str, str, str]] = []
    for key, label, unit in STAT2014_ROWS:
        number = f"{values.get(key, 0):g}" if key else ""
        rows.append((label, unit, number))
    return rows


# -- rendering as HTML and as a grid

# Text, colspan, rowspan.
GridCell = tuple[str, int, int]
Grid = list[list[GridCell]]


def _plain(*texts: str) -> list[GridCell]:
    return [(text, 1, 1) for text in texts]


def _proactive_grid(tables: Tables) -> Grid:
    width = max(len(columns) for _, columns, _ in CLAUSE_ROWS[tables.template]) + 1
    grid: Grid = []
    for clause, columns, labels in CLAUSE_ROWS[tables.template]:
        grid.append([(clause, width, 1)])
        span = width - len(columns)
        grid.append([*_plain("信息内容", *columns[:-1]), (columns[-1], span, 1)])
        for label in labels:
            values = tables.proactive[label]
            grid.append([*_plain(label, *values[:-1]), (values[-1], span, 1)])
    return grid


def _application_grid(tables: Tables) -> Grid:
    rows = tables.applications
    grid: Grid = [
        [(_IDENTITY_NOTE, 3, 3), ("申请人情况", 7, 1)],
        [("自然人", 1, 2), ("法人或其他组织", 5, 1), ("总计", 1, 2)],
        _plain(*APPLICANT_COLUMNS[1:]),
        [(_NEW_LABEL, 3, 1), *_numbers(rows["new"])],
        [(_CARRIED_IN_LABEL, 3, 1), *_numbers(rows["carried_in"])],
    ]
    outcomes = OUTCOME_ROWS[tables.template]
    first: list[GridCell] = [(_HANDLING_LABEL, 1, len(outcomes) + 1)]
    for key, label in outcomes:
        family, _, number = key.rpartition("_")
        cells: list[GridCell] = [(label, 1, 1)] if number.isdigit() else [(label, 2, 1)]
        if key in _GROUP_HEADS:
            members = sum(other.startswith(f"{family}_") for other, _ in outcomes)
            cells.insert(0, (_GROUP_HEADS[key], 1, members))
        grid.append([*first, *cells, *_numbers(rows[key])])
        first = []
    grid.append([(_HANDLED_LABEL, 2, 1), *_numbers(rows["handled"])])
    grid.append([(_CARRIED_OUT_LABEL, 3, 1), *_numbers(rows["carried_out"])])
    return grid


def _numbers(values: Sequence[int]) -> list[GridCell]:
    return [(str(value), 1, 1) for value in values]


def _review_grid(tables: Tables) -> Grid:
    return [
        [("行政复议", 5, 1), ("行政诉讼", 10, 1)],
        [
            *((head, 1, 2) for head in _RESULT_COLUMNS),
            ("未经复议直接起诉", 5, 1),
            ("复议后起诉", 5, 1),
        ],
        _plain(*_RESULT_COLUMNS, *_RESULT_COLUMNS),
        _numbers(tables.review),
    ]


def grids(tables: Tables) -> list[tuple[str, Grid]]:
    """Each part's heading and its table, as HTML would lay it out with colspan and rowspan."""
    parts = (_proactive_grid(tables), _application_grid(tables), _review_grid(tables))
    return list(zip(_PART_HEADINGS, parts, strict=True))


def html_tables(tables: Tables, paragraph: str = "<p>{}</p>") -> str:
    """Parts 二 to 四 as HTML; `paragraph` is the form of a heading on the site at hand."""
    return "\n".join(
        paragraph.format(heading) + "\n" + html_table(grid)
        for heading, grid in grids(tables)
    )


def html_table(grid: Grid) -> str:
    rows = ("<tr>" + "".join(map(_html_cell, row)) + "</tr>" for row in grid)
    return '<table border="1" cellspacing="0">\n' + "\n".join(rows) + "\n</table>"


def _html_cell(cell: GridCell) -> str:
    text, columns, rows = cell
    spans = f' colspan="{columns}"' if columns > 1 else ""
    if rows > 1:
        spans += f' rowspan="{rows}"'
    return f"<td{spans}>{escape(text, quote=False)}</td>"


# -- what the numbers are called


def metrics(tables: Tables) -> dict[str, int]:
    """The flat numbers that a reader may expect from these tables; money in 元."""
    rows = {key: values[6] for key, values in tables.applications.items()}
    numbers: dict[str, int] = {}
    for key in ("new", "carried_in", "granted", "handled", "carried_out"):
        numbers[f"applications_{key}"] = rows[key]
    numbers["applications_partly_granted"] = rows["partly"]
    for prefix in ("refused", "unavailable", "not_processed", "other"):
        # refused_1 to refused_8; in gb2019 other stands alone
        numbers[f"applications_{prefix}"] = sum(
            number
            for key, number in rows.items()
            if key == prefix or key.startswith(f"{prefix}_")
        )
    results = ("upheld", "corrected", "other", "pending", "total")
    for column, name in enumerate(results):
        numbers[f"reviews_{name}"] = tables.review[column]
        at_once, after_review = tables.review[5 + column], tables.review[10 + column]
        numbers[f"suits_{name}"] = at_once + after_review
    return {**numbers, **_proactive_metrics(tables)}


def _proactive_metrics(tables: Tables) -> dict[str, int]:
    printed = tables.proactive
    numbers = {
        "licences": int(printed["行政许可"][-1]),
        "penalties": int(printed["行政处罚"][-1]),
        "coercive_measures": int(printed["行政强制"][-1]),
    }
    if tables.template == "gb2021":
        for name, label in (("regulations", "规章"), ("normative", "行政规范性文件")):
            made, _, in_force = printed[label]
            numbers[f"{name}_made"] = int(made)
            numbers[f"{name}_in_force"] = int(in_force)
        # printed in 万元
        numbers["fee_yuan"] = int(Decimal(printed["行政事业性收费"][0]) * 10_000)
        return numbers
    numbers["regulations_new"] = int(printed["规章"][0])
    numbers["normative_new"] = int(printed["规范性文件"][0])
    numbers["normative_published"] = int(printed["规范性文件"][2])
    numbers["fee_items"] = int(printed["行政事业性收费"][0])
    count, amount = printed["政府集中采购"]
    numbers["procurement_items"] = int(count)
    money = _yuan(amount)
    if money is not None:
        numbers["procurement_yuan"] = money
    return numbers


def _yuan(printed: str) -> int | None:
    """The template prints no unit, so a bare amount is not known."""
    for unit, factor in (("亿元", 100_000_000), ("万元", 10_000), ("元", 1)):
        if printed.endswith(unit):
            return int(Decimal(printed.removesuffix(unit)) * factor)
    return None
