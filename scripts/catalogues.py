"""Keep the catalogues of `index/words/locale` whole and compiled.

`python scripts/catalogues.py` does three things. It looks for every text that pages show (in the
templates, in webui and in the tables of the model), takes out what no page shows any more, and adds
the message ids that a catalogue lacks at its end, without words: a translator finds them there. It
writes the catalogue of traditional Chinese anew from that of simplified Chinese, by OpenCC and a
reviewed list of phrases. It compiles every .po to the .mo beside it. `--check` changes nothing and
says what is not current.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po
from opencc import OpenCC

from index.model.fields import FIELDS
from index.model.forms import ANNEX_COLUMNS, FORMS, RESULT_COLUMNS, TABLE_TITLES
from index.model.metrics import METRICS
from index.model.problems import Code
from index.model.report import LEVELS
from index.query.explain import FIELD_LABELS
from index.studies.aggregate import measures
from indexer.metadata.bodies import LINE_PATTERNS, ORG_TYPES
from webui.words.laws import LAWS

ROOT = Path(__file__).parents[1]
LOCALE = ROOT / "index/words/locale"
PHRASES = LOCALE / "phrases_zh_Hant.tsv"

# The language that message ids of pages are written in, and the one that is made from it.
SOURCE, MADE = "zh_Hans", "zh_Hant"
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext.babel_extract")]
# Words for one thing and for several have one id: Chinese does not tell them apart.
KEYWORDS = {
    "_": None,
    "gettext": None,
    "msgid": None,
    "pgettext": ((1, "c"), 2),
    "counted": (1, 1),
    "ngettext": (1, 1),
}
# Contexts whose ids are keys of a table of the program, not words of a page.
KEYED = frozenset(
    {
        "document",
        "error-lead",
        "error-title",
        "explain",
        "encoding",
        "language",
        "repair",
        "source",
        "table",
        "template",
    }
)
# Context and id of a message; the context of most is None.
Name = tuple[str | None, str]


def wanted() -> dict[Name, bool]:
    """Every message of the pages -> whether it is about a number of things."""
    found: dict[Name, bool] = dict.fromkeys(_of_tables(), False)
    options = {"jinja2.ext.babel_extract": {"newstyle_gettext": "true"}}
    extracted = extract_from_dir(
        ROOT / "webui",
        METHODS,
        {"**/templates/**.html": options["jinja2.ext.babel_extract"]},
        KEYWORDS,
    )
    for _, _, message, _, context in extracted:
        several = isinstance(message, tuple)
        text = message[0] if several else message
        if text:
            found[context, text] = found.get((context, text), False) or several
    return found


def _of_tables() -> Iterator[Name]:
    """The texts of the tables of the model, which no program calls by name."""
    yield from (("field", field.label_zh) for field in FIELDS)
    yield from (("field", FIELD_LABELS[name]) for name in ("title", "published"))
    yield from (("metric", metric.label_zh) for metric in METRICS)
    yield from (("unit", metric.unit) for metric in METRICS)
    for measure in measures():
        yield "metric", measure.label_zh
        yield "metric", measure.formula_zh
    yield from (("value", level) for level in LEVELS)
    yield from (("value", kind) for kind, _ in ORG_TYPES)
    # what no pattern of a name tells: by the body's system, and any other
    yield from (("value", kind) for kind in ("垂直管理机构", "其他"))
    yield from (("value", line) for line, _ in LINE_PATTERNS)
    for family, labels in LAWS.items():
        yield "law", family
        yield from (("form", label) for label in labels.values())
    yield from (("form", title) for title in TABLE_TITLES.values())
    yield from (("form", column.label) for column in RESULT_COLUMNS)
    yield from (("form", column.label) for column in ANNEX_COLUMNS)
    for form in FORMS.values():
        for clause in form.clauses:
            yield from (("form", column.label) for column in clause.columns)
            yield from (("form", row.label) for row in clause.rows)


def read(path: Path) -> Catalog:
    """A catalogue. Raises babel's PoFileError with the line that cannot be read."""
    with path.open("rb") as file:
        return read_po(file, domain="gongkai", abort_invalid=True)


def named(catalogue: Catalog) -> dict[Name, Message]:
    """The messages of a catalogue by context and id, without its header."""
    messages: dict[Name, Message] = {}
    for message in catalogue:
        # singular and plural of an id are a tuple in a .po file, a list in a .mo file
        text = message.id if isinstance(message.id, str) else message.id[0]
        if text:
            messages[message.context, text] = message
    return messages


def missing(catalogue: Catalog) -> dict[Name, bool]:
    """What pages show and this catalogue lacks."""
    known = named(catalogue)
    return {name: several for name, several in wanted().items() if name not in known}


def pruned(text: str) -> str:
    """The text of a catalogue without the entries that no page shows any more."""
    shown = {*wanted(), *((None, code.value) for code in Code)}
    kept = []
    # entries are parted by empty lines; comments and the header have no name
    for block in text.split("\n\n"):
        entry = read_po(io.BytesIO(block.encode()), domain="gongkai")
        names = named(entry)
        is_keyed = any(context in KEYED for context, _ in names)
        if not names or is_keyed or any(name in shown for name in names):
            kept.append(block)
    return "\n\n".join(kept).rstrip("\n") + "\n"


def completed(path: Path) -> str:
    """The text of a catalogue with what it lacks at its end, and without what nobody says.

    In the language of the ids the id is the words; elsewhere a translator fills them in.
    """
    text = pruned(path.read_text(encoding="utf-8"))
    is_source = path.parts[-3] == SOURCE
    for (context, words), several in missing(read(path)).items():
        said = words if is_source and context != "law" else ""
        text += "\n" + _entry(context, words, said, several=several)
    return text


def _entry(context: str | None, words: str, said: str, *, several: bool) -> str:
    lines = [f"msgctxt {_quoted(context)}"] if context else []
    lines.append(f"msgid {_quoted(words)}")
    if several:
        lines += [f"msgid_plural {_quoted(words)}", f"msgstr[0] {_quoted(said)}"]
    else:
        lines.append(f"msgstr {_quoted(said)}")
    return "\n".join(lines) + "\n"


def _quoted(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


# ---------------------------------------------------------------------- traditional Chinese
def phrases(path: Path = PHRASES) -> dict[str, str]:
    """Simplified phrase -> what it is in Taiwan where OpenCC writes something else."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row[0]: row[1] for row in rows if row and not row[0].startswith("#")}


class Traditional:
    """Simplified Chinese to the traditional Chinese of Taiwan."""

    def __init__(self, exceptions: dict[str, str]) -> None:
        self.exceptions = exceptions
        self.converter = OpenCC("s2twp")
        longest_first = sorted(exceptions, key=len, reverse=True)
        pattern = "|".join(map(re.escape, longest_first)) or "(?!)"
        self.pattern = re.compile(f"({pattern})")

    def __call__(self, text: str) -> str:
        """The text; a reviewed phrase keeps its reviewed form."""
        out = ""
        for part in self.pattern.split(text):
            if part in self.exceptions:
                out += self.exceptions[part]
            elif part:
                out += self.converter.convert(part)
        return out


def made(source: Path) -> str:
    """The catalogue of traditional Chinese, from that of simplified Chinese."""
    traditional = Traditional(phrases())
    catalogue = read(source)
    for message in catalogue:
        if isinstance(message.string, tuple):
            message.string = tuple(traditional(text) for text in message.string)
        elif message.id:
            message.string = traditional(message.string)
    own = named(catalogue)["language", "name"]
    own.string = "繁體中文"
    catalogue.locale = MADE
    catalogue.header_comment = (
        "# The words of Gongkai: 繁體中文.\n"
        "# Made by `make words` from the catalogue of zh_Hans and phrases_zh_Hant.tsv:\n"
        "# do not edit it."
    )
    out = io.BytesIO()
    write_po(out, catalogue, width=0, omit_header=True)
    header = (
        f'{catalogue.header_comment}\nmsgid ""\nmsgstr ""\n"Language: {MADE}\\n"\n'
        '"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
    )
    return header + out.getvalue().decode("utf-8").strip() + "\n"


# ---------------------------------------------------------------------- files
def _strings(catalogue: Catalog) -> dict[Name, Any]:
    strings = {}
    for name, message in named(catalogue).items():
        several = not isinstance(message.string, str)
        strings[name] = tuple(message.string) if several else message.string
    return strings


def _compile(source: Path, *, write: bool) -> Iterator[Path]:
    """Bring the .mo beside a .po up to date; yields it where it was not."""
    catalogue = read(source)
    path = source.with_suffix(".mo")
    if path.is_file():
        with path.open("rb") as file:
            # not by bytes: Babel writes its version and the time into each file
            if _strings(read_mo(file)) == _strings(catalogue):
                return
    if write:
        with path.open("wb") as file:
            write_mo(file, catalogue)
    yield path


def _put(path: Path, text: str, *, write: bool) -> Iterator[Path]:
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    if write:
        path.write_text(text, encoding="utf-8")
    yield path


def _sources() -> Iterable[Path]:
    # the one that is made comes after the one that it is made from
    return sorted(LOCALE.rglob("*.po"), key=lambda path: MADE in path.parts)


def stale(*, write: bool) -> list[Path]:
    """The files that are not what they should be; `write` mends them."""
    found: list[Path] = []
    for source in _sources():
        text = completed(source)
        if MADE in source.parts:
            text = made(LOCALE / SOURCE / source.relative_to(LOCALE / MADE))
        found += _put(source, text, write=write)
        found += _compile(source, write=write)
    return found


if __name__ == "__main__":
    checking = "--check" in sys.argv[1:]
    for path in stale(write=not checking):
        print(f"{path}: {'not current; run make words' if checking else 'written'}")
        if checking:
            sys.exit(1)
