"""The numbers of a report that can be filtered, charted and exported: their names, units and where
they exist.

`templates` names the statutory forms that state the number with one and the same meaning. Where two
forms count differently, each has a metric of its own: so a chart never joins the two.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["GB_FORMS", "METRICS", "METRIC_NAMES", "Metric"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One number.

    `unit` is 件, 项, 条 or 元. `templates` are the forms that state it; "prose" means that
    sentences state it.
    """

    name: str
    label_zh: str
    label_en: str
    unit: str
    templates: tuple[str, ...]


# The forms that state a number: see `index.model.forms` for their names.
GB_FORMS = ("gb2019", "gb2021")
TABLE_FORMS = ("stat2014", *GB_FORMS)
ALL_FORMS = ("prose", *TABLE_FORMS)
GB_2019 = ("gb2019",)
GB_2021 = ("gb2021",)
STATED_FORMS = ("prose", "stat2014")

# Where 2019 and 2021 count otherwise (新制作 and 制发), a number of each has a row of its own.
METRICS = (
    Metric(
        "applications_new", "本年新收申请", "Applications received", "件", ALL_FORMS
    ),
    Metric(
        "applications_carried_in",
        "上年结转申请",
        "Applications carried in",
        "件",
        GB_FORMS,
    ),
    Metric("applications_granted", "予以公开", "Granted", "件", TABLE_FORMS),
    Metric(
        "applications_partly_granted", "部分公开", "Partly granted", "件", TABLE_FORMS
    ),
    Metric("applications_refused", "不予公开", "Refused", "件", GB_FORMS),
    Metric("applications_unavailable", "无法提供", "Unavailable", "件", GB_FORMS),
    Metric("applications_not_processed", "不予处理", "Not processed", "件", GB_FORMS),
    Metric("applications_other", "其他处理", "Otherwise closed", "件", GB_FORMS),
    Metric(
        "applications_handled", "本年办结合计", "Applications handled", "件", GB_FORMS
    ),
    Metric(
        "applications_carried_out",
        "结转下年度",
        "Applications carried out",
        "件",
        GB_FORMS,
    ),
    Metric("reviews_upheld", "行政复议：维持", "Reviews: upheld", "件", TABLE_FORMS),
    Metric(
        "reviews_corrected", "行政复议：纠正", "Reviews: corrected", "件", TABLE_FORMS
    ),
    Metric(
        "reviews_other",
        "行政复议：其他结果",
        "Reviews: other result",
        "件",
        TABLE_FORMS,
    ),
    Metric("reviews_pending", "行政复议：尚未审结", "Reviews: pending", "件", GB_FORMS),
    Metric("reviews_total", "行政复议：总计", "Reviews", "件", ALL_FORMS),
    Metric("suits_upheld", "行政诉讼：维持", "Lawsuits: upheld", "件", TABLE_FORMS),
    Metric(
        "suits_corrected", "行政诉讼：纠正", "Lawsuits: corrected", "件", TABLE_FORMS
    ),
    Metric(
        "suits_other", "行政诉讼：其他结果", "Lawsuits: other result", "件", TABLE_FORMS
    ),
    Metric("suits_pending", "行政诉讼：尚未审结", "Lawsuits: pending", "件", GB_FORMS),
    Metric("suits_total", "行政诉讼：总计", "Lawsuits", "件", ALL_FORMS),
    Metric("licences", "行政许可处理决定", "Licensing decisions", "件", GB_FORMS),
    Metric("penalties", "行政处罚处理决定", "Penalty decisions", "件", GB_FORMS),
    Metric(
        "coercive_measures", "行政强制处理决定", "Coercive measures", "件", GB_FORMS
    ),
    Metric("fee_items", "行政事业性收费项目", "Fee items", "项", GB_2019),
    Metric("fee_yuan", "行政事业性收费（元）", "Administrative fees", "元", GB_2021),
    Metric("procurement_items", "政府集中采购项目", "Procurement items", "项", GB_2019),
    Metric(
        "procurement_yuan", "政府集中采购（元）", "Procurement amount", "元", GB_2019
    ),
    Metric("regulations_made", "规章：本年制发", "Regulations made", "件", GB_2021),
    Metric(
        "regulations_in_force", "规章：现行有效", "Regulations in force", "件", GB_2021
    ),
    Metric(
        "regulations_new", "规章：本年新制作", "Regulations newly made", "件", GB_2019
    ),
    Metric(
        "normative_made",
        "规范性文件：本年制发",
        "Normative documents made",
        "件",
        GB_2021,
    ),
    Metric(
        "normative_in_force",
        "规范性文件：现行有效",
        "Normative documents in force",
        "件",
        GB_2021,
    ),
    Metric(
        "normative_new",
        "规范性文件：本年新制作",
        "Normative documents newly made",
        "件",
        GB_2019,
    ),
    Metric(
        "normative_published",
        "规范性文件：对外公开总数",
        "Normative documents published in all",
        "件",
        GB_2019,
    ),
    Metric(
        "proactive_total",
        "主动公开总数（正文）",
        "Items published (text)",
        "条",
        ALL_FORMS,
    ),
    Metric("wechat_items", "政务微信（正文）", "WeChat items (text)", "条", ALL_FORMS),
    Metric(
        "website_items", "政府网站（正文）", "Website items (text)", "条", ALL_FORMS
    ),
    Metric(
        "normative_documents",
        "规范性文件（正文）",
        "Normative documents (text)",
        "件",
        STATED_FORMS,
    ),
    Metric(
        "fees_charged_yuan", "依申请公开收费（元）", "Fees charged", "元", ALL_FORMS
    ),
)
METRIC_NAMES = tuple(m.name for m in METRICS)
