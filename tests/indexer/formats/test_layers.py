"""Layers of a PDF that are switched off are left out and told."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Collection, Mapping, Sequence

import pytest

from index.model.problems import Code
from indexer.formats import read
from indexer.formats.office.layers import layer_name, read_layers
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
    assert set(map(layer_name, read_layers(data).names)) == {read_as}
    assert "hidden" not in load(data).text


def test_two_layers_of_one_name_are_not_told_apart() -> None:
    assert read_layers(make(names=(b"(A)", b"(A)"))).names == frozenset()


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
    assert read_layers(data).names == {b"Draft"}
    assert read_layers(data[: len(data) // 2]).names == frozenset()


# ---------------------------------------------------------------------- memberships and forms
TWO_LAYERS = b"<< /OCGs [4 0 R 5 0 R] /D << /OFF [4 0 R] >> >>"


def written(
    parts: Sequence[bytes], properties: bytes, forms: bytes = b""
) -> list[bytes]:
    """The objects of a page of which each part stands on the group of its number, 6 and on."""
    looks = b"/Font << /F1 3 0 R >>"
    names = b"".join(b"/M%d %d 0 R " % (n, n + 6) for n in range(len(parts)))
    content = line(b"This line is shown to all", 700)
    for number, part in enumerate(parts):
        content += b"/OC /M%d BDC %s EMC " % (number, part)
    resources = b"<< %s /Properties << %s >> /XObject << %s >> >>" % (
        looks,
        names,
        forms,
    )
    return [
        b"<< /Type /Catalog /Pages 2 0 R /OCProperties " + properties + b" >>",
        b"<< /Type /Pages /Kids [20 0 R] /Count 1 >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Type /OCG /Name (Draft) >>",
        b"<< /Type /OCG /Name (Text) >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 21 0 R"
        b" /Resources " + resources + b" >>",
        stream(b"", content),
    ]


def line(text: bytes, top: int) -> bytes:
    return b"BT /F1 12 Tf 72 %d Td (%s) Tj ET " % (top, text)


def numbered(objects: Sequence[bytes], groups: Sequence[bytes]) -> dict[int, bytes]:
    first = dict(enumerate(objects[:5], 1))
    first.update(enumerate(groups, 6))
    return {**first, 20: objects[5], 21: objects[6]}


def packed(objects: Mapping[int, bytes], inside: Collection[int] = ()) -> bytes:
    """A PDF of these objects, those `inside` in one stream of objects, with a stream of places."""
    head = body = b""
    for number in inside:
        head += b"%d %d " % (number, len(body))
        body += objects[number] + b"\n"
    looks = b"/Type /ObjStm /N %d /First %d /Filter /FlateDecode" % (
        len(inside),
        len(head),
    )
    plain = {number: text for number, text in objects.items() if number not in inside}
    if inside:
        plain[30] = stream(looks, zlib.compress(head + body))
    out = b"%PDF-1.5\n"
    rows = {number: (2, 30, place) for place, number in enumerate(inside)}
    for number, text in plain.items():
        rows[number] = (1, len(out), 0)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    rows[31] = (1, len(out), 0)
    table = b"".join(struct.pack(">BIH", *rows.get(n, (0, 0, 0))) for n in range(32))
    looks = b"/Type /XRef /Size 32 /W [1 4 2] /Root 1 0 R"
    start = len(out)
    out += b"31 0 obj\n" + stream(looks, table) + b"\nendobj\n"
    return out + b"startxref\n%d\n%%%%EOF" % start


@pytest.mark.parametrize("inside", [(), (1, 4, 5, 6, 7, 20)])
@pytest.mark.parametrize(
    ("group", "is_shown"),
    [
        (b"<< /Type /OCMD /OCGs 4 0 R >>", False),
        (b"<</Type/OCMD/OCGs[4 0 R]>>", False),
        (b"<< /Type /OCMD /OCGs [4 0 R 5 0 R] >>", True),
        (b"<< /Type /OCMD /OCGs [4 0 R 5 0 R] /P /AllOn >>", False),
        (b"<< /Type /OCMD /OCGs 4 0 R /P /AllOff >>", True),
        (b"<< /Type /OCMD /OCGs 4 0 R /P /AnyOff >>", True),
        (b"<< /Type /OCMD /OCGs 5 0 R /P /AnyOff >>", False),
        (b"<< /Type /OCMD /OCGs [5 0 R 4 0 R] /P /AllOff >>", False),
        (b"<< /Type /OCMD /OCGs 5 0 R >>", True),
    ],
)
def test_memberships_of_layers(
    group: bytes, is_shown: bool, inside: tuple[int, ...]
) -> None:
    parts = [line(b"line of a membership", 680), line(b"line of the other one", 660)]
    groups = [group, b"<< /Type /OCMD /OCGs 5 0 R >>"]
    objects = numbered(written(parts, TWO_LAYERS), groups)
    page = load(packed(objects, inside))
    assert page.text.startswith("This line is shown to all")
    assert "line of the other one" in page.text
    assert ("line of a membership" in page.text) is is_shown
    told = [p.code for p in page.problems]
    assert told == ([] if is_shown else [Code.FORMAT_LAYERS_HIDDEN])


@pytest.mark.parametrize("owner", [b"4 0 R", b"6 0 R"])
def test_forms_on_a_hidden_layer(owner: bytes) -> None:
    membership = b"<< /Type /OCMD /OCGs 4 0 R >>"
    looks = b"/Type /XObject /Subtype /Form /BBox [0 0 595 842]"
    looks += b" /Resources << /Font << /F1 3 0 R >> >>"
    base = written([b"/F0 Do", b"/F1 Do"], TWO_LAYERS, b"/F0 22 0 R /F1 23 0 R")
    # the forms themselves say where they stand, the page does not
    base[6] = stream(b"", line(b"This line is shown to all", 700) + b"/F0 Do /F1 Do")
    objects = numbered(base, [membership])
    objects[22] = stream(looks + b" /OC " + owner, line(b"hidden form", 640))
    objects[23] = stream(looks + b" /OC 5 0 R", line(b"shown form", 620))
    page = load(packed(objects))
    assert page.text.split("\n") == ["This line is shown to all", "shown form"]
    (told,) = page.problems
    assert told.facts == {"layers": "Draft"}


def test_layers_within_a_form() -> None:
    looks = b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources <<"
    looks += b" /Font << /F1 3 0 R >> /Properties << /L0 4 0 R /L1 5 0 R >> >>"
    base = written([], TWO_LAYERS, b"/F0 22 0 R")
    base[6] = stream(b"", line(b"This line is shown to all", 700) + b"/F0 Do")
    objects = numbered(base, [])
    inner = b"/OC /L0 BDC " + line(b"hidden", 640) + b" EMC /OC /L1 BDC "
    objects[22] = stream(looks, inner + line(b"shown form", 620) + b" EMC")
    page = load(packed(objects))
    assert page.text.split("\n") == ["This line is shown to all", "shown form"]


@pytest.mark.parametrize("inside", [(), (4, 5)])
def test_two_layers_of_one_name_are_told_apart(inside: tuple[int, ...]) -> None:
    parts = [line(b"shown text", 680)]
    base = written(parts, TWO_LAYERS)
    base[4] = base[3]
    base[6] = base[6].replace(b"/M0 BDC", b"/M1 BDC")
    base[6] = base[6].replace(
        b"EMC", b"EMC /OC /M0 BDC " + line(b"hidden", 640) + b"EMC"
    )
    base[6] = stream(
        b"", base[6].partition(b"stream\n")[2].removesuffix(b"\nendstream")
    )
    base[5] = base[5].replace(b"/M0 6 0 R", b"/M0 4 0 R /M1 5 0 R")
    page = load(packed(numbered(base, []), inside))
    assert page.text.split("\n") == ["This line is shown to all", "shown text"]


def test_a_file_without_layers_is_left_alone() -> None:
    data = make(b"<< /OCGs [5 0 R 6 0 R] >>")
    layers = read_layers(data)
    assert layers.data == data
    assert not layers.is_packed
