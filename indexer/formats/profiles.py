"""Where Chinese government websites keep the body, the title and the facts of a page. Tables only.

Selectors are written as in CSS, compared without regard to case: "#zoom" an id, ".article" a class,
"h1" an element.
"""

from __future__ import annotations

__all__ = [
    "BODY_SELECTORS",
    "COLUMN_NAMES",
    "DROPPED_CLASSES",
    "DROPPED_TAGS",
    "GENERIC_SELECTORS",
    "HEADING_SELECTORS",
    "META_KEYS",
]

# Elements that hold the text of a document and nothing else.
BODY_SELECTORS = (
    # TRS WCM, the system of most provinces
    *(
        ".TRS_Editor",
        ".TRS_UEDITOR",
        ".trs_editor_view",
        ".Custom_UnionStyle",
        ".trs_paper_default",
    ),
    # gov.cn and everything built on its platform
    *("#UCAP-CONTENT", ".pages_content"),
    # the editor area of many systems
    *(
        "#zoom",
        "#zoomcon",
        "#zoom_content",
        "#ivs_content",
        "#vsb_content",
        "#js_content",
        "#p-detail",
    ),
    *(
        "#artibody",
        "#articleContent",
        "#article_content",
        "#NewsContent",
        "#news_content",
        "#contentText",
    ),
    *(
        ".article-content",
        ".article_content",
        ".articleContent",
        ".article-con",
        ".article_con",
        ".arc_cont",
    ),
    *(
        ".news_content",
        ".newsContent",
        ".news-content",
        ".content_text",
        ".content-text",
        ".bt-content",
        ".conTxt",
    ),
    *(
        ".con_txt",
        ".wzcon",
        ".xl-content",
        ".detail-content",
        ".detail_content",
        ".detailContent",
        ".main-aticle",
    ),
    *(
        ".xxgk_content",
        ".xxgk-content",
        ".xxgkcontent",
        ".xxgk_detail_content",
        ".xxgk_con",
        ".zwgk_content",
    ),
    *(
        ".gkml_content",
        ".govinfo_content",
        ".scroll_cont",
        ".nbcontent",
        ".v_news_content",
        ".wp_articlecontent",
    ),
    *(
        ".j-fontContent",
        ".txt_txt",
        ".info-content",
        ".rich_media_content",
        ".view_content",
    ),
)

# Elements that often hold the text and something of the site: asked when the ones above
# are not there.
GENERIC_SELECTORS = (
    *(
        ".xxgk",
        ".article",
        ".detail",
        ".content",
        "#article",
        "#content",
        "#detail",
        "#main",
        "article",
        "main",
    ),
    *(
        "#vsb_content_2",
        "#vsb_content_4",
        "#vsb_content_100",
        "#vsb_content_500",
        "#vsb_content_501",
    ),
)

# Where the title stands above the body, the surest first.
HEADING_SELECTORS = (
    *(
        "#artitle",
        "#articleTitle",
        "#ivs_title",
        ".article-title",
        ".article_title",
        ".articleTitle",
        ".news_title",
    ),
    *(
        ".detail-title",
        ".xxgk_title",
        ".pages-title",
        "#title",
        ".title",
        ".bt",
        "h1",
        "h2",
        "h3",
    ),
)

# Name of a meta element in lower case -> key of Page.meta.
#
# The first seven are of the national page standard.
META_KEYS = {
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

# Elements whose text is no text of the page.
DROPPED_TAGS = (
    *(
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "iframe",
        "object",
        "embed",
        "canvas",
        "video",
        "audio",
        "map",
    ),
    *(
        "select",
        "textarea",
        "button",
        "input",
        "xml",
        "math",
        "dialog",
        "marquee",
        "rt",
        "rp",
    ),
)

# Words of class and id that mark chrome where no body profile fits.
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

# What pages put where their title belongs: the name of a column.
COLUMN_NAMES = frozenset(
    (
        *(
            "首页",
            "网站首页",
            "信息公开",
            "政务公开",
            "政府信息公开",
            "信息公开专栏",
            "政府信息公开专栏",
            "新闻动态",
        ),
        *(
            "年度报告",
            "信息公开年报",
            "政府信息公开年报",
            "信息公开年度报告",
            "政府信息公开年度报告",
            "通知公告",
        ),
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
        *(
            "法定主动公开内容",
            "信息公开内容",
            "政府网站",
            "门户网站",
            "首頁",
            "資訊公開",
            "政府資訊公開",
        ),
    )
)
