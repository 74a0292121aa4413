"""Openings as real reports have them: without a title, with cards, beside notices and guides."""

from __future__ import annotations

import re

import pytest

from index.model.problems import Code
from indexer.metadata.spotting import STOP_PATTERN, STOP_WORDS, shorten, spot
from indexer.places import Gazetteer
from tests.indexer.metadata.test_derive import read


@pytest.mark.parametrize(
    ("form", "name", "whole"),
    [
        ("成都市公安局青羊区分局联系", "成都市公安局青羊区分局", True),
        ("霍城县水利局坚持公开", "霍城县水利局", True),
        (
            "沈阳市人民政府国有资产监督管理委员会办公室联系",
            "沈阳市人民政府国有资产监督管理委员会办公室",
            True,
        ),
        ("中仓街道积极推动街道工作", "中仓街道", True),
        ("眉山市按照要求", "眉山市", True),
        ("坪山区委(区政府)办公室2017年", "坪山区委(区政府)办公室", True),
        ("安溪县湖头镇人民政府一、总体情况", "安溪县湖头镇人民政府", True),
    ],
)
def test_a_name_is_read_to_its_last_ending(form: str, name: str, whole: bool) -> None:
    spotted = spot(form, 0, Gazetteer.load())
    assert spotted is not None
    assert (spotted.text, spotted.whole) == (name, whole)


def test_a_look_at_the_first_character_passes_nothing_over() -> None:
    plain = re.compile(STOP_WORDS)
    for word in re.sub(r"\([^()]*\)", "", STOP_WORDS).split("|"):
        text = f"甲{word.replace(chr(92) + 'd', '5')}丙、丁"
        assert bool(STOP_PATTERN.search(text)) == bool(plain.search(text)), word


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("沈阳市国有资产监督管理委员会办公室", "沈阳市国有资产监督管理委员会"),
        ("武汉市人民政府台湾事务办公室", "武汉市人民政府台湾事务办公室"),
        ("荣华街道办事处党政综合办公室", "荣华街道办事处"),
        ("鹿城区人民政府及办公室", "鹿城区人民政府"),
        ("拱北海关关区", "拱北海关"),
        ("荣华街道办事处", "荣华街道办事处"),
        ("安溪县湖头镇党政综合办公室", "安溪县湖头镇"),
        ("安溪县湖头镇党政办", "安溪县湖头镇"),
    ],
)
def test_the_office_inside_is_taken_off(name: str, short: str) -> None:
    assert shorten(name) == short


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        (
            "2024年,安溪县财政局坚持公开。2024年度我局公开信息30条。",
            "泉州市安溪县财政局",
        ),
        (
            "本报告由绵阳市统计局根据条例要求编制。2020年,我局公开信息3条。",
            "绵阳市统计局",
        ),
        (
            "请联系:江夏区纸坊街道办事处党政办公室。2021年,我街公开信息。",
            "武汉市江夏区纸坊街道办事处",
        ),
        (
            "制定《宜都市文化馆信息公开制度》。2019年,宜都市文化和旅游局认真公开。",
            "宜昌市宜都市文化和旅游局",
        ),
        ("2020年,长沙理工大学坚持信息公开。我校公开信息20条。", "长沙理工大学"),
        (
            "根据《四川省人民政府信息公开指南》,2019年,会理县人民政府坚持公开。",
            "凉山彝族自治州会理县人民政府",
        ),
        (
            "为进一步规范公开,安溪县审计局对2019年度工作进行了总结。我局公开信息。",
            "泉州市安溪县审计局",
        ),
        (
            "单位:安溪县湖头镇人民政府\n一、总体情况\n我镇2024年公开信息88条。",
            "泉州市安溪县湖头镇人民政府",
        ),
        (
            "名 称 | 2021年度年报\n发布机构 | 安溪县审计局 | 文号 | \n我局公开信息。",
            "泉州市安溪县审计局",
        ),
        (
            "[ 发文单位 ] 安溪县审计局 [ 发布日期 ] 2022-01-03\n我局公开信息。",
            "泉州市安溪县审计局",
        ),
        (
            "发布机构 安溪县审计局 成文日期 2022-01-03\n我局公开信息。",
            "泉州市安溪县审计局",
        ),
        (
            "安溪县人民法院2019年司法公开工作情况\n我院加强公开。",
            "安溪县人民法院",
        ),
    ],
)
def test_a_body_is_read_without_a_title(text: str, agency: str) -> None:
    assert read(text, None, None).agency == agency


@pytest.mark.parametrize(
    ("text", "reads_as"),
    [
        (
            "某市人民政府办公室关于做好2016年政府信息公开年度报告编制工作的通知\n现就有关事项通知如下:",
            "notice",
        ),
        (
            (
                "某县政府信息公开年度报告制度\n"
                "第一条 为规范公开,制定本制度。\n第二条 本制度适用于各单位。"
            ),
            "rules",
        ),
        (
            "某市政府信息公开指南\n为便于公众,编制本指南。受理机构:某市政府办公室。",
            "guide",
        ),
        (
            "《环保局年度信息公开报告.doc》由会员分享。一、概述 xx 市环保局认真公开。",
            "template",
        ),
        (
            (
                "安溪县召开2021年政府信息公开年度报告编制部署会\n"
                "日前,会议强调,各单位要高度重视。会议要求按时完成。"
            ),
            "bulletin",
        ),
        (
            "一图读懂《2021年某省政府信息公开工作年度报告》\n来源:省政府办公厅",
            "guide",
        ),
        (
            "政府信息公开常见问题\n问:什么是申请公开?\n答:公民可以申请。",
            "guide",
        ),
        (
            (
                "安溪县通报2022年度政府信息公开年报发布情况\n"
                "日前,县政府办公室召开会议,通报了各单位年报发布情况。会议要求抓好落实。"
            ),
            "bulletin",
        ),
        (
            (
                "安溪县财政局扎实做好政府信息公开工作\n"
                "今年以来,我局认真推进政府信息公开工作。我局严把审核。"
            ),
            "bulletin",
        ),
        (
            (
                "安溪县政府信息公开情况的汇报\n各位委员:\n"
                "现将政府信息公开工作汇报如下,请予审议。一、主要做法。"
            ),
            "other report",
        ),
        (
            "安溪县2021年政务公开工作责任分解表\n年度报告 | 县政府办 | 全年",
            "template",
        ),
        (
            "市教育局2023年政府网站工作年度报表\n填报单位:市教育局",
            "template",
        ),
    ],
)
def test_what_is_no_report_is_said(text: str, reads_as: str) -> None:
    got = read(text, None, None)
    assert (got.kind, got.year) == ("other", None)
    told = [p.facts for p in got.problems if p.code == Code.KIND_OTHER]
    assert told == [{"reads_as": reads_as}]


@pytest.mark.parametrize(
    ("text", "reads_as"),
    [
        ("为切实做好防汛工作,制定本预案。\n1 总则\n1.1 编制目的", "rules"),
        (
            "关于老旧小区改造方案的有关情况\n一、出台背景\n国家印发意见。\n二、主要内容\n方案分五个部分。",
            "guide",
        ),
        (
            "来信内容:小区路灯坏了两个月,请有关部门解决。\n答复内容:该路灯已经修复。",
            "salutation",
        ),
        ("昨日上午,县人民代表大会第三次会议隆重开幕。应到代表186名。", "bulletin"),
        ("我县政务公开工作获全市第一\n我县以96.5分位居第一。", "bulletin"),
        ("城西镇开展秋冬季森林防火宣传\n镇里组织护林员走村入户。", "bulletin"),
        (
            "2020年,我县发布政府信息公开年度报告。报告显示,全县主动公开信息2万条。",
            "bulletin",
        ),
        ("停水公告\n因管网改造施工,定于8月14日停水。", "notice"),
        (
            "县委政法委:\n2021年,我乡化解矛盾。现将平安建设工作情况报告如下:一、主要做法。",
            "other report",
        ),
        ("县信访局2018年信访工作总结\n2018年,县信访局受理来信1246件。", "other report"),
        (
            "受理点在一楼。申请后5个工作日内转办,20个工作日内提出答复意见。存档。",
            "guide",
        ),
        (
            "当事人:某超市\n经查,当事人销售过期食品。决定处罚如下:罚款5000元。",
            "notice",
        ),
        (
            (
                "走进县政务服务中心,大厅宽敞明亮。正在查询的个体户小王竖起了大拇指。"
                "该县主动公开信息1万条,办事不再跑腿。"
            ),
            "bulletin",
        ),
        (
            "我局2021年公开工作考核获优秀等次\n近日,县里印发通报。2021年,我局主动公开信息520条。",
            "bulletin",
        ),
        (
            "同志们:\n这次会议,主要是总结工作。2018年,全县主动公开信息1.3万条。",
            "bulletin",
        ),
        (
            "连续三年,全镇林木覆盖率稳步提高,村庄面貌焕然一新,道路平整,河水清澈,群众满意,游人纷至沓来,山乡的日子越过越红火,处处呈现新的景象。",
            "no report",
        ),
    ],
)
def test_what_a_document_says_of_itself_tells_it(text: str, reads_as: str) -> None:
    got = read(text, None, None)
    assert (got.kind, got.year) == ("other", None)
    told = [p.facts for p in got.problems if p.code == Code.KIND_OTHER]
    assert told == [{"reads_as": reads_as}]


@pytest.mark.parametrize(
    "text",
    [
        "您当前的位置:首页 >> 信息公开 >> 通知公告\n一、基本情况\n我局2016年主动公开信息356条。",
        "政府信息公开指南\n通知公告\n安溪县财政局2018年度政府信息公开工作年度报告\n一、概述",
        "我局信息\n信息公开意见箱\n网上信箱\n2018年,我局主动公开信息30条。没有收到公开申请。",
        "关于2020年信息公开年度报告的公示\n现将我院2020年信息公开年度报告予以公示。公开信息30条。",
        "公共服务\n信息公开情况说明\n我公司2021年公开信息215条,没有收到信息公开申请。",
        "2009年,本市各级政府部门坚持公开为原则,政府信息公开取得了新进展。",
        "安溪县法院政务公开、司法公开2013年度工作总结\n2013年,我院推进司法公开。公开文书630份。",
        "永乐乡卫生院2019年信息公开年度报告:公开价格112项。设意见箱1个。",
        "关于公布2016年度政府信息公开工作年度报告的公告\n现公布我局2016年度政府信息公开年度报告。",
        "2014年信息公开总结及2015年工作计划\n2014年,我局认真公开。无依申请公开。",
        "2021年,我局出台《公开制度》。4月20日上午,我局召开会议,局长作重要讲话。主动公开信息30条。",
        (
            "安溪县民政局2020年政府信息公开年度报告\n会议强调落实。培训会上讲解了条例。"
            "申请人可以填写申请表。全年办理12件,比上年增长50%。"
        ),
        "(一)主动公开。本年度发布129条。\n(二)依申请公开。收到申请6件。",
        "2016年,我司公布停气计划32次。未接到用户公开申请。",
        "根据《条例》和省、市要求,编制巴彦县民政局2021年政府信息公开工作年度报告。",
        "安溪县财政局2020年政府信息公开年报。2020年安溪县财政局加强公开。",
        "政府信息公开报告2011\n我委今年公开信息213条,比去年增长20%。",
    ],
)
def test_a_report_that_speaks_of_other_documents_is_one(text: str) -> None:
    assert read(text, None, None).kind == "annual_report"


@pytest.mark.parametrize(
    "text", ["附件下载", "见下页。", "政府信息公?工作?度报?县交??局", "1234567890 " * 8]
)
def test_too_little_tells_nothing(text: str) -> None:
    assert read(text, None, None).kind is None


def test_a_heading_is_no_headline() -> None:
    text = (
        "一、加强政府信息公开工作\n2021年,我局主动公开政府信息30条。\n"
        "二、依申请公开情况\n我局没有收到申请。"
    )
    assert read(text, None, None).kind == "annual_report"


def test_a_report_in_english_is_one() -> None:
    text = (
        "China Meteorological Administration's 2017 Government Information Disclosure"
        " Annual Report\nThis report has been prepared in accordance with the law."
    )
    got = read(text, None, None)
    assert (got.kind, got.year) == ("annual_report", 2017)


def test_the_evidence_of_a_name_is_the_name() -> None:
    text = "如有疑问,请与安溪县财政局办公室联系。2021年,我局公开信息。"
    fact = read(text, None, None).evidence["agency"]
    assert fact.evidence == "安溪县财政局"
    assert fact.span == (text.index("安"), text.index("办"))


def test_the_evidence_of_a_short_name_is_where_it_stands_in_full() -> None:
    text = "如有疑问,请与市公安局办公室联系。2015年,如皋市公安局认真公开。"
    fact = read(text, None, None).evidence["agency"]
    assert fact.value == "南通市如皋市公安局"
    assert fact.evidence == "如皋市公安局"


def test_the_evidence_of_a_year_is_where_it_is_spoken_of() -> None:
    text = "我局共收到申请3件。2021年度,我局公开信息。2021年收到意见。"
    fact = read(text, None, None).evidence["year"]
    assert fact.evidence == "2021年度"
    assert fact.span == (text.index("2021"), text.index("2021") + 6)


def test_the_evidence_in_a_title_is_as_printed() -> None:
    title = "衡陽市教育局2018年政府信息公開工作年度報告"
    fact = read("我局公开信息。", title, None).evidence["agency"]
    assert (fact.value, fact.evidence) == ("衡阳市教育局", title)


@pytest.mark.parametrize(
    ("title", "region", "level"),
    [
        ("中国人民银行南昌中心支行", ["江西省", "南昌市"], "地市级"),
        ("国家统计局涪陵调查队", ["重庆市", "涪陵区"], "县区级"),
        ("中国证券监督管理委员会深圳监管局", ["广东省", "深圳市"], "地市级"),
        ("财政部四川监管局", ["四川省"], "省级"),
        ("盐城经济技术开发区新城街道办事处", ["江苏省", "盐城市"], "乡镇街道级"),
        ("长沙高新技术产业开发区管委会", ["湖南省", "长沙市"], None),
        (
            "前郭县民政局",
            ["吉林省", "松原市", "前郭尔罗斯蒙古族自治县"],
            "县区级",
        ),
    ],
)
def test_where_a_body_is(title: str, region: list[str], level: str | None) -> None:
    got = read("2020年公开信息。", f"{title}2020年政府信息公开工作年度报告", None)
    assert (got.region, got.level) == (region, level)


def test_a_report_is_one() -> None:
    text = "一、总体情况\n2023年,我局主动公开信息30条。\n二、主动公开政府信息情况"
    got = read(text, "安溪县财政局2023年政府信息公开工作年度报告", None)
    assert got.kind == "annual_report"
    assert got.evidence["kind"].confidence > 0.8


def test_a_covering_letter_is_not_told_for_a_notice() -> None:
    title = "关于印发《龙岗区教育局2017年政府信息公开工作年度报告》的通知"
    got = read("2017年,我局主动公开信息30条。", title, None)
    assert got.kind != "other"


COVERING = """望海市人民政府办公室关于印发望海市2020年政府信息公开工作年度报告的通知
各镇人民政府，市府各部门：
现将《望海市2020年政府信息公开工作年度报告》印发给你们，请结合实际认真贯彻。
"""


def test_a_report_below_its_covering_letter_is_one() -> None:
    report = (
        "望海市2020年政府信息公开工作年度报告\n一、总体情况\n2020年，全市公开信息18条。\n"
        "二、主动公开政府信息情况\n制发规范性文件2件。\n三、收到和处理政府信息公开申请情况\n"
        "本年新收5件。\n五、存在的主要问题及改进情况\n公开内容不够全面。"
    )
    got = read(COVERING + report, None, None)
    assert (got.kind, got.year) == ("annual_report", 2020)
    # the notice alone orders, and reports nothing
    assert read(COVERING + "望海市人民政府办公室\n2021年3月20日", None, None).kind != (
        "annual_report"
    )


def test_the_number_of_a_card_tells_namesakes_apart() -> None:
    text = "索引号 | 620702081/2026-00007 |\n2025年,北街街道认真公开。"
    got = read(text, "北街街道2025年政府信息公开工作年度报告", None)
    assert got.region == ["甘肃省", "张掖市", "甘州区", "北街街道"]


def test_a_township_of_a_people_goes_by_its_short_name() -> None:
    got = read("2020年,平坝区羊昌乡人民政府坚持公开。", None, None)
    assert got.region == ["贵州省", "安顺市", "平坝区", "羊昌布依族苗族乡"]
    assert got.agency == "安顺市平坝区羊昌乡人民政府"


def test_what_a_report_calls_itself_tells_its_level() -> None:
    got = read("一、总体情况\n我镇公开信息30条。我镇没有收到申请。", None, None)
    assert (got.level, got.org_type, got.agency) == ("乡镇街道级", "乡镇政府", None)
