"""Where Chinese government websites keep the body, the title and the facts of a page, as XPath. Tables only."""

from __future__ import annotations

__all__ = ["BODIES", "COLUMNS", "DROPPED_CLASSES", "DROPPED_TAGS", "GENERIC_BODIES", "HEADINGS", "META"]


def _class(name: str) -> str:
    return f"//*[contains(concat(' ', normalize-space(@class), ' '), ' {name} ')]"


BODIES = (
    # TRS WCM, the system of most provinces
    "//*[contains(@class, 'TRS_Editor') or contains(@class, 'TRS_UEDITOR') or contains(@class, 'trs_editor_view')]",
    _class("Custom_UnionStyle"),
    # gov.cn and everything built on its platform
    "//*[@id='UCAP-CONTENT']",
    _class("pages_content"),
    # the editor area of many systems
    "//*[@id='zoom' or @id='Zoom' or @id='ZOOM' or @id='zoomcon' or @id='ivs_content' or @id='Zoom_content']",
    "//*[@id='artibody' or @id='articleContent' or @id='article_content' or @id='ArticleContent']",
    "//*[@id='js_content']",
    _class("article-content"),
    _class("article_content"),
    _class("articleContent"),
    _class("news_content"),
    _class("newsContent"),
    _class("news-content"),
    _class("content_text"),
    _class("arc_cont"),
    _class("bt-content"),
    _class("conTxt"),
    _class("con_txt"),
    _class("wzcon"),
    _class("xl-content"),
    _class("detail-content"),
    _class("detail_content"),
    _class("xxgk_content"),
    _class("xxgk-content"),
    _class("xxgkcontent"),
    _class("xxgk_detail_content"),
    _class("scroll_cont"),
    _class("zwgk_content"),
    _class("gkml_content"),
    _class("govinfo_content"),
    _class("nbcontent"),
    _class("v_news_content"),
    _class("wp_articlecontent"),
    _class("j-fontContent"),
    _class("txt_txt"),
    _class("main-aticle"),
    "//*[@id='p-detail' or @id='vsb_content' or @id='NewsContent' or @id='newsContent']",
    "//*[@itemprop='articleBody']",
)
"""Elements that hold the text of a document and nothing else."""

GENERIC_BODIES = (
    "//*[starts-with(@id, 'vsb_content')]",
    _class("xxgk"),
    _class("article"),
    _class("detail"),
    _class("content"),
    "//*[@id='article' or @id='content' or @id='Content' or @id='detail' or @id='main']",
    "//article",
)
"""Elements that often hold the text and something of the site: asked when the ones above are not there."""

HEADINGS = (
    "//*[@id='artitle' or @id='articleTitle' or @id='title' or @id='ivs_title']",
    _class("article-title"),
    _class("article_title"),
    _class("articleTitle"),
    _class("news_title"),
    _class("detail-title"),
    _class("xxgk_title"),
    _class("pages-title"),
    _class("title"),
    _class("bt"),
    "//h1",
    "//h2",
    "//h3",
)
"""Where the title stands above the body, the surest first."""

META = {
    "articletitle": "title",
    "pubdate": "published",
    "publishdate": "published",
    "article:published_time": "published",
    "contentsource": "source",
    "source": "source",
    "sitename": "site",
    "columnname": "column",
    "url": "url",
    "og:title": "title",
    "og:url": "url",
    "og:site_name": "site",
}
"""Name of a meta element in lower case -> key of Page.meta. The first seven are of the national page standard."""

DROPPED_TAGS = (
    *("script", "style", "noscript", "template", "svg", "iframe", "object", "embed", "canvas", "video", "audio", "map"),
    *("select", "textarea", "button", "input", "xml", "math", "dialog", "marquee"),
)
"""Elements whose text is no text of the page."""

DROPPED_CLASSES = (
    *(
        "footer",
        "foot",
        "nav",
        "navbar",
        "menu",
        "breadcrumb",
        "crumb",
        "crumbs",
        "share",
        "bdsharebuttonbox",
        "sidebar",
    ),
    *(
        "toolbar",
        "pagination",
        "qrcode",
        "copyright",
        "related",
        "friendlink",
        "side",
        "hidden",
        "hide",
        "weizhi",
        "dqwz",
    ),
)
"""Words of class and id that mark chrome where no body profile fits."""

COLUMNS = frozenset(
    (
        *("首页", "网站首页", "信息公开", "政务公开", "政府信息公开", "信息公开专栏", "政府信息公开专栏", "新闻动态"),
        *("年度报告", "信息公开年报", "政府信息公开年报", "信息公开年度报告", "政府信息公开年度报告", "通知公告"),
        *(
            "政府信息公开工作年度报告",
            "信息公开工作年度报告",
            "公开年报",
            "年报",
            "工作动态",
            "详情",
            "正文",
            "详细信息",
        ),
        *("法定主动公开内容", "信息公开内容", "政府网站", "门户网站", "首頁", "資訊公開", "政府資訊公開"),
    )
)
"""What pages put where their title belongs: the name of a column."""
