"""Pages whose text stands elsewhere: in frames, behind another address, in what scripts write."""

from __future__ import annotations

import pytest

from index.model.errors import InputError
from index.model.problems import Code
from indexer.formats import read
from indexer.page import Page, Source

SENTENCE = "望海市档案局全年主动公开政府信息二十条，都在网站上。"
LONG = "".join(f"<p>{n}、{SENTENCE}</p>" for n in range(20))
SCRIPT = "<script>" + "var a = 1;" * 400 + "</script>"


def load(markup: str) -> Page:
    data = f"<html><body>{markup}</body></html>".encode()
    return read(Source("a.html", "/a.html", ".html", data, ""))


@pytest.mark.parametrize(
    ("markup", "told"),
    [
        ("<frameset><frame src='top.html'><frame src='main.html'></frameset>", "main.html"),
        ("<iframe src='nb.pdf'></iframe>", "nb.pdf"),
        ("<meta http-equiv=Refresh content='0; URL=new.html'>", "new.html"),
        ("<script>window.location.href = '/art/3.html';</script>", "/art/3.html"),
        ("<script>location.replace('b.html')</script>", "b.html"),
        (f"<div id=app></div>{SCRIPT}", "save it from a browser"),
        ("<div id=app></div><script src=/js/app.js></script>", "save it from a browser"),
        ("<noscript>Please enable JavaScript.</noscript>", "save it from a browser"),
        ("<div id=zoom></div>", "holds no text"),
    ],
)  # fmt: skip
def test_a_blank_page_says_where_its_text_is(markup: str, told: str) -> None:
    with pytest.raises(InputError) as caught:
        load(markup)
    assert told in caught.value.reason


@pytest.mark.parametrize(
    ("markup", "codes"),
    [
        (f"<h3>年报</h3><p>{SENTENCE}</p><iframe src=b.html>", [Code.FORMAT_FRAMES]),
        (f"<p>{SENTENCE}</p>{SCRIPT}", [Code.FORMAT_SCRIPT_MADE]),
        (f"<p>{SENTENCE}</p><iframe src='about:blank'></iframe>", []),
        (f"<p>{SENTENCE}</p><script src=/a.js></script>", []),
        (f"{LONG}<iframe src=/count.html></iframe>{SCRIPT}", []),
        (f"{LONG}<iframe src='/v.html?file=%2Fnb.pdf'></iframe>", [Code.FORMAT_FRAMES]),
        (f"{LONG}<object data=nb.ofd></object>", [Code.FORMAT_FRAMES]),
        (f"{LONG}<embed src=a.swf>", []),
    ],
)
def test_a_page_with_text_tells_what_it_lacks(markup: str, codes: list[Code]) -> None:
    assert [problem.code for problem in load(markup).problems] == codes
