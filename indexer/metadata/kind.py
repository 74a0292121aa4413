"""Whether a document is an annual report on information disclosure at all.

Notices on how to write one, guides, rules, templates, news and bulletins speak of the same things.
Each sign below speaks for a report or against it; their sum decides, and is told with the sign that
weighs most.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice, pairwise

from index.analysis.characters import BASIC_HAN_CLASS
from index.model.report import ANNUAL_REPORT, OTHER_KIND, Fact
from indexer.metadata.reading import Reading
from indexer.metadata.title import Title

__all__ = ["Told", "heading_of", "kind_of"]

# What a document reads as that shows no sign of a report.
NO_REPORT = "no report"
# Characters from the beginning that are looked at: the chapters of a long report come later, but
# its opening and its first chapter tell enough.
REACH = 2000
# The sum of what speaks for a report from which nothing more is asked of it.
ENOUGH = 5.0
# A text this short says too little to be told for something else without a sign against it.
MIN_TELLING = 200
# Shorter ones tell nothing by what they leave out: 附件下载.
MIN_PLAIN = 50
# One this long that shows no sign of a report is none.
MIN_HINTING = 100
# Characters of a text to one 公开 in it, from which on it is of something else.
MAX_SILENCE = 500
# The sum from which a document is taken for a report.
MIN_SCORE = 2.0


def _words(words: str) -> tuple[str, ...]:
    return tuple(words.split())


NUMERAL = "[一二三四五六七八九十]"
# What a report of another kind is of; not in the name of an office, as in 审计局.
OTHER_SUBJECTS = (
    "(?:绩效|评价|自评|[预决]算|财政|审计|统计|调查|调研|评估|巡[视察]|整改|督查|检查|考察"
    "|法治(?:政府|建设)|依法(?:行政|治)|普法|执法|平安|综治|治安|信访|维稳|党建|党风|廉政|作风|意识形态|组织生活"
    "|安全生产|消防|应急|防汛|抗旱|疫情|防控|防火|环境(?:质量|状况|保护)|环保|扶贫|脱贫|乡村振兴|农业|水利|林业"
    "|人口|就业|社保|医保|教学|教育|质量|招生|招聘|人才|营商|放管服|优化|招商|项目|网站|普查|采购|述职|个人|学习|思想"
    "|经济|社会责任|许可|处罚|双随机|监管|监测|抽[查检]|文明|创建|宣传|卫生|计划生育|科普|档案|保密)"
    "(?![^,。]{0,4}公开)"
)
REPORT_ENDING = "(?:报告|汇报|总结|年报|情况|公报)"
# What it reads as -> how titles of such documents end: what is no report by its name.
TITLE_ENDINGS = {
    "notice": _words(
        "通知 通知书 意见 批复 公告 通告 通报 公示 启事 方案 "
        "要点 讲话 讲话稿 讲话提纲 致辞 函 规划 规划纲要 决定 倡议书 "
        "公开信 命令 声明 承诺 承诺书 招标 简章 任命 提示 喜报 "
        "任务 工作计划 工作安排 工作部署"
    ),
    "rules": _words(
        "制度 办法 细则 规定 条例 规则 规范 标准 规程 章程 守则 "
        "准则 公约 预案 程序 机制 责任书 职责"
    ),
    "guide": _words(
        "指南 说明 须知 流程 流程图 目录 清单 申请表 简介 一览表 一览 "
        "问答 解读 答复书 告知书 决定书 手册 解答 常见问题 图解 "
        "办事程序 回执 台账 登记表 填报口径 "
        "审查表 审批表 申报表 考核表 调查表 意见箱 信箱 征集 问卷 "
        "指标体系 咨询电话 办公地址"
    ),
    # 安排表, 网站工作年度报表; but 政府信息公开情况统计表 is a part of a report
    "template": _words(
        "报表 安排表 计划表 任务表 分工表 分解表 汇总表 评分表 "
        "模板 范本 范文 参考文本 样本 格式 写作"
    ),
    "other report": _words("部门预算 部门决算 单位预算 单位决算 收支总表 工作动态"),
    "bulletin": _words(
        "公报 简报 快报 月报 季报 新闻 动态 快讯 摘要 推进会 "
        "培训 培训班 培训会 座谈会 会议 现场会 部署会 名单 排名 "
        "纪要 纪实 实践 议程 年鉴 大会 例会 活动 评估结果 考核结果 "
        "检查结果 抽查结果 评议结果 测评结果 中标结果 成交结果 "
        "结果公布 会议召开 会议举行 开幕 闭幕"
    ),
    "salutation": _words("答复 复函 回复 答复意见 来信 提案 建议"),
}
OTHER_REPORT_WORDS = (
    rf"{OTHER_SUBJECTS}(?![局厅委办处部队院站所中会])[^局队厅委院站心公]{{0,12}}{REPORT_ENDING}"
    "|[预决]算(?:信息)?(?:公开|说明)|政府工作报告|工作(?:思路|打算)"
    # 2019年校园食品安全工作总结
    "|(?:年度?|[局厅委办府院校镇乡])(?!年|度|上半|下半|全年)[^,。公信务政年]{4,16}"
    "工作(?:情况)?的?(?:总结|报告|汇报)"
)
EVENT_WORDS = (
    "(?:召开|举行|举办|组织|开展)[^,。]{0,40}(?:会议?|班|培训|活动|检查|督查|宣传)"
)
# 某局2018年工作总结: of all its work, if the text does not say of what
SUMMARY_WORDS = r"20\d\d年度?(?:上半年|全年)?工作(?:总结|汇报|情况)"
# (how much it speaks against a report, what it reads as, how such titles end)
TITLE_SIGNS = (
    (-5.0, "other report", re.compile(f"(?:{OTHER_REPORT_WORDS})$")),
    (-5.0, "bulletin", re.compile(f"{EVENT_WORDS}$")),
    (-2.5, "other report", re.compile(f"^(?!.*公开).*(?:{SUMMARY_WORDS})$")),
    (-2.5, "other report", re.compile("(?:推进|落实|进展|完成|执行|运行|整改)情况$")),
    # 2023年第一季度政务公开工作总结: of a part of a year
    (
        -5.0,
        "other report",
        re.compile("季度[^,。年]{0,16}(?:总结|报告|汇报|小结|情况)$"),
    ),
)
# 【通知】请各单位报送...: a notice by its mark, that asks for something
NOTICE_MARK = re.compile(r"[\[(](?:通知|通告)[\])] ?请")
# Lines at the top that may be the title of a text, and characters of the shortest.
HEADING_LINES, MIN_HEADING = 3, 6
# 关于做好2019年度报告编制工作的, 关于报送: orders to write one
ORDER_PATTERN = re.compile(
    "关于(?:认真|切实|进一步)?(?:做好|报送|上报|开展|编制|填报|编报|组织|规范|抓好|加强)"
    "[^,。]{0,50}(?:通知|通告)$"
)
# 一图读懂《2021年某省政府信息公开工作年度报告》
EXPLAINED_PATTERN = re.compile(
    "^(?:一图读懂|一图看懂|图解|图说|解读)|^什么是|如何.{2}|(?:什么|怎|吗|呢|哪|几|多少|如何|[是能可该]不?[否能可该])[^?]{0,16}[?]"
)
# 我局扎实做好政府信息公开工作: a headline; with a number before it, a heading
HEADLINE_PATTERN = re.compile(
    rf"^(?!{NUMERAL}|[(\d]).{{2,}}(?:做好|推进|开展|加强|抓好|提升|深化|强化|夯实|打造|助力)"
    "[^,。]{0,8}(?:(?:信息|政务)公开(?:工作|水平|质效|质量|力度|实效)*|公开(?:水平|质效|质量|力度|实效))$"
)
HEADLINE_ENDINGS = ("工作", "水平", "质效", "质量", "公开", "力度", "实效")
# 我县政务公开工作获全市第一, 某镇开展秋冬季森林防火: what happened, with nothing after it that
# names a document
EVENT_PATTERN = re.compile(
    rf"^(?!{NUMERAL}|[(\d])[^,。:]{{2,24}}(?:召开|举办|举行|开展|荣获|喜获|获(?!取|得者)|位居|名列|跻身"
    "|走访|慰问|启动|多措并举|多举措|[三四五]举措|[三四五]个|赴|走进|迎接|莅临|调研|入选|到.{2,12}检查)"
    ".{2,}(?<!报告)(?<!总结)(?<!年报)(?<!情况)(?<!汇报)(?<!公开)$"
)
# 名称: the label of a card before a title.
LABELS = ("名称", "信息名称")
LABEL_PATTERN = re.compile(r"^(?:信息)?名称[ |:]*")
TITLE_END_PATTERN = re.compile(rf" {NUMERAL}、| ?[|]")
# Sentences, headings, and the way to a page through its site are no titles.
NO_TITLE_PATTERN = re.compile(
    rf"[。;]|[>»›]|^(?:{NUMERAL}{{1,3}}、|\([{NUMERAL[1:-1]}\d]+\)|\d[.、])"
)
# Characters of the longest title, and of what it is looked for in.
MAX_TITLE = 70
MAX_HEAD = 100
# Characters of an entry of a menu; a title further down is longer.
MAX_ENTRY = 9
SENTENCE_PATTERN = re.compile("[,:]")
YEAR_PATTERN = re.compile("(?:20|二[〇○零])[\\d〇○零一二三四五六七八九]{2}")
FIRST_PART_PATTERN = re.compile("[。:]")
CITING_WORDS = ("《", "根据", "按照", "依据", "依照", "遵照", "为贯彻", "为落实")
BRACKET_PATTERN = re.compile(r"(?:\([^()]*\))?[》】]?$")
NEXT_YEAR_PATTERN = re.compile(
    "(?<=[总小]结|报告|情况)[及和与暨].*(?:计划|安排|思路|打算|要点)$"
)
# 信息公开情况说明 may be a report; 决算公开情况说明 is none
SITUATION_PATTERN = re.compile("(?:信息|政务)公开(?:工作)?情况的?说明$")
OWN_REPORT_PATTERN = re.compile("的(?:报告|总结|年报)$")
REPORT_TITLE_PATTERN = re.compile(
    r"(?:信息|政务|校务|环境|检务|警务|司法|审判|院务|厂务)[^,。]{0,3}公开.{0,14}"
    r"(?:报告|年报|[总小]结|(?:年度报告|年报)(?:全文|公开))"
    r"(?:\([^()]*\))?(?: ?20\d\d年?度?[^,。的]{0,12})?[》】]?$"
    "|(?:年度|年)(?:(?:政府|政务)?信息|[政检警院厂行校]务|司法)公开(?:年度|工作|总体|的)*情况$"
    "|(?:^|20\\d\\d年度?)公开(?:年报|报告|年度报告)$|公开工作(?:情况的?)?汇报(?:材料)?$"
    "|information disclosure (?:annual )?report$"
)
# 关于印发《深圳市盐田区2017年政府信息公开工作年度报告》的通知: the report follows
COVERING_PATTERN = re.compile(
    "(?:年度报告|年报)》?(?:的(?:函|通知)|的?(?:公告|公示|通告|公布))$"
)
# Entries of a menu over a page, in which reports stand too.
MENU_PATTERN = re.compile(
    "(?:政府|政务)?(?:信息)?公开(?:指南|目录|制度|规定)|(?:通知|公示)公告|政策(?:解读|文件|法规)"
    "|(?:新闻|工作|政务)动态|财政预决算|部门预算|机构职能|权责清单|(?:办事|服务)指南|网上调查|意见征集"
)
# Where characters were lost, those of a report may be among them.
LOST_PATTERN = re.compile("[?\ufffd]")
# What a report says that does not say 公开.
REPORT_WORDS = re.compile("信息|申请|年报|复议|附件|下载|公 开")
HAN_WORD_PATTERN = re.compile(f"[{BASIC_HAN_CLASS}]+")
QUOTED_PATTERN = re.compile("《[^《》]*》")


@dataclass(frozen=True, slots=True)
class Sign:
    """What speaks for a report (a positive weight) or against one.

    `least` is how often it must stand; with `each` every different match counts, up to that many.
    Each match holds one of `words`: where none of them stands, the pattern need not be tried.
    It is looked for in the first `reach` characters. A match with `but` before it does not count.
    """

    weight: float
    name: str
    pattern: re.Pattern[str]
    least: int = 1
    each: int = 0
    words: tuple[str, ...] = ()
    reach: int = REACH
    but: re.Pattern[str] | None = None


SIGNS = (
    Sign(
        3.0,
        "tables",
        re.compile(
            "本列数据的勾稽关系|本年新收政府信息公开申请|本年制发件数|本年新制作 ?数量"
            r"|第二十条第\(?[一五六八九]\)?项"
        ),
        words=("本列数据", "本年", "第二十条"),
    ),
    Sign(
        2.0,
        "opening",
        re.compile(
            # it begins with a set of characters, to which the search skips
            "[编公发形完本所统数信政制t](?:"
            "(?:(?<=编)制|(?<=[公发])布|(?<=[形完])成)本(?:年度)?报告"
            "|(?<=本)(?:年度)?报告(?:中)?(?:是|所列|根据|依据|由|全文|内容|包括)"
            "|(?<=本)年报(?:中)?(?:是|所列|根据|依据|由|全文|内容|包括)|(?<=所)列数据"
            "|(?<=统)计[^。;]{0,8}(?:期限|时限|时间|区间|起止)|(?<=数)据[^。;]{0,8}(?:期限|时限|时间|起止)"
            "|(?:(?<=信)息|(?<=政)务)公开[^。;]{0,24}(?:报告|总结|汇报|公布|公告|情况)(?:如下|上报)"
            "|(?:(?<=信)息|(?<=政)务)公开(?:工作)?(?:年度报告|年报)[^。;]{0,3}(?:发布|公布)(?=[,。])"
            "|(?:(?<=[公发])布|(?<=编)制|(?<=制)定)[^。;]{2,50}"
            "(?:信息|政务)公开[^。;]{0,8}(?:年度)?(?:报告|年报)(?![编的制])"
            "|(?:(?<=信)息|(?<=政)务)公开[^。;]{0,24}作(?:一个|以下|如下)?(?:报告|汇报)"
            "|(?<=本)(?:年度)?报告的?电子版"
            "|(?<=t)his (?:annual )?report (?:has been|is|was) (?:prepared|compiled))"
        ),
        # 应当每年编制年度报告: what others are told to do
        but=re.compile(
            "(?:每年|应当|(?<![相适响供反])应(?=[于在编公将按])|须|要(?![求点素]))[^。;]{0,16}$"
        ),
    ),
    Sign(
        1.0,
        "chapters",
        re.compile(
            rf"{NUMERAL}、 ?(?:(?:工作|基本|信息公开)?(?:总体|基本)情况"
            "|(?:情况|工作|信息公开)?概[述况]|基本概况"
            r"|(?:政府)?(?:信息)?主动公开|收到和处理|(?:政府)?(?:信息)?依申请公开|公开依申请|(?:政府信息公开)?(?:的)?收费"
            "|[^。]{0,20}行政复议|[^。]{0,12}(?:主要)?(?:问题|不足)|其他需要报告)"
            rf"|\({NUMERAL}\) ?(?:主动公开|依申请公开|政府信息(?:资源)?管理|(?:公开)?平台建设"
            "|监督保障)"
        ),
        each=4,
    ),
    Sign(
        1.5,
        "figures of its own",
        re.compile(
            # it begins with a set of characters, to which the search skips
            "[我本2全一](?:"
            "(?<=[我本])(?:局|委|办|厅|街|镇|乡|区|县|市|省|校|队|关|中心|处|旗|单位)"
            r"|(?<=2)0\d\d年度?|(?<=全)年|(?<=本)年度?|(?<=一)年来)[^。]{0,60}"
            "(?:公开|收到|受理|发布|接到)[^。;]{0,24}?(?:\\d[余多万]{0,2}(?:条|件|次|篇|宗|份|个)|申请)"
        ),
    ),
    Sign(
        1.0,
        "its own work",
        re.compile(
            "(?:20..年度?|一年来|今年以?来?|全年)[^。]{0,80}(?:信息|政务)公开[^。]{0,60}"
        ),
    ),
    # 2009年,本市各级政府部门坚持: how a report tells of its year
    Sign(
        1.0,
        "its own year",
        re.compile(
            r"20\d\d年度?,?(?:[本全我][市省区县州旗镇乡校院局][^。,;]{0,10}|[^。,;\d]{2,20}(?:局|委|办|厅|政府|街道|镇|乡|院|校|中心|处|大学|公司|队|社))"
            "(?:坚持|认真|深入|积极|紧紧|高度|严格|全面|扎实|结合|围绕|紧密|不断|切实|始终|在[^。,]{2,30}领导下)"
        ),
    ),
    Sign(
        1.0,
        "itself",
        re.compile(
            "我(?:局|委|办|厅|街|镇|乡|区|县|市|省|校|院|队|关|处|旗|州|团|单位|公司|司(?!法))"
            "|本(?:局|委|院|校|队|街道|公司|镇|乡)"
        ),
    ),
    Sign(
        1.0,
        "itself again",
        re.compile("我(?:局|委|办|厅|街|镇|乡|省|校|院|队|关|处|旗|州|团)"),
        least=3,
    ),
    Sign(
        1.5,
        "figures of disclosure",
        re.compile("主动公开(?:了|各类|政府|政务|的|信息)*(?:共计|共|累计|总计)*\\d"),
    ),
    # nobody but a report tells that nobody applied
    Sign(
        1.5,
        "denial",
        re.compile(
            "(?:[没未]有|未(?:收到|接到|接收到|受理|发生)|无(?![法需权论])人?)[^。;,主]{0,12}"
            "(?:依申请公开|公开[^。;,]{0,4}申请(?![人表书])|申请公开)(?!的?(?:范围|渠道|平台|条件))"
        ),
    ),
    Sign(
        -5.0,
        "notice",
        re.compile(
            "(?:通知|通告)如下|请遵照执行|请认真遵照执行|(?:印发|转发)(?:给)?你们|认真贯彻(?:执行|落实)。"
            "|请(?:各单位|各部门|你们|于)[^。]{0,30}(?:报送|上报|落实)"
        ),
        words=(
            *("通知如下", "通告如下", "遵照执行", "你们", "认真贯彻", "请各", "请于"),
        ),
    ),
    Sign(
        -5.0,
        "rules",
        re.compile(
            rf"第(?<![》例法据照和、由按《].){NUMERAL}{{1,3}}(?:条(?![的规款第和、,中])|章)"
            "|本(?:制度|办法|规定|细则|规则)(?:由|自|所称|适用)"
        ),
        least=2,
    ),
    Sign(
        -5.0,
        "guide",
        re.compile(
            # it begins with a set of characters, to which the search skips
            "[编制本受申公自](?:"
            "(?:(?<=编)制|(?<=制)定)了?(?:[^。]{0,16})?(?:本|《)(?:[^。《]{0,16})?指南"
            "|(?<=本)指南|(?<=受)理(?:机构|时间):"
            "|(?:(?<=申)请人|(?<=公)民)(?:可以|应当|应|须|需|凭|填写|提出申请)"
            "[^。]{0,20}(?:填写|申请表|身份证)"
            "|(?<=申)请公开(?:政府信息)?的?(?:流程|程序):|(?<=自)收到申请之日起)"
        ),
        words=(
            *("指南", "受理机构:", "受理时间:", "填写", "申请表", "身份证"),
            *("流程", "程序", "自收到申请之日起"),
        ),
    ),
    Sign(
        -12.0,
        "template",
        re.compile(
            # 规范文件 and 示范文本 are words of reports
            "由会员分享|珍藏版|文档下载|(?<![规示典模])范文(?![明件本书化])"
            "|参考文本|××|xx ?[市县区镇乡局年]|XX ?[市县区镇乡局年]"
            r"|〇〇[市县局]|\*\*[市县局]"
        ),
        words=(
            *("由会员分享", "珍藏版", "文档下载", "范文", "参考文本"),
            *("××", "xx", "XX", "〇〇", "**"),
        ),
    ),
    Sign(
        -5.0,
        "company report",
        re.compile("董事会|监事会|股东大会|每股收益|上市公司|主营业务"),
        least=2,
        words=("董事会", "监事会", "股东大会", "每股收益", "上市公司", "主营业务"),
    ),
    Sign(
        -4.0,
        "bulletin",
        re.compile(
            "地区生产总值|本报讯|本网讯|记者[ (:]|增加值|绩效评价|支出绩效|常住人口|可比价|初步核算"
        ),
        words=(
            *("地区生产总值", "本报讯", "本网讯", "记者", "增加值", "绩效"),
            *("常住人口", "可比价", "初步核算"),
        ),
    ),
    # a report may count in this way too
    Sign(
        -1.5,
        "bulletin",
        re.compile("(?:比上年|比去年|较上年)(?:同期)?增长"),
        words=("比上年", "比去年", "较上年"),
    ),
    Sign(
        -2.5,
        "bulletin",
        re.compile("(?:比上年|比去年|较上年)(?:同期)?增长"),
        least=2,
        words=("比上年", "比去年", "较上年"),
    ),
    Sign(
        -10.0,
        "guide",
        re.compile("(?:编制|制[定订])了?本指南|本指南(?:由|自|所|适用|将)"),
        words=("本指南",),
    ),
    # news of a meeting; a report tells of one too, in fewer words
    Sign(
        -4.0,
        "bulletin",
        re.compile(
            # it begins with a set of characters, to which the search skips
            "[会出参培日近月讲授](?:(?<=会)议(?:要求|强调|指出|认为|通报|安排)"
            "|(?:(?<=出)席|(?<=参)加)(?:了)?(?:此次|本次)?(?:会议|培训)"
            r"|(?<=培)训会(?:上|在)|(?<=[日近])前,|(?<=近)日"
            r"|(?<=月)\d{1,2}日(?:上午|下午)?,[^。]{0,40}(?:召开|举办|举行)"
            "|(?:(?<=讲)解|(?<=授)课)了)"
        ),
        least=2,
        words=(
            "会议要求",
            "会议强调",
            "会议指出",
            "日前",
            "日上午",
            "日下午",
            "培训会",
            "近日",
            "前,",
            "出席",
            "讲解",
        ),
    ),
    # what a government tells its congress
    Sign(
        -5.0,
        "other report",
        re.compile(
            "请予审议|请审议|提请(?:大会|本次)[^。]{0,8}审议|各位(?:代表|委员)[,:]"
            "|人民代表大会[^。]{0,10}次会议上|代表[^。,]{2,12}政府[,]?(?:现)?向大会"
        ),
        words=("审议", "各位", "次会议上", "向大会"),
    ),
    # questions and answers
    Sign(
        -5.0,
        "guide",
        re.compile(r"(?:^|[。?])问:|[?] ?[\[(]?答[\])]?:"),
        words=("答:",),
    ),
    # 报告显示: news of a report; 报告指出
    Sign(
        -10.0,
        "bulletin",
        re.compile("报告(?:显示|指出|称|认为)[,:]"),
        words=("报告显示", "报告指出", "报告称", "报告认为"),
    ),
    # the list of sites that a site's yearly table is of
    Sign(
        -5.0,
        "template",
        re.compile("填报单位:|填表(?:人|单位|日期):|独立用户访问总量"),
        words=("填报单位", "填表", "独立用户"),
    ),
    Sign(
        -2.0,
        "salutation",
        re.compile(
            "^[^。]{0,160}各(?:县|市|区|镇|乡|省|部门|单位|处室|科室|有关)[^。:]{0,80}:(?!.{0,20}\\d)"
        ),
    ),
)

# 2022年,我局...公开: how a report without a title begins.
OWN_OPENING = Sign(
    1.5,
    "opening of its own",
    re.compile(r"20\d\d年度?(?:以?来)?,?我(?![市省国])[^。]{2,100}公开"),
    words=("年,我", "年度,我", "年我", "年度我", "来,我"),
    reach=150,
)
# What other documents say of themselves. It is not asked of one whose title is that of a report:
# that may speak of its guide, of a meeting, of its budget.
DOCUMENT_SIGNS = (
    Sign(
        -5.0,
        "notice",
        re.compile(
            "提出(?:以下|如下)(?:实施|指导|工作)?意见|特此(?:通知|通告|函[告达复]|批复)"
            "|请你(?:局|委|单位|公司)|(?:现予|予以)公示。|公示(?:期|时间)(?:为|:|自|内)"
            "|现[^。,]{0,12}征求[^。,]{0,8}意见"
        ),
        words=(
            *("提出以下", "提出如下", "特此", "请你", "予公示", "以公示", "公示期"),
            *("公示时间", "征求"),
        ),
        # 现将年度报告予以公示
        but=re.compile("(?:报告|年报)[^。;]{0,8}$"),
        reach=1000,
    ),
    # 制定本预案: what it is, said at its beginning
    Sign(
        -5.0,
        "rules",
        re.compile(
            "(?:制[定订]|拟定)(?:本|如下)(?:工作|实施|暂行|管理)?(?:制度|办法|规定|细则|规则|规范|章程"
            "|条例|预案|方案|计划|要点|意见|规划|流程|标准|清单)"
        ),
        words=("定本", "订本", "定如下", "订如下"),
        reach=500,
    ),
    # 一、指导思想 二、工作目标: the chapters of a plan
    Sign(
        -4.0,
        "notice",
        re.compile(
            f"{NUMERAL}、 ?(?:指导思想|总体要求|(?:工作|总体|主要)目标|(?:工作|实施|方法)步骤"
            "|保障措施|组织保障|责任分工|(?:基本|工作)原则|(?:重点|主要|工作)任务|工作要求)"
        ),
        least=2,
        words=("指导思想", "总体要求", "目标", "步骤", "保障", "原则", "任务"),
        reach=800,
    ),
    # the chapters of an interpretation
    Sign(
        -4.0,
        "guide",
        re.compile(
            rf"{NUMERAL}、 ?[^。、]{{0,12}}?(?:(?:出台|起草|制[定订]|修订|政策|编制|文件)的?"
            "(?:背景|依据|过程|目的|意义)|主要(?:内容|特点|亮点)|创新(?:点|举措))"
        ),
        least=2,
        words=("背景", "主要内容", "主要特点", "主要亮点", "创新", "依据", "意义"),
        reach=1200,
    ),
    # within which a guide promises each step
    Sign(
        -4.0,
        "guide",
        re.compile(r"(?:\d|十)个工作日(?:之|以)?内"),
        least=2,
        words=("个工作日",),
    ),
    Sign(
        -5.0,
        "guide",
        re.compile("解读(?:如下|:)|(?:政策|文件)图解"),
        words=("解读如下", "解读:", "图解"),
        reach=500,
    ),
    # news begin with the day
    Sign(
        -3.0,
        "bulletin",
        re.compile(
            "(?:近日|日前|昨[日天]|连日来|今[日天]|近期)[,从]?[^。]{2,80}(?:召开|举行|举办|开展|组织"
            "|传来|获悉|印发|主持|深入|来到|赴|开幕|发布会|强调|介绍)"
            "|从[^。,]{2,30}(?:获悉|了解到)|据(?:悉|介绍|了解),|纷纷表示|本报记者"
            r"|\([^()]{0,8}(?:通讯员|记者)|告诉记者|竖起[^。]{0,3}拇指|一个缩影|赞不绝口|[市居村][民长][^。,]{0,8}(?:说|表示|告诉)"
            "|[兴动奋慨]地(?:说|表示)"
        ),
        words=_words(
            "近日 日前 昨 连日来 今日 今天 近期 获悉 了解到 据悉 据介绍 纷纷 记者 通讯员"
            " 说 告诉 表示 拇指 缩影 赞不绝口"
        ),
        reach=400,
    ),
    Sign(
        -3.0,
        "bulletin",
        re.compile(
            r"\d月\d{1,2}日(?:[上下]午|晚)?,[^。]{2,80}(?:召开|举行|举办|主持|来到|赴|开幕|印发通报)"
        ),
        words=("日,", "午,", "晚,"),
        reach=160,
    ),
    # a speech
    Sign(
        -5.0,
        "bulletin",
        re.compile(
            "同志们[,:]|(?:这次|今天)[^。,]{0,12}(?:会议?|大会),?(?:主要|的主要任务)|下面,我讲"
        ),
        words=("同志们", "这次", "今天", "下面,我"),
        reach=300,
    ),
    # minutes of a meeting
    Sign(
        -3.0,
        "bulletin",
        re.compile(
            "会议(?:听取|审议|议定|审定|由)|主持会议|地点:[^。]{0,30}(?:主持|出席|参会)"
            "|应到(?:代表|会)|[出列]席(?:会议)?(?:人员)?:|作了?重要讲话|隆重开幕"
        ),
        words=("会议", "主持", "应到", "席:", "人员:", "讲话", "开幕"),
        reach=400,
    ),
    # what is answered to one who asked
    Sign(
        -5.0,
        "salutation",
        re.compile(
            r"收悉|[您你]们?(?:于20\d\d年[^。]{0,12})?(?:提出|反映|咨询|来信|申请公开)的"
            "|现(?:将[^。,]{0,16})?(?:答复|回复|函复)如下"
            "|(?:来信|留言|咨询|提问|信件|诉求|问题)(?:内容|时间|主题|标题|人|人员|描述):"
            "|(?:答复|回复)(?:内容|单位|时间|部门|机构):|网友(?:提问|留言|咨询)"
            "|(?:答复|回复):您好"
        ),
        words=(
            *("收悉", "您", "你", "复如下", "来信", "留言", "提问", "信件", "诉求"),
            *(
                "咨询的",
                "咨询内容",
                "咨询时间",
                "咨询主题",
                "咨询标题",
                "咨询人",
                "网友",
            ),
            *("问题描述", "问题内容", "问题时间", "问题主题", "问题标题", "问题人"),
            *("复内容", "复单位", "复时间", "复部门", "复机构", "复:您好"),
        ),
        reach=600,
    ),
    # budgets and accounts
    Sign(
        -4.0,
        "other report",
        re.compile(
            "财政拨款(?:收[入支]|支出|预算|安排)|收[入支、]{1,4}(?:总计|合计|决算|预算)"
            "|[预决]算数|[预决]算草案|[预决]算执行|公共预算(?:收入|支出)"
            "|部门[预决]算(?:编制|情况|表)|“三公”经费(?:财政|支出|[预决]算)|名词解释"
        ),
        least=2,
        words=(
            "财政拨款",
            "算数",
            "算草案",
            "算执行",
            "公共预算",
            "名词解释",
            "收入",
            "收支",
        ),
        reach=800,
    ),
    # tenders, and people looked for
    Sign(
        -5.0,
        "notice",
        re.compile(
            "采购人:|采购(?:编号|方式|需求|预算):|招标(?:文件|代理|范围)|投标(?:截止|文件|人)"
            "|中标(?:供应商|人|金额|单位)|成交(?:金额|供应商)|项目编号:|预算金额|供应商资格"
            "|报名(?:条件|时间|方式|地点|资格)|招聘(?:岗位|人数|条件|原则|对象|计划)|拟录?[用聘]"
        ),
        least=2,
        words=(
            *("采购", "招标", "投标", "中标", "成交", "项目编号", "预算金额", "供应商"),
            *("报名", "招聘", "拟聘", "拟用", "拟录"),
        ),
        reach=600,
    ),
    # enforcement of the law against one, and what is vowed
    Sign(
        -5.0,
        "notice",
        re.compile(
            "当事人:|经查[,:]|上述(?:行为|事实)|违反了?《|处罚如下|没收违法"
            "|责令(?:改正|停止|限期)|承诺(?:如下)?:|案情|法院认为|经审理|被?申请人:|不服"
        ),
        least=2,
        words=(
            *("当事人:", "经查", "上述", "违反", "处罚如下", "没收", "责令", "承诺"),
            *("案情", "认为", "经审理", "申请人:"),
        ),
        reach=600,
    ),
    # 现将平安建设工作情况报告如下: the subject that it names itself
    Sign(
        -5.0,
        "other report",
        re.compile(
            f"现[将就对][^。]{{0,24}}?{OTHER_SUBJECTS}(?![局厅委办处部队院站所中会])[^。公]{{0,30}}"
            "(?:报告|汇报|总结|公示|公布|公告|通报|说明)如下"
        ),
        words=("如下",),
        reach=600,
    ),
)

FOR = tuple(sign for sign in SIGNS if sign.weight > 0)
AGAINST = tuple(sign for sign in SIGNS if sign.weight < 0)
# What is found of one sign.
MAX_MATCHES = 6
# The sum of what may be hearsay, and the weight from which on it is none: 编制本指南.
MAX_HEARSAY = -2.5
OWN_WORD = -8.0
# Whatever else stands there, these make no report.
NEVER_REPORTS = ("template", "company report")
# One of these a report has.
OWN_SIGNS = {
    "title",
    "tables",
    "opening",
    "chapters",
    "itself",
    "its own year",
    "denial",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a document is, with the strongest sign, and what it reads as where it is no report."""

    fact: Fact
    reads_as: str | None


def kind_of(reading: Reading, title: Title | None) -> Told:
    """The kind of a document as a fact: an annual report, something else, or not to be told."""
    found = sorted(_signs(reading, title), key=lambda sign: -abs(sign[0]))
    score = sum(weight for weight, _, _ in found)
    if not {name for _, name, _ in found} & OWN_SIGNS:
        # figures alone are those of a bulletin
        score = min(score, 0.0)
    against = [sign for sign in found if sign[0] < 0]
    is_report = score >= MIN_SCORE
    speaking = [sign for sign in found if (sign[0] > 0) == is_report]
    chance = 1 / (1 + math.exp(MIN_SCORE - 0.25 - score))
    is_silent = not against and _is_short(reading.form, hints=len(found))
    value = ANNUAL_REPORT if is_report else None if is_silent else OTHER_KIND
    confidence = chance if is_report else 1 - chance
    span = speaking[0][2] if speaking else None
    names = ", ".join(name for _, name, _ in found)
    fact = Fact(
        value=value,
        source="body" if span else "title",
        confidence=max(0.5, confidence) if value else 0.5,
        rule=f"reads as: {names}" if names else "no sign of a report",
        evidence=reading.quote(*span) if span else title.printed if title else None,
        span=reading.span(*span) if span else None,
        alternatives=_others(found, is_report=is_report),
    )
    reads_as = against[0][1] if against else NO_REPORT
    return Told(fact, reads_as if value == OTHER_KIND else None)


Found = tuple[float, str, tuple[int, int] | None]


def _others(found: list[Found], *, is_report: bool) -> tuple[str, ...]:
    """The kind that lost, where some sign speaks for it."""
    loser = OTHER_KIND if is_report else ANNUAL_REPORT
    return (loser,) if any((sign[0] < 0) == is_report for sign in found) else ()


def _signs(reading: Reading, title: Title | None) -> Iterator[Found]:
    form = reading.form[:REACH]
    # what stands in 《...》 is the title of another document; as long, so that spans stay
    bare = QUOTED_PATTERN.sub(lambda quoted: "《" * len(quoted[0]), form)
    named = list(_named(reading, title))
    if not named and (opening := _found(OWN_OPENING, form)):
        named.append(opening)
    yield from named
    is_titled = any(weight > 0 for weight, _, _ in named)
    wanted = ENOUGH - sum(weight for weight, _, _ in named)
    for spoken in _against_it(bare, is_titled=is_titled):
        wanted -= spoken[0]
        yield spoken
    for sign in FOR:
        if wanted <= 0:
            break
        if found := _found(sign, form if sign.name == "opening" else bare):
            wanted -= found[0]
            yield found
    if not is_titled and _is_of_another_subject(form):
        yield -3.0, NO_REPORT, None


def _against_it(bare: str, *, is_titled: bool) -> Iterator[Found]:
    """What the text says against a report.

    A report, too, may speak of its guide, of a meeting, of growth: where its title is that of one,
    all such signs count no more than half of the strongest.
    """
    left = MAX_HEARSAY
    for sign in AGAINST if is_titled else (*AGAINST, *DOCUMENT_SIGNS):
        if found := _found(sign, bare):
            weight, name, span = found
            if is_titled and name not in NEVER_REPORTS and weight > OWN_WORD:
                weight = max(weight * 0.5, left)
                left -= weight
            yield weight, name, span


def _is_short(form: str, *, hints: int) -> bool:
    """Whether a text says too little to be told by what it does not say."""
    if hints:
        return len(form) < MIN_TELLING
    return len(form) < MIN_HINTING or not _is_whole(form)


def _is_of_another_subject(form: str) -> bool:
    """Whether a text says 公开 too seldom for a report, which says it in each sentence."""
    count = form.count("公开")
    if len(form) >= MIN_TELLING:
        return count < max(3, len(form) / MAX_SILENCE)
    return not count and _is_plain(form)


def _is_plain(form: str) -> bool:
    """Whether a short text without 公开 is plainly of something else."""
    is_long = len(form) >= MIN_PLAIN
    return is_long and not REPORT_WORDS.search(form) and _is_whole(form)


def _is_whole(form: str) -> bool:
    """Whether a text is in Chinese, and no characters of it were lost."""
    if LOST_PATTERN.search(form):
        return False
    words = HAN_WORD_PATTERN.findall(form)
    return sum(map(len, words)) >= len(form) / 2


def _counts(but: re.Pattern[str], match: re.Match[str]) -> bool:
    """Whether nothing that speaks against a match stands before it."""
    start = match.start()
    return not but.search(match.string, max(0, start - 24), start)


def _found(sign: Sign, text: str) -> Found | None:
    if sign.reach < REACH:
        text = text[: sign.reach]
    for word in sign.words:
        if word in text:
            break
    else:
        if sign.words:
            return None
    found = sign.pattern.finditer(text)
    if sign.but:
        found = filter(partial(_counts, sign.but), found)
    # one that does not count its matches needs no more than it must have
    matches = list(islice(found, MAX_MATCHES if sign.each else sign.least))
    if len(matches) < sign.least:
        return None
    times = min(sign.each, len({match[0] for match in matches})) or 1
    return sign.weight * times, sign.name, matches[0].span()


def _named(reading: Reading, title: Title | None) -> Iterator[Found]:
    """What the title says, or the first lines where the page has none."""
    names: list[tuple[str, tuple[int, int] | None]] = []
    if title:
        names.append((title.form, None))
    lines = reading.head[:6]
    for (start, end), (_, below) in pairwise([*lines, *lines[-1:]]):
        # 关于政府信息公开工作年度报告 / 有关事项的通知: one title on two lines
        is_begun = reading.form.startswith("关于", start) and below - start <= 70
        span = start, below if is_begun else end
        names.append((reading.form[start:end], (start, end)))
        if is_begun:
            names.append((reading.form[span[0] : span[1]], span))
    entry: Found | None = None
    for nth, (name, place) in enumerate(names):
        if NOTICE_MARK.match(name):
            yield -5.0, "notice", place
            return
        line = _bare(name)
        if not line:
            if _begins_with_title(name):
                yield 4.5, "title", place
                return
            continue
        if COVERING_PATTERN.search(line) and not ORDER_PATTERN.search(line):
            yield from _covered(reading)
            return
        is_first = nth < 1 + bool(title)
        if sign := _against(line, is_first=is_first):
            is_entry = len(line) <= MAX_ENTRY and not is_first
            if is_entry or MENU_PATTERN.fullmatch(line):
                weight, kind = sign
                entry = entry or (weight if is_first else weight / 2, kind, place)
                continue
            yield *sign, place
            return
        if _names_a_report(line) or _begins_with_title(line):
            is_dated = YEAR_PATTERN.search(line) is not None
            yield (4.5 if is_dated else 3.0), "title", place
            return
    if entry:
        yield entry


def heading_of(reading: Reading) -> tuple[int, int] | None:
    """The line at the top that is the title of a document of another kind; None for none.

    A plain text has no other place for its title: 关于召开全县防汛工作会议的通知.
    """
    for start, end in reading.head[:HEADING_LINES]:
        line = _bare(reading.form[start:end])
        if line and len(line) >= MIN_HEADING and _against(line, is_first=True):
            return start, end
    return None


def _covered(reading: Reading) -> Iterator[Found]:
    """The title of the report below a notice that publishes it, where one stands there."""
    for start, end in reading.head[1:]:
        line = _bare(reading.form[start:end])
        if line and YEAR_PATTERN.search(line) and _names_a_report(line):
            yield 4.5, "title", (start, end)
            return


def _bare(name: str) -> str | None:
    """A line that may be a title, without its label; None for one that may not."""
    # with its label, or with what follows on its line
    line = name[:MAX_HEAD].strip(" |")
    if line.startswith(LABELS):
        line = LABEL_PATTERN.sub("", line)
    # a title stands alone, or before the first heading on one line
    if " " in line or "|" in line:
        line = TITLE_END_PATTERN.split(line)[0].strip()
    words = [word for word in line.split(" ") if len(word) > 1]
    is_menu = len(words) > 3 and not line.isascii()
    if is_menu or not 4 <= len(line) <= MAX_TITLE or NO_TITLE_PATTERN.search(line):
        return None
    return line


def _against(line: str, *, is_first: bool) -> tuple[float, str] | None:
    """What a line that may be a title says against a report, if anything."""
    if EXPLAINED_PATTERN.search(line):
        return -5.0, "guide"
    if line.endswith(HEADLINE_ENDINGS) and HEADLINE_PATTERN.search(line):
        return -5.0, "bulletin"
    # of a line further down, only one that is no sentence
    if line.startswith(CITING_WORDS) or (
        not is_first and SENTENCE_PATTERN.search(line)
    ):
        return None
    if ORDER_PATTERN.search(line):
        return -5.0, "notice"
    # 2014年总结及2015年工作计划
    end = NEXT_YEAR_PATTERN.sub("", BRACKET_PATTERN.sub("", line))
    if SITUATION_PATTERN.search(end):
        return None
    for kind, endings in TITLE_ENDINGS.items():
        if end.endswith(endings):
            return -5.0, kind
    for weight, kind, pattern in TITLE_SIGNS:
        if pattern.search(end):
            return weight, kind
    if is_first and EVENT_PATTERN.search(line):
        return -3.0, "bulletin"
    return None


def _begins_with_title(name: str) -> bool:
    """Whether a sentence is a title: 某县财政局2020年政府信息公开年报。2020年,我局..."""
    first = FIRST_PART_PATTERN.split(name[:MAX_HEAD], maxsplit=1)[0]
    is_short = len(first) <= MAX_TITLE
    return (
        is_short and YEAR_PATTERN.search(first) is not None and _names_a_report(first)
    )


def _names_a_report(line: str) -> bool:
    # 关于政府信息公开工作年度报告 begins the title of a notice; 关于...情况的报告 is one
    is_begun = line.startswith("关于") and not OWN_REPORT_PATTERN.search(line)
    return not is_begun and REPORT_TITLE_PATTERN.search(line) is not None
