"""Builds corpus/ and its truth from the authored texts in scripts/corpus_sources/.

    python scripts/build_corpus.py [NAME...] only those whose file contains NAME; PDF files need
    chromium

A source file holds several reports, each introduced by a line "=== path". Header lines `key: value`
follow up to an empty line, then the text. A block from "@gb2019 LAYOUT", "@gb2021 LAYOUT" or
"@stat2014" to "@end" holds numbers from which the statutory tables are laid out; totals and
carried-over cells are computed, so that the tables agree.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

import docx
import opencc
from docx.oxml.ns import qn

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

# the checkout's own package, installed or not
from indexer.sample import damage  # noqa: E402
from indexer.sample import tables as forms  # noqa: E402
from indexer.sample.shapes import page  # noqa: E402

SOURCES_FOLDER = ROOT / "scripts" / "corpus_sources"
CORPUS_FOLDER = ROOT / "corpus"
TRUTH_FILE = ROOT / "tests" / "data" / "corpus_truth.json"
CLEAN_FOLDER = ROOT / "tests" / "data" / "corpus_clean"

# What an outcome is called in the sources -> its key.
OUTCOME_NAMES = {
    "公开": "granted",
    "部分": "partly",
    "国密": "refused_1",
    "法禁": "refused_2",
    "三安全": "refused_3",
    "三方": "refused_4",
    "内部": "refused_5",
    "过程": "refused_6",
    "案卷": "refused_7",
    "查询": "refused_8",
    "不掌握": "unavailable_1",
    "另制": "unavailable_2",
    "不明确": "unavailable_3",
    "信访": "not_processed_1",
    "重复": "not_processed_2",
    "出版物": "not_processed_3",
    "大量": "not_processed_4",
    "确认": "not_processed_5",
    "不补正": "other_1",
    "不缴费": "other_2",
    "其他3": "other_3",
    "其他": "other",
}
# What a row of part two is called in the sources -> its label.
PROACTIVE_NAMES = {
    "规章": "规章",
    "规范": "规范性文件",
    "许可": "行政许可",
    "服务": "其他对外管理服务事项",
    "处罚": "行政处罚",
    "强制": "行政强制",
    "收费": "行政事业性收费",
    "采购": "政府集中采购",
}


@dataclass(slots=True)
class Piece:
    """A run of paragraphs, or a table: of the statutory forms, or rows of plain cells."""

    lines: list[str] = field(default_factory=list)
    tables: forms.Tables | None = None
    layout: str = "line"
    rows: list[tuple[str, ...]] = field(default_factory=list)


@dataclass(slots=True)
class Sample:
    """One authored report: its header, and its text as pieces."""

    path: str
    head: dict[str, str]
    pieces: list[Piece]

    @property
    def file(self) -> str:
        return re.split(r"(?<=\.zip)/|#", self.path)[0]


def samples() -> list[Sample]:
    """All authored reports in the order of the sources."""
    found = []
    for source in sorted(SOURCES_FOLDER.glob("*.txt")):
        for block in source.read_text(encoding="utf-8").split("\n=== ")[1:]:
            path, _, rest = block.partition("\n")
            header, _, body = rest.partition("\n\n")
            head = dict(line.split(": ", 1) for line in header.splitlines())
            found.append(
                Sample(path.strip(), head, pieces(body.strip("\n").split("\n")))
            )
            if head.get("damage") == "broken-identity":
                break_total(found[-1])
    return found


def pieces(lines: list[str]) -> list[Piece]:
    out = [Piece()]
    rest = iter(lines)
    for line in rest:
        if not line.startswith("@"):
            out[-1].lines.append(line)
            continue
        block = []
        for inner in rest:
            if inner == "@end":
                break
            block.append(inner.split())
        out += [table_piece(line[1:].split(), block), Piece()]
    return [p for p in out if p.lines or p.tables or p.rows]


def table_piece(words: list[str], block: list[list[str]]) -> Piece:
    kind = words[0]
    layout = words[1] if len(words) > 1 else "line"
    if kind == "stat2014":
        rows = forms.stat2014_rows({key: float(value) for key, value in block})
        return Piece(rows=[("统计指标", "单位", "统计数"), *rows], layout=layout)
    if kind == "rows":
        return Piece(rows=[tuple(row) for row in block], layout=layout)
    return Piece(tables=statutory(kind, block), layout=layout)


# Rows of the table of reviews and suits, in their order.
REVIEW_NAMES = ("复议", "直诉", "复诉")


def statutory(template: str, block: list[list[str]]) -> forms.Tables:
    applications = {"新收": [0] * 6, "结转": [0] * 6}
    outcomes: dict[str, list[int]] = {}
    proactive = blank_proactive(template)
    review = [[0] * 4, [0] * 4, [0] * 4]
    for name, *values in block:
        if name in PROACTIVE_NAMES:
            label = PROACTIVE_NAMES[name]
            if label == "规范性文件" and template == "gb2021":
                label = "行政规范性文件"
            assert len(values) == len(proactive[label]), (name, values)
            proactive[label] = tuple(values)
            continue
        numbers = [int(value) for value in values]
        if name in REVIEW_NAMES:
            review[REVIEW_NAMES.index(name)] = numbers
            continue
        # applicants that are left out had none
        numbers += [0] * (6 - len(numbers))
        if name in applications:
            applications[name] = numbers
        else:
            outcomes[OUTCOME_NAMES[name]] = numbers
    known = {key for key, _ in forms.OUTCOME_ROWS[template]}
    assert set(outcomes) <= known, outcomes
    rows = forms.applications(
        template, applications["新收"], applications["结转"], outcomes
    )
    reviewed = [number for counts in review for number in forms.five(*counts)]
    tables = forms.Tables(template, rows, proactive, reviewed)
    assert not forms.broken_identities(tables)
    assert all(number >= 0 for row in rows.values() for number in row), rows
    return tables


def blank_proactive(template: str) -> dict[str, tuple[str, ...]]:
    return {
        label: ("0",) * len(columns)
        for _, columns, labels in forms.CLAUSE_ROWS[template]
        for label in labels
    }


# -- text and HTML of a report

CELL_SEPARATORS = {"line": "\n", "space": " ", "pipe": " | ", "tab": "\t"}


def as_text(sample: Sample) -> str:
    lines: list[str] = []
    for piece in sample.pieces:
        separator = CELL_SEPARATORS.get(piece.layout, "\n")
        if piece.tables is not None:
            lines += forms.text_tables(piece.tables, separator)
        lines += [separator.join(c for c in row if c) for row in piece.rows]
        lines += piece.lines
    return "\n".join(lines)


def as_html(sample: Sample, paragraph: str) -> str:
    parts: list[str] = []
    for piece in sample.pieces:
        if piece.tables is not None:
            parts.append(forms.html_tables(piece.tables, paragraph))
        if piece.rows:
            parts.append(forms.html_table(plain_grid(piece.rows)))
        stripped = filter(None, map(str.strip, piece.lines))
        parts += [html_line(line, paragraph) for line in stripped]
    return "\n".join(parts)


def plain_grid(rows: list[tuple[str, ...]]) -> forms.Grid:
    """Rows of cells that span one column and one row."""
    return [[(cell, 1, 1) for cell in row] for row in rows]


def html_line(line: str, paragraph: str) -> str:
    if line.startswith("<图>"):
        return f'<p align="center"><img src="./W0{line.removeprefix("<图>")}" width="640"></p>'
    return paragraph.format(escape(line, quote=False))


def break_total(sample: Sample) -> None:
    """The one report said to break an identity: its grand total of handled applications is printed
    one too high.
    """
    for piece in sample.pieces:
        if piece.tables is not None:
            piece.tables.applications["handled"][6] += 1


# -- writing


class Scripts:
    """The report's script: simplified as authored, or traditional as one of three converters would
    make it.

    "Hant" is a province's own traditional edition, "mirror" goes character by character and leaves
    the ambiguous ones alone (關于, 干部, 規范), "TW" also changes words.
    """

    kept = frozenset("于干范后里面系制台只冲岳余征卷采布占吊了舍注云谷松斗局合据咨")

    def __init__(self) -> None:
        self.s2tw = opencc.OpenCC("s2tw").convert

    def __call__(self, text: str, script: str) -> str:
        if script == "Hans":
            return text
        if script == "mirror":
            return "".join(c if c in self.kept else self.s2tw(c) for c in text)
        # Taiwan's spelling is that of OpenCC; these words stand otherwise on the mirrors
        converted = self.s2tw(text)
        for taiwanese, mirrored in (("瞭解", "了解"), ("佈", "布"), ("臺", "台")):
            converted = converted.replace(taiwanese, mirrored)
        return damage.taiwan_worded(converted) if script == "TW" else converted


def rendered(sample: Sample, scripts: Scripts) -> str:
    """The report as the text or HTML of its file, damage included."""
    head = sample.head
    script = head.get("script", "Hans")
    if head.get("shape", "txt") != "txt":
        text = page(head["shape"], head, lambda paragraph: as_html(sample, paragraph))
        return scripts(text, script)
    text = scripts(as_text(sample), script)
    if head.get("damage") in damage.DAMAGE_KINDS:
        clean = CLEAN_FOLDER / (Path(sample.path).stem + ".txt")
        clean.parent.mkdir(parents=True, exist_ok=True)
        clean.write_text(text + "\n", encoding="utf-8")
        text = damage.DAMAGE_KINDS[head["damage"]](text)
    if head.get("damage") == "lost-zeros":
        text = text.replace("\n0", "")
    return text + "\n"


CHROMIUM = (
    "/usr/bin/chromium",
    "--headless",
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--no-pdf-header-footer",
)


def print_pdf(html: str, target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "report.html"
        source.write_text(html, encoding="utf-8")
        command = [
            *CHROMIUM,
            f"--user-data-dir={folder}/profile",
            f"--print-to-pdf={target}",
            source.as_uri(),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=120)


def write_docx(sample: Sample, target: Path) -> None:
    document = docx.Document()
    style = document.styles["Normal"]
    style.font.name = "仿宋"
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋")
    core = document.core_properties
    core.author = ""
    # python-docx writes naive times as UTC
    core.created = core.modified = datetime(2020, 1, 1)  # noqa: DTZ001
    core.title = sample.head.get("title", "")
    for piece in sample.pieces:
        if piece.tables is not None:
            for heading, grid in forms.grids(piece.tables):
                document.add_paragraph(heading)
                docx_table(document, grid)
        if piece.rows:
            docx_table(document, [[(c, 1, 1) for c in row] for row in piece.rows])
        for line in piece.lines:
            document.add_paragraph(line)
    document.save(str(target))


def docx_table(document: Any, grid: forms.Grid) -> None:
    width = sum(columns for _, columns, _ in grid[0])
    table = document.add_table(rows=len(grid), cols=width)
    table.style = "Table Grid"
    # (row, column) of every place that a cell fills
    taken: set[tuple[int, int]] = set()
    for row_number, row in enumerate(grid):
        column = 0
        for text, columns, rows in row:
            while (row_number, column) in taken:
                column += 1
            last_row = row_number + rows - 1
            last_column = column + columns - 1
            for filled_row in range(row_number, last_row + 1):
                filled_columns = range(column, last_column + 1)
                taken.update((filled_row, place) for place in filled_columns)
            cell = table.cell(row_number, column)
            if columns > 1 or rows > 1:
                cell = cell.merge(table.cell(last_row, last_column))
            cell.text = text


def write_one(sample: Sample, scripts: Scripts) -> None:
    target = CORPUS_FOLDER / sample.file
    if target.suffix == ".docx":
        write_docx(sample, target)
    elif target.suffix == ".pdf":
        print_pdf(rendered(sample, scripts), target)
    else:
        data = rendered(sample, scripts).encode(sample.head.get("encoding", "utf-8"))
        target.write_bytes(
            gzip.compress(data, mtime=0) if target.suffix == ".gz" else data
        )


def write_jsonl(group: list[Sample], scripts: Scripts) -> None:
    lines = []
    for sample in group:
        record: dict[str, Any] = json.loads(sample.head["given"])
        key = "text" if sample.head.get("shape", "txt") == "txt" else "html"
        record[key] = rendered(sample, scripts)
        lines.append(json.dumps(record, ensure_ascii=False))
    (CORPUS_FOLDER / group[0].file).write_text(
        "\n".join(lines) + "\n", encoding="utf-8"
    )


def write_zip(group: list[Sample], scripts: Scripts) -> None:
    """Names in GBK without the UTF-8 flag, as Windows packs them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for sample in group:
            info = GbkInfo(sample.path.split(".zip/", 1)[1], (2020, 1, 31, 9, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(
                info,
                rendered(sample, scripts).encode(sample.head.get("encoding", "utf-8")),
            )
    (CORPUS_FOLDER / group[0].file).write_bytes(buffer.getvalue())


class GbkInfo(zipfile.ZipInfo):
    """zipfile itself writes names as ASCII or UTF-8 only; this hook is the one place where it
    encodes them.
    """

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802  the name is zipfile's
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


# -- truth


def canonical(agency: str, region: list[str]) -> str:
    """The body's name from the city down, whatever the report prints."""
    name = agency
    if agency.endswith("街道办事处"):
        # 龙岗区人民政府横岗街道办事处
        name = agency.replace("区人民政府", "区")
    is_below_city = len(region) > 2 and name.startswith(region[2])
    return region[1] + name if is_below_city else name


def truth(sample: Sample, scripts: Scripts) -> dict[str, Any]:
    head = sample.head
    script = head.get("script", "Hans")
    harm = head.get("damage")
    template, numbers = stated(sample)
    tables_status = "absent" if template in ("prose", "stat2014") else "consistent"
    tables_status = head.get("tables", tables_status)
    if harm == "broken-identity":
        tables_status = "inconsistent"
    path = Path(sample.path.split("#")[0])
    suffix = Path(sample.file).suffix
    if sample.path.endswith(".gz"):
        suffix = "".join(path.suffixes[-2:])
    is_text = head.get("shape") not in ("pdf", "docx")
    clean = f"corpus_clean/{Path(sample.path).stem}.txt"
    region = head.get("region", "")
    return {
        "file": sample.file,
        "shows": head["shows"],
        "title": scripts(head["title"], script) if "title" in head else None,
        "agency": canonical(head["agency"], region.split("/")),
        "agency_in_full": head["agency"],
        "level": head.get("level"),
        "org_type": head.get("org_type"),
        "region": region.split("/") if region else None,
        "year": int(head["year"]),
        "published": head.get("published"),
        "format": suffix,
        "encoding": head.get("encoding", "utf-8") if is_text else None,
        "script": {"Hans": "Hans", "TW": "Hant-TW"}.get(script, "Hant"),
        "taiwan_worded": script == "TW",
        "damage": harm,
        "clean": clean if harm in damage.DAMAGE_KINDS else None,
        "template": template,
        "tables_status": tables_status,
        "metrics": numbers,
    }


def stated(sample: Sample) -> tuple[str, dict[str, int]]:
    """The form of a report, and the numbers that it states."""
    template = "prose"
    numbers: dict[str, int] = {}
    for piece in sample.pieces:
        if piece.tables is not None:
            template = piece.tables.template
            numbers = forms.metrics(piece.tables)
        elif piece.rows and piece.rows[0][0] == "统计指标":
            template = "stat2014"
    if sample.head.get("damage") == "lost-zeros":
        # rows of one value survive the loss of zeros; of the others no cell can be told
        survivors = ("licences", "penalties", "coercive_measures")
        numbers = {name: numbers[name] for name in survivors if numbers.get(name)}
    for pair in sample.head.get("facts", "").split():
        name, value = pair.split("=")
        numbers[name] = int(value)
    return template, numbers


def write_truth(every: list[Sample], scripts: Scripts) -> None:
    records = {sample.path: truth(sample, scripts) for sample in every}
    TRUTH_FILE.parent.mkdir(parents=True, exist_ok=True)
    TRUTH_FILE.write_text(
        json.dumps(records, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )


README_HEAD = """# Sample reports

These reports were written for this project. **They are not real reports**: the places are real, the
bodies are plausible, every number, event and quotation is invented. They show every format, every
era of the statutory form and every kind of damage that the indexer copes with. What each must come
out as stands, for the tests, in `tests/data/corpus_truth.json`; the damaged ones before their
damage in `tests/data/corpus_clean/`.

Built from `scripts/corpus_sources/` by `python scripts/build_corpus.py`, which also writes this
page: edit the sources, not the files. All tables satisfy their printed identities except where a
row says otherwise.

| file | year | level | agency | form | encoding | script | damage | shows |
|---|---|---|---|---|---|---|---|---|
"""


def write_readme(every: list[Sample], scripts: Scripts) -> None:
    rows: list[str] = []
    for sample in every:
        facts = truth(sample, scripts)
        cells = (
            f"`{sample.path}`",
            facts["year"],
            facts["level"] or "–",
            facts["agency"],
            facts["template"],
            facts["encoding"] or "–",
            "Taiwan-worded" if facts["taiwan_worded"] else facts["script"],
            facts["damage"] or "",
            facts["shows"],
        )
        rows.append("| " + " | ".join(map(str, cells)) + " |")
    table = "\n".join(rows) + "\n"
    path = CORPUS_FOLDER / "README.md"
    path.write_text(README_HEAD + table, encoding="utf-8")


def main(wanted: list[str]) -> None:
    scripts = Scripts()
    every = samples()
    groups: dict[str, list[Sample]] = {}
    for sample in every:
        groups.setdefault(sample.file, []).append(sample)
    write_truth(every, scripts)
    write_readme(every, scripts)
    for file, group in groups.items():
        if wanted and not any(w in file for w in wanted):
            continue
        if file.endswith(".jsonl"):
            write_jsonl(group, scripts)
        elif file.endswith(".zip"):
            write_zip(group, scripts)
        else:
            write_one(group[0], scripts)
    print(f"{len(every)} reports in {len(groups)} files")


if __name__ == "__main__":
    main(sys.argv[1:])
