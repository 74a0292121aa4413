"""Layers of a PDF that are switched off are left out and told."""

from __future__ import annotations

import zlib

import pytest

from index.model.problems import Code
from indexer.formats import read
from indexer.formats.office.layers import hidden_layers, layer_name
from indexer.page import Page, Source

OFF = b"<< /OCGs [5 0 R 6 0 R] /D << /OFF [5 0 R] /Order [5 0 R 6 0 R] >> >>"
CONTENT = b"BT /F1 12 Tf 72 700 Td (This line is shown to all) Tj ET"
CONTENT += b" /OC /L0 BDC BT /F1 12 Tf 72 680 Td (hidden line) Tj ET EMC"
CONTENT += b" /OC /L1 BDC BT /F1 12 Tf 72 660 Td (line of the other layer) Tj ET EMC"
CONTENT += b" /OC /L0 BDC /X0 Do EMC"
FORM = b"BT /F1 12 Tf 72 640 Td (hidden form) Tj ET"


def stream(looks: bytes, data: bytes) -> bytes:
    head = b"<< %s /Length %d >>\nstream\n" % (looks, len(data))
    return head + data + b"\nendstream"


def make(
    properties: bytes = OFF, names: tuple[bytes, bytes] = (b"(Draft)", b"(Text)")
) -> bytes:
    font = b"/Resources << /Font << /F1 7 0 R >> >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
    page += b" /Resources << /Font << /F1 7 0 R >> /XObject << /X0 8 0 R >>"
    page += b" /Properties << /L0 5 0 R /L1 6 0 R >> >> >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /OCProperties " + properties + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page,
        stream(b"", CONTENT),
        *(b"<< /Type /OCG /Name %s >>" % name for name in names),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        stream(b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] " + font, FORM),
        b"<< /OFF [5 0 R] >>",
    ]
    out = b"%PDF-1.5\n"
    places: list[int] = []
    for number, text in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    return out + b"startxref\n%d\n%%%%EOF" % start


def load(data: bytes) -> Page:
    return read(Source("a.pdf", "/a.pdf", ".pdf", data, ""))


@pytest.mark.parametrize(
    "properties",
    [
        OFF,
        b"<< /OCGs [5 0 R 6 0 R] /D 9 0 R >>",
        b"<< /OCGs [5 0 R 6 0 R] /D << /BaseState /OFF /ON [6 0 R] >> >>",
        b"<< /OCGs [5 0 R 6 0 R] /D << /OFF[5 0 R] >> /Configs [<< /OFF [6 0 R] >>] >>",
    ],
)
def test_a_layer_that_is_off_is_left_out(properties: bytes) -> None:
    page = load(make(properties))
    assert page.text.split("\n") == [
        "This line is shown to all",
        "line of the other layer",
    ]
    (told,) = [p for p in page.problems if p.code is Code.FORMAT_LAYERS_HIDDEN]
    assert told.facts == {"layers": "Draft"}


@pytest.mark.parametrize(
    "properties",
    [
        b"<< /OCGs [5 0 R 6 0 R] /D << /OFF [] >> >>",
        b"<< /OCGs [5 0 R 6 0 R] /D << >> /Configs [<< /OFF [5 0 R] >>] >>",
        b"<< /OCGs [5 0 R 6 0 R] >>",
    ],
)
def test_layers_that_are_on_are_text(properties: bytes) -> None:
    page = load(make(properties))
    assert "hidden line" in page.text
    assert "hidden form" in page.text
    assert page.problems == []


@pytest.mark.parametrize(
    ("name", "read_as"),
    [
        (b"<FEFF83497A3F>", "草稿"),
        (b"(\\376\\377\\203\\111z?)", "草稿"),
        (b"(a\\(b\\)c)", "a(b)c"),
        (b"(a (b) c)", "a (b) c"),
    ],
)
def test_names_however_they_are_written(name: bytes, read_as: str) -> None:
    data = make(names=(name, b"(Text)"))
    assert set(map(layer_name, hidden_layers(data))) == {read_as}
    assert "hidden" not in load(data).text


def test_two_layers_of_one_name_are_not_told_apart() -> None:
    assert hidden_layers(make(names=(b"(A)", b"(A)"))) == frozenset()


def test_layers_in_a_stream_of_objects() -> None:
    first = b"<< /Type /Catalog /OCProperties " + OFF + b" >>"
    layers = (first, b"<< /Name (Draft) >>", b"<< /Name (Text) >>")
    head = b""
    place = 0
    for number, text in zip((1, 5, 6), layers, strict=True):
        head += b"%d %d " % (number, place)
        place += len(text) + 1
    body = zlib.compress(head + b" ".join(layers))
    looks = b"/Type /ObjStm /N 3 /First %d /Filter /FlateDecode" % len(head)
    data = b"%PDF-1.5\n9 0 obj\n" + stream(looks, body) + b"\nendobj\n"
    assert hidden_layers(data) == {b"Draft"}
    assert hidden_layers(data[: len(data) // 2]) == frozenset()
