"""Fills the generated parts of the documentation, or with --check says which are no longer true.

A part stands between `<!-- generated: NAME -->` and `<!-- end -->`. Each is made by running the
project itself over corpus/, so the documentation cannot claim what the program does not do.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import index.query.syntax  # noqa: E402
from index.model.fields import FACETS, FIELDS, Use  # noqa: E402  the checkout comes first
from index.model.settings import SETTINGS  # noqa: E402
from indexer.cli import main  # noqa: E402
from indexer.formats import FORMATS  # noqa: E402

PART_PATTERN = re.compile(
    r"(<!-- generated: ([\w-]+)(?: ([^\n]*?))? -->\n).*?(<!-- end -->)", re.DOTALL
)
FILES = (
    "README.md",
    "README.zh-CN.md",
    "ARCHITECTURE.md",
    "docs/users.md",
    "docs/operators.md",
    "docs/api.md",
    "docs/formats.md",
)


def run(*arguments: str) -> str:
    """What a command prints, without colours and times."""
    result = CliRunner().invoke(
        main, arguments, prog_name="gongkai", terminal_width=100
    )
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return re.sub(r" \([\d.]+ ms\)", "", result.output).rstrip()


def block(text: str) -> str:
    """A literal block."""
    return f"```text\n{text}\n```\n"


def commands(_: str) -> str:
    """The command line's own help."""
    return block(run("--help"))


def settings(_: str) -> str:
    """The table of settings."""
    rows = [
        f"| `GONGKAI_{name.upper()}` | {default or '-'} | {meaning} |\n"
        for name, default, meaning in SETTINGS
    ]
    return "| setting | default | meaning |\n|---|---|---|\n" + "".join(rows)


def facets(_: str) -> str:
    """The table of facets."""
    rows = [f"| `{row.name}` | {row.label_zh} | {row.kind} |\n" for row in FACETS]
    return "| facet | 中文 | kind |\n|---|---|---|\n" + "".join(rows)


def formats(_: str) -> str:
    """The table of formats that are read."""
    rows = []
    for row in FORMATS:
        suffixes = " ".join(f"`{suffix}`" for suffix in row.suffixes)
        mimes = " ".join(f"`{mime}`" for mime in row.mimes) or "-"
        rows.append(f"| {row.name} | {suffixes} | {mimes} |\n")
    head = "| format | suffixes | media types in WARC |\n|---|---|---|\n"
    return head + "".join(rows)


def fields(_: str) -> str:
    """The fields of a report, and where each is used."""
    heads = ["field", "中文", "kind", *(head for head, _ in USES), "facet"]
    rows = [heads, ["---"] * len(heads)]
    for field in FIELDS:
        marks = ["x" if field.uses & use else "" for _, use in USES]
        facet = f"`{field.query_name}`" if field.facet else ""
        rows.append([f"`{field.name}`", field.label_zh, field.kind, *marks, facet])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def search(arguments: str) -> str:
    """A search over corpus/ and its real answer."""
    query, *options = arguments.split(" | ")
    shown = " ".join(["gongkai", "search", f"'{query}'", *options])
    words = [w for o in options for w in o.split(" ")]
    return block(f"$ {shown}\n{run('search', query, '--index', str(INDEX), *words)}")


def grammar(_: str) -> str:
    """The grammar of queries, as the parser's own documentation has it."""
    lines = (index.query.syntax.__doc__ or "").splitlines()
    return block("\n".join(line[4:] for line in lines if line.startswith("    ")))


# Heads of the table of fields.
USES = (
    ("hit", Use.HIT),
    ("CSV", Use.EXPORT),
    ("query", Use.QUERY),
    ("overrides", Use.OVERRIDE),
)
PARTS: dict[str, Callable[[str], str]] = {
    "commands": commands,
    "settings": settings,
    "facets": facets,
    "fields": fields,
    "formats": formats,
    "search": search,
    "grammar": grammar,
}
INDEX = Path()


def filled(text: str) -> str:
    """A document with its parts made anew."""
    return PART_PATTERN.sub(lambda m: m[1] + PARTS[m[2]](m[3] or "") + m[4], text)


def work(*, check: bool) -> int:
    """Fill or check every document; the number of those that were not current."""
    stale = 0
    for name in FILES:
        path = ROOT / name
        before = path.read_text(encoding="utf-8")
        after = filled(before)
        if after == before:
            continue
        stale += 1
        outcome = "; run: make docs-write" if check else ", mended"
        print(f"{name}: generated parts are not current{outcome}")
        if not check:
            path.write_text(after, encoding="utf-8")
    return stale


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--check",
        action="store_true",
        help="change nothing, exit 1 if something is not current",
    )
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        INDEX = Path(folder)
        with contextlib.redirect_stderr(io.StringIO()):
            run("index", str(ROOT / "corpus"), "--index", folder)
        done = work(check=chosen.check)
    sys.exit(1 if chosen.check and done else 0)
