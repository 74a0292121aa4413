"""The shapes of government web pages: how the content systems of several eras wrap a report.

A shape is an HTML frame and the form of its paragraphs. A backslash ends a line of a frame that
goes on. The frames are written for this project
after the common content systems' habits: ids, meta names, breadcrumb, tools, neighbours and footer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

__all__ = ["PARAGRAPH_FORMS", "SHAPE_FRAMES", "page"]

# what the national page standard asks of every page
_META_FRAME = """<meta name="SiteName" content="{site}">
<meta name="ColumnName" content="政府信息公开年报">
<meta name="ArticleTitle" content="{title}">
<meta name="PubDate" content="{published} 09:30:00">
<meta name="ContentSource" content="{source}">
"""

# TRS WCM, the system of most provinces
_TRS_FRAME = """<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="{charset}">
<title>{title}_{site}</title>
{meta}<style>.top{{height:90px}} .TRS_Editor p{{text-indent:2em}}</style>
<script>var contentId = "t{number}"; function doZoom(n) {{ return n; }}</script>
</head>
<body>
<div class="top"><ul class="nav"><li><a href="/">首页</a></li><li><a href="/xw/">新闻中心</a></li>
<li><a href="/zwgk/">政务公开</a></li><li><a href="/bsfw/">办事服务</a></li><li><a href="/hd/">\
互动交流</a></li></ul></div>
<div class="crumb">您现在的位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a> &gt; \
政府信息公开年报</div>
<div class="article">
<h1>{title}</h1>
<div class="info"><span>发布时间：{published} 09:30</span> <span>来源：{source}</span> <span>\
浏览次数：<i id="hits">-</i></span>
<span>字体：[<a href="javascript:doZoom(18)">大</a> <a href="javascript:doZoom(16)">中</a> <a \
href="javascript:doZoom(14)">小</a>]</span></div>
<div class="TRS_Editor">
{body}
</div>
<div class="tool"><a href="javascript:window.print()">打印</a> <a \
href="javascript:window.close()">关闭</a> 分享到：<span>微信</span> <span>微博</span></div>
<div class="next">上一篇：<a href="./t{number}0.html">关于做好政务公开工作的通知</a><br>\
下一篇：<a href="./t{number}1.html">没有了</a></div>
</div>
<div class="footer">主办：{source} 网站标识码：0000000000 备案号：ICP备00000000号-1 <a \
href="/map.html">网站地图</a></div>
</body>
</html>
"""

# an editor's #zoom, with a table of facts above the title
_ZOOM_FRAME = """<!DOCTYPE html>
<html>
<head>
<meta http-equiv="Content-Type" content="text/html; charset={charset}">
<title>{title}</title>
{meta}</head>
<body>
<div id="header"><img src="/images/logo.png" alt="{site}"> <a href="/wza/">无障碍</a> <a \
href="/en/">English</a> <a href="/login">登录</a></div>
<div class="position">当前位置：首页 &gt; 法定主动公开内容 &gt; 政府信息公开年报</div>
<div class="xxgk"><table class="index"><tr><td>索引号：</td><td>000000000/{year}-{number}</td><td>\
发布机构：</td><td>{source}</td></tr>
<tr><td>名称：</td><td>{title}</td><td>发布日期：</td><td>{published}</td></tr></table></div>
<h2 class="title">{title}</h2>
<div class="sub">时间：{published} 来源：{source} 【字号： 大 中 小 】</div>
<div id="zoom">
{body}
</div>
<div class="ewm">扫一扫在手机打开当前页</div>
<div class="btns">【打印本页】【关闭窗口】</div>
<div id="footer"><p>版权所有：{site} 承办：{source}</p><p>ICP备00000000号 公网安备 \
00000000000000号</p></div>
</body>
</html>
"""

# the platform of gov.cn
_UCAP_FRAME = """<!DOCTYPE html>
<html lang="zh">
<head>
<meta charset="{charset}">
<title>{title} - {site}</title>
{meta}<meta name="Keywords" content="年度报告,信息公开">
</head>
<body>
<nav><a href="/">网站首页</a><a href="/col/1/">要闻动态</a><a href="/col/2/">信息公开</a><a \
href="/col/3/">政务服务</a></nav>
<ol class="breadcrumb"><li>首页</li><li>信息公开</li><li>政府信息公开年度报告</li></ol>
<main>
<ucaptitle><h1 class="arc-title">{title}</h1></ucaptitle>
<p class="arc-info">发布日期：<publishtime>{published} 10:12</publishtime>\
　信息来源：{source}　访问量：<b>1</b>　<a>【我要纠错】</a></p>
<div id="UCAP-CONTENT">
{body}
</div>
<div class="share">分享：<i>微信</i><i>微博</i><i>QQ空间</i></div>
<ul class="relevant"><li><a>相关链接：政府信息公开指南</a></li><li><a>\
相关链接：政府信息公开制度</a></li></ul>
</main>
<footer>{site} 主办单位：{source} 政府网站标识码 0000000000</footer>
</body>
</html>
"""

# columns of 2010, the site's own title missing
_PAGES_FRAME = """<html>
<head>
<meta http-equiv="Content-Type" content="text/html; charset={charset}" />
<title>{title}</title>
{meta}</head>
<body>
<div class="header"><h3>{site}</h3></div>
<div class="leftnav"><ul><li>政府信息公开指南</li><li>政府信息公开制度</li><li>\
法定主动公开内容</li><li>政府信息公开年报</li><li>依申请公开</li></ul></div>
<div class="right"><table class="headInfo" width="100%"><tr><td>标　　题：</td><td>{title}</td>\
</tr><tr><td>发文机关：</td><td>{source}</td></tr><tr><td>发布日期：</td><td>{published}</td></tr>\
</table>
<div class="pages_content">
{body}
</div>
<p class="opt">保存 打印 关闭</p></div>
<div class="foot">Copyright {site} All Rights Reserved</div>
</body>
</html>
"""

# saved from Word as a web page
_WORD_FRAME = """<html xmlns:o="urn:schemas-microsoft-com:office:office" \
xmlns:w="urn:schemas-microsoft-com:office:word">
<head>
<meta http-equiv=Content-Type content="text/html; charset={charset}">
<meta name=Generator content="Microsoft Word 12">
<title>{title}</title>
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
<style><!-- p.MsoNormal \
{{margin:0cm;text-align:justify;font-size:16.0pt;font-family:仿宋_GB2312}} --></style>
</head>
<body lang=ZH-CN style='text-justify-trim:punctuation'>
<div class=Section1>
<p class=MsoNormal align=center style='text-align:center'><b><span style='font-size:22.0pt'>\
{title}</span></b></p>
<p class=MsoNormal><span lang=EN-US><o:p>&nbsp;</o:p></span></p>
{body}
</div>
</body>
</html>
"""

# tables within tables, as pages of 2005 were laid out
_NESTED_FRAME = """<html>
<head><meta http-equiv="Content-Type" content="text/html; charset={charset}"><title>{site}</title>\
</head>
<body bgcolor="#FFFFFF" topmargin="0">
<table width="776" border="0" align="center"><tr><td height="100" background="images/top.jpg">\
&nbsp;</td></tr>
<tr><td><a href="index.asp">首 页</a> | <a href="jg.asp">机构设置</a> | <a href="news.asp">\
工作动态</a> | <a href="gk.asp">信息公开</a> | <a href="bbs.asp">局长信箱</a></td></tr></table>
<table width="776" border="0" align="center" cellpadding="0"><tr>
<td width="180" valign="top"><table width="100%"><tr><td><b>信息公开</b></td></tr><tr><td>\
公开指南</td></tr><tr><td>公开目录</td></tr><tr><td>年度报告</td></tr></table></td>
<td valign="top"><table width="100%"><tr><td>您的位置：首页 → 信息公开 → 年度报告</td></tr>
<tr><td align="center"><font size="4" color="#CC0000"><b>{title}</b></font></td></tr>
<tr><td align="center"><font color="#666666">\
作者：{source}　发布时间：{published}　点击数：326</font><hr size="1"></td></tr>
<tr><td><table width="96%" align="center"><tr><td style="line-height:200%">
{body}
</td></tr></table></td></tr>
<tr><td align="right">[<a href="javascript:window.print()">打印</a>] [<a \
href="javascript:window.close()">关闭</a>]</td></tr></table></td>
</tr></table>
<table width="776" align="center"><tr><td align="center">{site} 版权所有 建议使用IE6.0以上浏览器 \
1024*768分辨率<br>ICP备00000000号 您是第 88213 位访客</td></tr></table>
</body>
</html>
"""

# what is printed to PDF
_PRINT_FRAME = """<html><head><meta charset="utf-8"><title>{title}</title>
<style>body{{font-family:"Noto Serif CJK SC","Noto Sans CJK \
SC",serif;font-size:12pt;line-height:1.7}}
h1{{text-align:center;font-size:18pt}} table{{border-collapse:collapse;font-size:8pt}} \
td{{padding:1px 3px;text-align:center}}</style></head>
<body><h1>{title}</h1>
{body}
</body></html>
"""

# Name of the shape -> its frame.
SHAPE_FRAMES: Mapping[str, str] = {
    "trs": _TRS_FRAME,
    "zoom": _ZOOM_FRAME,
    "ucap": _UCAP_FRAME,
    "pages": _PAGES_FRAME,
    "word": _WORD_FRAME,
    "nested": _NESTED_FRAME,
    "pdf": _PRINT_FRAME,
}

# Name of the shape -> the form of a paragraph in it.
PARAGRAPH_FORMS: Mapping[str, str] = {
    "trs": "<p>　　{}</p>",
    "zoom": '<p style="text-indent: 2em;">{}</p>',
    "ucap": '<p><span style="font-family: 仿宋; font-size: 16pt;">{}</span></p>',
    "pages": "<p>&emsp;&emsp;{}</p>",
    "word": (
        "<p class=MsoNormal style='text-indent:32.0pt'>"
        "<span style='font-size:16.0pt;font-family:仿宋_GB2312'>{}</span></p>"
    ),
    "nested": "&nbsp;&nbsp;&nbsp;&nbsp;{}<br>",
    "pdf": "<p>{}</p>",
}

# Encoding -> what pages in it declare.
_DECLARED_CHARSETS = {"gb18030": "gb2312", "utf-8-sig": "utf-8"}


def page(shape: str, head: Mapping[str, str], body: Callable[[str], str]) -> str:
    """A report as a web page.

    `head` has title, source, site, published, year; `body` lays out the text, given the form of a
    paragraph.

    A page in GB18030 declares gb2312, as most of them did.
    """
    encoding = head.get("encoding", "utf-8")
    values = {
        key: escape(head.get(key, ""))
        for key in ("title", "source", "site", "published", "year")
    }
    values["charset"] = _DECLARED_CHARSETS.get(encoding, encoding)
    values["number"] = f"{sum(map(ord, head.get('title', ''))) % 100_000:05d}"
    meta = _META_FRAME.format(**values)
    return SHAPE_FRAMES[shape].format(
        **values, meta=meta, body=body(PARAGRAPH_FORMS[shape])
    )
