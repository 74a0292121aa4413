"""The parts of the metadata, each by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from indexer.metadata.bodies import (
    CENTRAL_NAME_BY_SHORT,
    CENTRAL_NAMES,
    LINE_PATTERNS,
    RENAMES,
    line_of,
    org_type_of,
    successors,
    system_of,
)
from indexer.metadata.dates import days_in, year_of
from indexer.metadata.hosts import HostTable, host_of
from indexer.metadata.kind import DOCUMENT_SIGNS, OWN_OPENING, SIGNS, _found
from indexer.metadata.published import published_fact
from indexer.metadata.reading import Reading
from indexer.metadata.title import read_title
from indexer.metadata.year import period_of


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2018", 2018),
        ("二〇一八", 2018),
        ("二○一二", 2012),
        ("二零二一", 2021),
        ("202020", 2020),
        ("20192019", 2019),
        ("202019", None),
        ("1998", None),
        ("2099", None),
    ],
)
def test_years(text: str, year: int | None) -> None:
    assert year_of(text) == year


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2019年03月11日", ["2019-03-11"]),
        ("2019-3-4 09:17", ["2019-03-04"]),
        ("2019/12/31", ["2019-12-31"]),
        ("2014.3.18", ["2014-03-18"]),
        ("二〇一九年三月三十一日", ["2019-03-31"]),
        ("二〇一九年十二月廿五日", ["2019-12-25"]),
        ("2019年2月30日", []),
        ("2019年13月1日", []),
        ("2019年3月", []),
        ("12019年3月4日", []),
    ],
)
def test_days(text: str, days: list[str]) -> None:
    assert [day for day, _, _ in days_in(text)] == days


@pytest.mark.parametrize(
    ("title", "agency", "year"),
    [
        ("龙岗区文产办2018年政府信息公开工作年度报告", "龙岗区文产办", 2018),
        ("2018年政府信息公开工作年度报告", "", 2018),
        ("宿州市人民政府信息公开年度报告", "宿州市人民政府", None),
        (
            "关于印发《深圳市盐田区2017年政府信息公开工作年度报告》的通知",
            "深圳市盐田区",
            2017,
        ),
        ("附件1:衡阳市教育局2018年度信息公开年报", "衡阳市教育局", 2018),
        ("衡阳市环境保护局2013年环境信息公开年度报告", "衡阳市环境保护局", 2013),
        ("政府信息公开工作年度报告(沭阳县教育局)", "沭阳县教育局", None),
        ("会议通知", "", None),
        ("", "", None),
    ],
)
def test_titles(title: str, agency: str, year: int | None) -> None:
    got = read_title(title)
    assert (got.agency, got.year) == (agency, year)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("民政局", "民政"),
        ("人民政府", None),
        ("人民政府办公室", None),
        ("国土资源局", "自然资源和规划"),
        ("自然资源局", "自然资源和规划"),
        ("文化体育广电新闻出版局", "文化旅游体育"),
        ("文化和旅游局", "文化旅游体育"),
        ("卫生和计划生育局", "卫生健康"),
        ("卫生健康局", "卫生健康"),
        ("工商行政管理局", "市场监管"),
        ("市场监督管理局", "市场监管"),
        ("市场监管局", "市场监管"),
        ("安全生产监督管理局", "应急管理"),
        ("乡村振兴局", "农业农村"),
        ("科技创新局", "科技和工业信息化"),
        ("横岗街道办事处", None),
        ("知识产权局", "市场监管"),
    ],
)
def test_lines(name: str, line: str | None) -> None:
    assert line_of(name) == line


def test_a_rename_stays_on_its_line() -> None:
    assert len({line for line, _ in LINE_PATTERNS}) >= 29
    for rename in RENAMES:
        assert (
            line_of(rename.before) == rename.line
            or "消防" in rename.before
            or "检验检疫" in rename.before
        )
        assert line_of(rename.after) in (
            rename.line,
            "市场监管",
            "司法",
            "农业农村",
            "发展改革",
            "海关",
        )


def test_successors_follow_one_reform_after_another() -> None:
    assert [r.after for r in successors("卫生局")] == ["卫生和计划生育局", "卫生健康局"]
    assert [r.year for r in successors("卫生局", since=2013)] == []
    assert successors("教育局") == []


@pytest.mark.parametrize(
    ("rest", "kind"),
    [
        ("", "人民政府"),
        ("人民政府", "人民政府"),
        ("人民政府办公室", "政府办公机构"),
        ("教育局", "部门"),
        ("横岗街道办事处", "街道办事处"),
        ("虎门镇人民政府", "乡镇政府"),
        ("高新技术产业开发区管理委员会", "功能区管委会"),
        ("中心医院", "公共企事业"),
        ("国有资产监督管理委员会", "部门"),
        ("发展和改革委员会", "部门"),
    ],
)
def test_org_types(rest: str, kind: str | None) -> None:
    assert org_type_of(rest) == kind


@pytest.mark.parametrize(
    ("name", "system"),
    [
        ("国家税务总局深圳市龙岗区税务局", "税务"),
        ("深圳海关", "海关"),
        ("国家统计局六盘水调查队", "统计调查"),
        ("安顺市气象局", "气象"),
        ("衡阳市教育局", None),
        ("衡阳市地震局", None),
    ],
)
def test_systems(name: str, system: str | None) -> None:
    assert system_of(name) == system


def test_short_central_names_are_central() -> None:
    assert set(CENTRAL_NAME_BY_SHORT) <= CENTRAL_NAMES
    assert set(CENTRAL_NAME_BY_SHORT.values()) <= CENTRAL_NAMES


def test_a_reading_keeps_its_lines() -> None:
    reading = Reading("  橫崗街道\n\n辦事處　\n2019 年 2 月\n")
    assert reading.head == reading.foot
    assert [reading.form[a:b] for a, b in reading.head] == [
        "横岗街道",
        "办事处",
        "2019年2月",
    ]
    assert reading.form.split() == ["横岗街道办事处2019年2月"]
    assert reading.quote(*reading.head[0]) == "橫崗街道"


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("统计期限自2013年1月1日起至2013年12月31日止", "2013-01-01/2013-12-31"),
        ("起止時間為2019年1月1日至12月31日。", "2019-01-01/2019-12-31"),
        ("统计期限为2015年12月1日至2016年10月30日", "2015-12-01/2016-10-30"),
        ("自2018年1月1日至2018年12月31日,我局", "2018-01-01/2018-12-31"),
        ("统计期限为2010年1月1日至2018年12月31日", None),
        ("统计期限自2018年1月1日至2018年2月31日", None),
        ("截至2018年12月31日", None),
    ],
)
def test_periods(text: str, period: str | None) -> None:
    found = period_of(Reading(text))
    assert (str(found) if found else None) == period


@pytest.mark.parametrize(
    ("meta", "text", "published"),
    [
        ({"published": "2019-03-14T09:17:00+08:00"}, "", "2019-03-14"),
        ({"header": "发布时间:2019-03-14 09:17来源:办公室"}, "", "2019-03-14"),
        ({"header": "2019-03-14 来源:办公室"}, "", "2019-03-14"),
        ({"header": "更新日期:2020-01-01 发布日期:2019-03-14"}, "", "2019-03-14"),
        ({"header": "浏览次数:20190314"}, "", None),
        ({}, "发布时间:2019-03-14\n正文", "2019-03-14"),
        ({}, "正文\n某局\n2014年3月18日", "2014-03-18"),
        ({}, "正文\n某局 2014年3月18日", "2014-03-18"),
        ({}, "正文\n2014年3月18日\n某局", "2014-03-18"),
        ({}, "正文\n截至2014年3月18日", None),
        ({}, "正文。2014年3月18日,某局开会。", None),
    ],
)
def test_publication(meta: dict[str, str], text: str, published: str | None) -> None:
    fact = published_fact(meta, Reading(text))
    assert (fact.value if fact else None) == published


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://WWW.LG.gov.cn:80/a", "www.lg.gov.cn"),
        ("www.lg.gov.cn/a", "www.lg.gov.cn"),
        ("", None),
        ("http://[x", None),
    ],
)
def test_hosts(url: str, host: str | None) -> None:
    assert host_of(url) == host


def test_a_host_is_learned_from_three_that_agree() -> None:
    longgang, street = (
        ("广东省", "深圳市", "龙岗区"),
        ("广东省", "深圳市", "龙岗区", "横岗街道"),
    )
    pairs = [
        ("a", longgang),
        ("a", street),
        ("a", longgang),
        ("b", longgang),
        ("b", longgang),
    ]
    pairs += [("c", longgang), ("c", longgang), ("c", ("湖南省", "衡阳市"))]
    table = HostTable.learn(pairs)
    assert table.region("http://a/x") == longgang
    assert table.region("http://b/x") is None
    assert table.region(None) is None
    assert len(table) == 1


def test_a_host_needs_nearly_all() -> None:
    one, other = ("广东省",), ("湖南省",)
    assert len(HostTable.learn([("a", one)] * 19 + [("a", other)])) == 1
    assert len(HostTable.learn([("a", one)] * 18 + [("a", other)])) == 0


SPEAKING = (
    *("现将有关事项通知如下", "请遵照执行", "现转发给你们", "认真贯彻落实。"),
    *("请各单位于月底前报送", "请于三十日前上报"),
    *("制定了本指南", "受理机构:办公室", "受理时间:工作日", "申请人应当填写"),
    *("公民可以凭身份证", "申请公开的流程:", "自收到申请之日起", "本指南由我局解释"),
    *("由会员分享", "珍藏版", "文档下载", "工作总结范文", "参考文本", "××县"),
    *("xx 市", "XX局", "〇〇局", "**县", "董事会 监事会", "股东大会 每股收益"),
    *("上市公司 主营业务", "地区生产总值", "本报讯", "本网讯", "记者 王", "增加值"),
    *("绩效评价", "支出绩效", "比上年增长", "比去年增长", "较上年同期增长"),
    *("常住人口", "可比价", "初步核算", "编制本指南", "报告显示,", "报告指出:"),
    *("在第三次会议上,各位代表:", "现代表县人民政府向大会报告工作"),
    *(
        "提出如下意见",
        "提出以下实施意见",
        "特此通告",
        "特此函复",
        "请你局",
        "现予公示。",
    ),
    *("予以公示。", "公示期为五天", "公示时间:三天", "现公开征求社会各界意见"),
    *("制定本办法", "制订本预案", "制定如下工作方案", "拟定如下计划"),
    *(
        "一、指导思想 二、工作目标",
        "一、总体要求 二、重点任务",
        "三、实施步骤 四、保障措施",
    ),
    *(
        "一、基本原则 二、主要任务",
        "一、出台背景 二、主要内容",
        "一、制定依据 二、创新点",
    ),
    *(
        "一、政策意义 二、主要特点",
        "3个工作日内受理,20个工作日内答复",
        "现解读如下",
        "政策图解",
    ),
    *(
        "近日,我县召开",
        "日前,县局印发",
        "昨日,大会开幕",
        "连日来,干部深入",
        "近期,县局组织",
    ),
    *(
        "今天,县长来到",
        "记者从会上获悉",
        "从县局了解到",
        "据介绍,",
        "据悉,",
        "纷纷表示",
    ),
    *("(通讯员 王)", "告诉记者", "村民高兴地说", "居民李某表示", "感动地表示"),
    *(
        "5月3日上午,县里召开",
        "5月3日,县长来到",
        "同志们:",
        "这次会议,主要是",
        "下面,我讲",
    ),
    *("今天的大会,主要任务",),
    *("会议听取", "主持会议", "应到代表", "列席人员:", "作重要讲话", "隆重开幕"),
    *(
        "来函收悉",
        "您提出的",
        "你们反映的",
        "现答复如下",
        "现将情况回复如下",
        "来信内容:",
    ),
    *("留言时间:", "咨询主题:", "提问人:", "信件标题:", "诉求内容:", "问题描述:"),
    *(
        "答复内容:",
        "回复单位:",
        "答复时间:",
        "回复部门:",
        "答复机构:",
        "网友提问",
        "回复:您好",
    ),
    *(
        "财政拨款收入 财政拨款支出",
        "收支总计 收入合计",
        "决算数 预算数",
        "预算草案 预算执行",
    ),
    *("公共预算收入 公共预算支出", "名词解释 部门决算编制"),
    *(
        "采购人: 采购方式:",
        "招标文件 投标截止",
        "中标金额 成交供应商",
        "项目编号: 预算金额",
    ),
    *("报名条件 招聘岗位", "拟录用 拟聘", "拟用 报名时间"),
    *("当事人:甲。经查,", "违反《食品安全法》,责令改正", "上述行为,处罚如下"),
    *("没收违法所得。承诺如下:", "基本案情:法院认为", "申请人:乙。经审理查明"),
    *("现将平安建设工作情况报告如下", "现就财政预算情况公布如下"),
    *("2022年,我局主动公开", "2022年度我镇坚持公开", "2022年以来,我局坚持公开"),
)
SPEAKING_SIGNS = (*SIGNS, *DOCUMENT_SIGNS, OWN_OPENING)


@pytest.mark.parametrize("text", SPEAKING)
def test_every_way_of_a_sign_holds_one_of_its_words(text: str) -> None:
    tried = [replace(sign, words=()) for sign in SPEAKING_SIGNS if sign.words]
    named = [sign for sign in SPEAKING_SIGNS if sign.words]
    told = [sign.name for sign in tried if _found(sign, text)]
    assert told
    assert [sign.name for sign in named if _found(sign, text)] == told
