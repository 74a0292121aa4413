"""Documents and questions for the engines, written for these tests, and small alphabets to draw
random ones from.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable

from index.analysis.normaliser import Folded
from index.analysis.offsets import OffsetBuilder, OffsetMap
from index.engines.seam import Contents, Document
from index.model.fields import TEXT_FIELDS
from index.query.nodes import (
    NO_VALUE,
    AllOf,
    AnyOf,
    AtLeast,
    Everything,
    Keyword,
    Near,
    Node,
    Not,
    Nothing,
    NumberRange,
    PathPrefix,
    String,
    Wildcard,
)

ALPHABET = "公开公开信息aa,。\n𠮷😀一"
REGIONS = [
    ("甲省",),
    ("甲省", "乙市"),
    ("甲省", "乙市", "丙区"),
    ("甲省", "丁市"),
    ("戊省",),
    (),
]
AGENCIES = ["文旅局", "教育局", "镇人民政府", None]


def folded(text: str, *, doubled: bool = False) -> Folded:
    """A form with the identity, or (doubled) one whose every third character came from two."""
    if not doubled:
        return Folded(text, OffsetMap())
    builder, display = OffsetBuilder(), 0
    for i in range(len(text)):
        if i % 3 == 2:
            builder.blocked(display, 2, 1)
            display += 2
        else:
            builder.linear(display, 1)
            display += 1
    return Folded(text, builder.build())


def shown(text: str, *, doubled: bool = False) -> str:
    """The display text of such a form: a sign of the form is another one there, and every third
    character is two.
    """
    text = text.replace(",", "，")
    return (
        "".join(f"{c}a" if n % 3 == 2 else c for n, c in enumerate(text))
        if doubled
        else text
    )


def kept(contents: Contents) -> tuple[object, ...]:
    """All that is kept of a report."""
    wording = {name: contents.wording.get(name) for name in TEXT_FIELDS}
    texts = {name: contents.texts[name] for name in TEXT_FIELDS}
    texts["card"] = contents.card
    return contents.head, contents.rest, contents.display, texts, wording


def document(
    report_id: str,
    text: str,
    title: str = "",
    *,
    card: str = "",
    wording: Folded | None = None,
    title_wording: Folded | None = None,
    doubled: bool = False,
    **given: str | tuple[str, ...] | float | None,
) -> Document:
    """A document whose words are its runs of letters."""
    words = {
        "title": dict(Counter(re.findall(r"\w+", title))),
        "headings": dict(Counter(re.findall(r"\w+", text)[:1])),
        "body": dict(Counter(re.findall(r"\w+", text))),
    }
    return Document(
        id=report_id,
        digest=f"digest of {text}",
        source=f"seeds/{report_id}.txt",
        head=f"{report_id}: {text}".encode(),
        rest=f"the rest of {report_id}".encode(),
        display=shown(text, doubled=doubled),
        texts={
            "title": folded(title),
            "text": folded(text, doubled=doubled),
            "card": folded(card),
        },
        wording={"title": title_wording, "text": wording},
        words=words,
        keywords={k: v for k, v in given.items() if isinstance(v, str | tuple)},
        numbers={k: float(v) for k, v in given.items() if isinstance(v, int | float)},
    )


def random_text(rng: random.Random, most: int = 24) -> str:
    return "".join(rng.choice(ALPHABET) for _ in range(rng.randrange(most + 1)))


def random_wording(rng: random.Random) -> Folded | None:
    """Linear runs and replaced ones in turn, as a converted line has them."""
    if rng.random() < 0.6:
        return None
    builder, form, display = OffsetBuilder(), "", 0
    for i in range(rng.randrange(1, 6)):
        piece = random_text(rng, 5)
        if i % 2 and piece:
            builder.blocked(display, 2, len(piece))
            display += 2
        else:
            builder.linear(display, len(piece))
            display += len(piece)
        form += piece
    return Folded(form, builder.build()) if form else None


def random_document(rng: random.Random, report_id: str, most: int = 24) -> Document:
    return document(
        report_id,
        random_text(rng, most),
        random_text(rng, 8),
        wording=random_wording(rng),
        title_wording=random_wording(rng),
        doubled=rng.random() < 0.3,
        agency=rng.choice(AGENCIES),
        region=rng.choice(REGIONS),
        year=rng.choice([2018, 2019, 2020, None]),
        published=rng.choice([737000, 737100, None]),
        accepted=rng.choice([0, 3, 1.5, None]),
    )


def random_string(rng: random.Random) -> String:
    def form() -> str:
        return "".join(
            rng.choice(ALPHABET) for _ in range(rng.choice([1, 1, 2, 2, 2, 3, 3, 4, 6]))
        )

    forms = tuple(form() for _ in range(rng.choice([1, 1, 1, 2])))
    outside = (form() + forms[0], forms[0] + form())[: rng.choice([0, 0, 0, 1, 2])]
    return String(forms, rng.choice([None, None, None, "title", "text"]), outside)


def random_wildcard(rng: random.Random) -> Wildcard:
    pattern = "".join(rng.choice("公开信息a*?*?") for _ in range(rng.randrange(1, 6)))
    return Wildcard(
        pattern + "公" * (not pattern.strip("*?")),
        rng.choice([None, "title"]),
        rng.choice([2, 20]),
    )


def random_node(rng: random.Random, depth: int = 2) -> Node:
    if depth and rng.random() < 0.5:
        operands = tuple(
            random_node(rng, depth - 1) for _ in range(rng.randrange(1, 4))
        )
        nodes: list[Node] = [
            AllOf(operands),
            AnyOf(operands),
            AtLeast(operands, rng.randrange(1, 3)),
            Not(operands[0]),
        ]
        return rng.choice(nodes)
    strings: list[Callable[[random.Random], Node]] = [random_string] * 6

    others: list[Callable[[random.Random], Node]] = [
        random_wildcard,
        random_near,
        random_filter,
    ]
    return rng.choice(strings + others)(rng)


def random_near(rng: random.Random) -> Near:
    return Near(
        tuple(random_string(rng) for _ in range(rng.choice([1, 2, 2, 3]))),
        rng.choice([0, 1, 3]),
    )


def random_filter(rng: random.Random) -> Node:
    filters: list[Node] = [
        Keyword("agency", tuple(a or NO_VALUE for a in rng.sample(AGENCIES, 2))),
        Keyword("year", ("2018", "2020")),
        PathPrefix("region", (rng.choice(REGIONS), rng.choice(REGIONS))),
        NumberRange("year", rng.choice([None, 2019]), rng.choice([None, 2019])),
        NumberRange("accepted", 1, None),
        NumberRange("never", None, None),
        Everything(),
        Nothing(),
    ]
    return rng.choice(filters)
