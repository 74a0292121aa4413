"""The statutory forms as data: rows, columns, labels and identities.

gb2019 is the form of 国办公开办函〔2019〕60号, gb2021 that of 国办公开办函〔2021〕30号, stat2014
the annex of 国办发〔2014〕32号. Labels are in index form without white space, punctuation and
enumerators; a label is a regular expression where it is printed in more than one way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

__all__ = [
    "ANNEX_COLUMNS",
    "APPLICANT_COLUMNS",
    "FORMS",
    "FORM_MARKERS",
    "RESULT_COLUMNS",
    "REVIEW_BLOCKS",
    "STAT2014",
    "SUMS_2014",
    "TABLE_TITLES",
    "Clause",
    "Form",
    "FormColumn",
    "FormRow",
    "clause_rows",
]


@dataclass(frozen=True, slots=True)
class FormRow:
    """A row of a table.

    `pattern` is a regular expression for the printed label, which ends where the values begin.
    `whole` requires that nothing else precedes the values. `unit` applies to numbers that are
    printed without a unit.
    """

    key: str
    label: str
    pattern: str = ""
    whole: bool = False
    unit: str | None = None

    @property
    def expression(self) -> str:
        """What the row is recognised by."""
        return self.pattern or self.label


@dataclass(frozen=True, slots=True)
class FormColumn:
    """A column by its head. `unit` is what its head or the form says of bare numbers."""

    key: str
    label: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """One item of article 20 in part 二: its columns and rows."""

    key: str
    label: str
    columns: tuple[FormColumn, ...]
    rows: tuple[FormRow, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """One of the two forms with tables: part 二 by clauses, part 三 by rows; part 四 is the same in
    both.
    """

    clauses: tuple[Clause, ...]
    applications: tuple[FormRow, ...]


# Key of each table -> its title: parts 二, 三 and 四 of the forms, and the annex of 2014.
TABLE_TITLES: Mapping[str, str] = {
    "proactive": "主动公开政府信息情况",
    "applications": "收到和处理政府信息公开申请情况",
    "review": "政府信息公开行政复议、行政诉讼情况",
    "annex": "政府信息公开情况统计表",
}

# Heads of part 三: who applied.
APPLICANT_COLUMNS = (
    FormColumn("natural", "自然人", "件"),
    FormColumn("commercial", "商业企业", "件"),
    FormColumn("research", "科研机构", "件"),
    FormColumn("nonprofit", "社会公益组织", "件"),
    FormColumn("legal", "法律服务机构", "件"),
    FormColumn("other_org", "其他", "件"),
    FormColumn("total", "总计", "件"),
)

# Heads of part 四, repeated for each of its three blocks.
RESULT_COLUMNS = (
    FormColumn("upheld", "结果维持", "件"),
    FormColumn("corrected", "结果纠正", "件"),
    FormColumn("other", "其他结果", "件"),
    FormColumn("pending", "尚未审结", "件"),
    FormColumn("total", "总计", "件"),
)

# The annex has one number a row.
ANNEX_COLUMNS = (FormColumn("value", "统计数"),)

REVIEW_BLOCKS = (
    FormRow("review", "行政复议"),
    FormRow("suit_direct", "行政诉讼:未经复议直接起诉"),
    FormRow("suit_after_review", "行政诉讼:复议后起诉"),
)

# 一、本年新收 and 二、上年结转: what came in.
_RECEIVED_ROWS = (
    FormRow(
        "new",
        "本年新收政府信息公开申请数量",
        "本年(?:度)?新收(?:到)?(?:的)?(?:政府信息公开)?申请(?:数量|数)?",
    ),
    FormRow(
        "carried_in",
        "上年结转政府信息公开申请数量",
        "上(?:一)?年(?:度)?结转(?:的)?(?:政府信息公开)?申请(?:数量|数)?",
    ),
)
# 三、本年度办理结果, (一) to (五): the same in both forms.
_OUTCOME_ROWS = (
    FormRow("granted", "予以公开", "(?<!不)予以公开"),
    FormRow(
        "partly_granted", "部分公开", "部分公开(?:区分处理的?只计这一情形不计其他情形)?"
    ),
    FormRow("refused.secret", "属于国家秘密"),
    FormRow(
        "refused.law",
        "其他法律行政法规禁止公开",
        "其他法律(?:法规)?(?:、)?(?:行政)?法规禁止公开",
    ),
    FormRow("refused.stability", "危及“三安全一稳定”", "危及三安全一稳定"),
    FormRow("refused.third_party", "保护第三方合法权益"),
    FormRow("refused.internal", "属于三类内部事务信息"),
    FormRow("refused.process", "属于四类过程性信息"),
    FormRow("refused.case_file", "属于行政执法案卷"),
    FormRow("refused.query", "属于行政查询事项"),
    FormRow(
        "unavailable.not_held",
        "本机关不掌握相关政府信息",
        "本(?:行政)?机关不掌握相关(?:政府)?信息",
    ),
    FormRow("unavailable.to_create", "没有现成信息需要另行制作"),
    FormRow("unavailable.unclear", "补正后申请内容仍不明确"),
    FormRow("not_processed.petition", "信访举报投诉类申请"),
    FormRow("not_processed.repeated", "重复申请"),
    FormRow("not_processed.publication", "要求提供公开出版物"),
    FormRow("not_processed.massive", "无正当理由大量反复申请"),
    FormRow(
        "not_processed.confirm",
        "要求行政机关确认或重新出具已获取信息",
        "要求行政机关确认或(?:者)?重新出具(?:已获取信息)?",
    ),
)
# (六)其他处理 is one row in the form of 2019, three in that of 2021.
_OTHER_ROW = FormRow("other", "其他处理")
_OTHER_ROWS = (
    FormRow(
        "other.not_corrected",
        "申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
        "(?:申请人)?(?:无正当理由)?逾期不补正(?:行政机关不再处理其政府信息公开申请)?",
    ),
    FormRow(
        "other.not_paid",
        "申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
        "(?:申请人)?逾期(?:未按收费通知要求缴纳费用|不缴费|未缴费)(?:行政机关不再处理其政府信息公开申请)?",
    ),
    # 其他 is also the head of the last applicants' column, which a repeated head row puts right
    # before the label; and a sheet says the name of the group in each of its rows
    FormRow(
        "other.misc",
        "其他",
        "^(?:.*法律服务机构其他|.{0,3}其他处理)?[(]?3?其他",
        whole=True,
    ),
)
# (七)总计 and 四、结转下年度继续办理.
_CLOSING_ROWS = (
    FormRow(
        "handled", "总计", "(?:^|法律服务机构其他|七)[(]?(?:总计|合计)", whole=True
    ),
    FormRow("carried_out", "结转下年度继续办理", "结转下(?:一)?年度?继续办理"),
)

# Heads of part 二: 2019 counts items, their change and decisions; 2021 decisions alone.
_COUNTED_2019 = (
    FormColumn("items", "上一年项目数量", "项"),
    FormColumn("change", "本年增/减", "项"),
)
_DECIDED_2019 = (*_COUNTED_2019, FormColumn("decisions", "处理决定数量", "件"))
_DECIDED_2021 = (FormColumn("decisions", "本年处理决定数量", "件"),)
_REGULATIONS_ROW = FormRow("regulations", "规章")
_PENALTY_ROWS = (
    FormRow("penalties", "行政处罚"),
    FormRow("coercive_measures", "行政强制", "行政强制(?:措施)?"),
)
_NORMATIVE_PATTERN = "(?:行政)?规范性文件"

_CLAUSES_2019 = (
    Clause(
        "20.1",
        "第二十条第(一)项",
        (
            FormColumn("made", "本年新制作数量", "件"),
            FormColumn("published", "本年新公开数量", "件"),
            FormColumn("published_total", "对外公开总数量", "件"),
        ),
        (_REGULATIONS_ROW, FormRow("normative", "规范性文件", _NORMATIVE_PATTERN)),
    ),
    Clause(
        "20.5",
        "第二十条第(五)项",
        _DECIDED_2019,
        (
            FormRow("licences", "行政许可"),
            FormRow("other_services", "其他对外管理服务事项"),
        ),
    ),
    Clause("20.6", "第二十条第(六)项", _DECIDED_2019, _PENALTY_ROWS),
    Clause(
        "20.8", "第二十条第(八)项", _COUNTED_2019, (FormRow("fees", "行政事业性收费"),)
    ),
    Clause(
        "20.9",
        "第二十条第(九)项",
        (
            FormColumn("items", "采购项目数量", "项"),
            FormColumn("amount", "采购总金额", "金额"),
        ),
        (FormRow("procurement", "政府集中采购"),),
    ),
)
_CLAUSES_2021 = (
    Clause(
        "20.1",
        "第二十条第(一)项",
        (
            FormColumn("made", "本年制发件数", "件"),
            FormColumn("repealed", "本年废止件数", "件"),
            FormColumn("in_force", "现行有效件数", "件"),
        ),
        (_REGULATIONS_ROW, FormRow("normative", "行政规范性文件", _NORMATIVE_PATTERN)),
    ),
    Clause(
        "20.5", "第二十条第(五)项", _DECIDED_2021, (FormRow("licences", "行政许可"),)
    ),
    Clause("20.6", "第二十条第(六)项", _DECIDED_2021, _PENALTY_ROWS),
    Clause(
        "20.8",
        "第二十条第(八)项",
        (FormColumn("amount", "本年收费金额", "万元"),),
        (FormRow("fees", "行政事业性收费"),),
    ),
)

# Name of the form -> its tables.
FORMS: Mapping[str, Form] = {
    "gb2019": Form(
        _CLAUSES_2019, (*_RECEIVED_ROWS, *_OUTCOME_ROWS, _OTHER_ROW, *_CLOSING_ROWS)
    ),
    "gb2021": Form(
        _CLAUSES_2021, (*_RECEIVED_ROWS, *_OUTCOME_ROWS, *_OTHER_ROWS, *_CLOSING_ROWS)
    ),
}


@cache
def clause_rows(form: str) -> tuple[tuple[Clause, FormRow], ...]:
    """Every row of part 二 with the clause that it belongs to."""
    return tuple((clause, row) for clause in FORMS[form].clauses for row in clause.rows)


# Name of the form -> heads and labels that only it has, and that prose hardly writes.
FORM_MARKERS: Mapping[str, str] = {
    "gb2019": "本年新制作数量|本年新公开数量|对外公开总数量|上一年项目数量|本年增减"
    "|其他对外管理服务事项|采购项目数量|采购总金额|第二十条第九项",
    "gb2021": "本年制发件数|本年废止件数|现行有效件数|本年处理决定数量|本年收费金额|逾期不补正"
    "|逾期未按收费通知要求缴纳费用",
    "stat2014": "主动公开政府信息数|收到申请数|申请办结数|申请答复数|当面申请数"
    "|属于已主动公开范围数|同意公开答复数|不同意公开答复数|维持具体行政行为|政府信息公开查阅点数",
}


def _stat(key: str, label: str, pattern: str = "", unit: str = "件") -> FormRow:
    return FormRow(key, label, pattern, unit=unit)


# The annex, one number a row; the rows on staff and meetings that follow are kept as
# they stand.
STAT2014 = (
    _stat(
        "proactive",
        "主动公开政府信息数",
        "主动公开政府信息数(?:不同渠道和方式公开相同信息计1条)?",
        "条",
    ),
    _stat("normative", "主动公开规范性文件数", unit="条"),
    _stat("normative_made", "制发规范性文件总数"),
    _stat("gazette", "政府公报公开政府信息数", unit="条"),
    _stat("website", "政府网站公开政府信息数", unit="条"),
    _stat("weibo", "政务微博公开政府信息数", unit="条"),
    _stat("wechat", "政务微信公开政府信息数", unit="条"),
    _stat("channels_other", "其他方式公开政府信息数", unit="条"),
    _stat(
        "responses",
        "回应公众关注热点或重大舆情数",
        "回应公众关注热点或重大舆情数(?:不同方式回应同一热点或舆情计1次)?",
        "次",
    ),
    _stat("briefings", "参加或举办新闻发布会总次数", unit="次"),
    _stat("interviews", "政府网站在线访谈次数", unit="次"),
    _stat("explanations", "政策解读稿件发布数", unit="篇"),
    _stat("received", "收到申请数"),
    _stat("received.in_person", "当面申请数"),
    _stat("received.fax", "传真申请数"),
    _stat("received.online", "网络申请数"),
    _stat("received.letter", "信函申请数"),
    _stat("closed", "申请办结数"),
    _stat("closed.on_time", "按时办结数"),
    _stat("closed.extended", "延期办结数"),
    _stat("answered", "申请答复数"),
    _stat("answered.already_public", "属于已主动公开范围数"),
    _stat("answered.granted", "同意公开答复数", "(?<!不)同意公开答复数"),
    _stat("answered.partly_granted", "同意部分公开答复数"),
    _stat("answered.refused", "不同意公开答复数"),
    _stat("refused.secret", "涉及国家秘密"),
    _stat("refused.trade_secret", "涉及商业秘密"),
    _stat("refused.privacy", "涉及个人隐私"),
    _stat(
        "refused.stability",
        "危及国家安全、公共安全、经济安全和社会稳定",
        "危及国家安全公共安全经济安全和社会稳定",
    ),
    _stat(
        "refused.not_information", "不是《条例》所指政府信息", "不是条例所指政府信息"
    ),
    _stat("refused.law", "法律法规规定的其他情形"),
    _stat("answered.not_ours", "不属于本行政机关公开数"),
    _stat("answered.absent", "申请信息不存在数"),
    _stat("answered.amend", "告知作出更改补充数"),
    _stat("answered.elsewhere", "告知通过其他途径办理数"),
    _stat("reviews", "行政复议数量"),
    _stat("reviews.upheld", "维持具体行政行为数"),
    _stat("reviews.corrected", "被依法纠错数"),
    _stat("reviews.other", "其他情形数"),
    _stat("suits", "行政诉讼数量"),
    _stat("suits.upheld", "维持具体行政行为或者驳回原告诉讼请求数"),
    _stat("suits.corrected", "被依法纠错数"),
    _stat("suits.other", "其他情形数"),
    _stat("complaints", "举报投诉数量"),
    _stat("fees", "依申请公开信息收取的费用", unit="万元"),
)

# The identities of the annex: a row and its addends.
SUMS_2014: Mapping[str, tuple[str, ...]] = {
    total: tuple(r.key for r in STAT2014 if r.key.startswith(f"{prefix}."))
    for total, prefix in (
        ("received", "received"),
        ("closed", "closed"),
        ("answered", "answered"),
        ("answered.refused", "refused"),
        ("reviews", "reviews"),
        ("suits", "suits"),
    )
}
