"""The index as stock Whoosh sees it: words, keywords, numbers, facets and stored fields agree with
what was put in, through updates, deletions and merges.
"""

from __future__ import annotations

import json
import math
import os
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import whoosh.index
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh.codec.whoosh3 import W3LeafMatcher
from whoosh.filedb.structfile import BufferFile
from whoosh.formats import Frequency
from whoosh.qparser import QueryParser
from whoosh.query import Every, NumericRange, Phrase, Prefix, Term
from whoosh.sorting import FieldFacet

from index.documents.builder import analyse
from index.engines import whoosh as embedded
from index.engines.fingerprint import fingerprint
from index.engines.seam import Document, EngineQuery, FacetRequest
from index.engines.whoosh import check
from index.engines.whoosh.files import blocks, part
from index.engines.whoosh.files.schema import MAX_YEAR, WORD_FIELDS, report_schema
from index.engines.whoosh.storage import rows
from index.engines.whoosh.writing import merge_postings, segments, writer
from index.model.errors import IndexDamagedError, IndexStaleError
from index.model.report import Report
from index.model.settings import Settings
from indexer.build import build
from tests.conftest import ROOT
from tests.index.engines.samples import document, random_document

FINGERPRINT = {"schema": "1"}
# By the names of pip: what reads the same files.
OTHER_VERSIONS = ("whoosh==2.7.4", "whoosh3")

Corpus = dict[str, Document]


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches, segments, blocks and ranges so small that each path is taken."""
    monkeypatch.setattr(writer, "MAX_BATCH_UNITS", 200)
    monkeypatch.setattr(segments, "MAX_SEGMENT_DOCUMENTS", 25)
    monkeypatch.setattr(segments, "MIN_MERGE_BUDGET", 20)
    monkeypatch.setattr(merge_postings, "ROWS_AT_A_TIME", 7)
    monkeypatch.setattr(rows, "LARGEST_NARROW", 2)
    monkeypatch.setattr(blocks, "SMALL_ROWS", 3)
    monkeypatch.setattr(blocks, "BLOCK_ROWS", 5)
    monkeypatch.setattr(blocks, "MIN_DEFLATED", 40)
    monkeypatch.setattr(part, "ROWS_AT_A_TIME", 11)


def random_report(rng: random.Random, name: str) -> Document:
    """A random document with a figure and a day, each of them perhaps unknown."""
    made = random_document(rng, name, 60)
    figures = {
        "applications_new": rng.choice([None, 0, 3, 1.5, -2, 1e9]),
        "published": rng.choice([None, 737_129, 737_130]),
    }
    known = {key: float(value) for key, value in figures.items() if value is not None}
    made.numbers.pop("published", None)
    made.numbers.update(known)
    return made


def changed(
    folder: Path,
    corpus: Corpus,
    rng: random.Random,
    count: int,
) -> None:
    """One commit of random updates and deletions, in the index and in the corpus."""
    with embedded.open_writer(folder, FINGERPRINT) as out:
        for _ in range(count):
            name = f"r{rng.randrange(60)}"
            if rng.random() < 0.25:
                out.delete(name)
                corpus.pop(name, None)
            else:
                corpus[name] = random_report(rng, name)
                out.put(corpus[name])


def words_of(corpus: Iterable[Document], field: str) -> dict[str, dict[str, int]]:
    """word -> {id: how often it stands there}."""
    found: dict[str, dict[str, int]] = {}
    for made in corpus:
        for word, count in made.words[field].items():
            found.setdefault(word, {})[made.id] = count
    return found


def words_in_whoosh(searcher: Any, field: str) -> dict[str, dict[str, int]]:
    reader = searcher.reader()
    found: dict[str, dict[str, int]] = {}
    for word in reader.field_terms(field):
        matcher = reader.postings(field, word)
        rows: dict[str, int] = {}
        while matcher.is_active():
            name = reader.stored_fields(matcher.id())["id"]
            frequency = matcher.value_as("frequency")
            assert frequency == matcher.weight()
            if not reader.is_deleted(matcher.id()):
                rows[name] = frequency
            matcher.next()
        if rows:
            found[word] = rows
    return found


def groups(searcher: Any, facet: object) -> dict[str, int]:
    name = facet if isinstance(facet, str) else "region"
    hits = searcher.search(Every(), limit=None, groupedby=facet)
    return {str(value): len(found) for value, found in hits.groups(name).items()}


def counted(engine: embedded.WhooshEngine, name: str) -> dict[str, int]:
    found = engine.search(EngineQuery(facets=(FacetRequest(name, 99),)))
    return {count.value: count.count for count in found.facets[0].counts}


def without(values: Mapping[str, int], unknown: str) -> dict[str, int]:
    return {value: count for value, count in values.items() if value != unknown}


@pytest.mark.parametrize("seed", range(8))
def test_words_numbers_and_facets_are_those_of_the_engine(
    tiny: None, tmp_path: Path, seed: int
) -> None:
    rng = random.Random(seed)
    corpus: Corpus = {}
    for _ in range(rng.randrange(1, 6)):
        changed(tmp_path, corpus, rng, rng.choice([1, 4, 30, 80]))
    assert check(tmp_path) == []
    engine = embedded.open_engine(tmp_path)
    assert engine.manifest.reports == len(corpus)
    with whoosh.index.open_dir(str(tmp_path)).searcher() as searcher:
        for ranked, field in WORD_FIELDS.items():
            assert words_in_whoosh(searcher, field) == words_of(corpus.values(), ranked)
        for name in ("agency", "year"):
            unknown = str(MAX_YEAR) if name == "year" else ""
            told = groups(searcher, name)
            assert without(told, unknown) == counted(engine, name)
            assert sum(told.values()) == len(corpus)
        prefixes = groups(searcher, FieldFacet("region", allow_overlap=True))
        assert without(prefixes, "None") == counted(engine, "region")
        check_numbers(searcher, corpus)
        check_lengths(searcher, corpus)


def check_numbers(searcher: Any, corpus: Corpus) -> None:
    """Ranges, sorting and the columns of a figure and of a day."""
    figures = {
        name: made.numbers.get("applications_new") for name, made in corpus.items()
    }
    for low, high in ((0, None), (None, 1.5), (1.5, 3), (-2, -2), (2e9, None)):
        found = searcher.search(NumericRange("applications_new", low, high), limit=None)
        wanted = {
            name
            for name, value in figures.items()
            if value is not None
            and (low is None or value >= low)
            and (high is None or value <= high)
        }
        assert {hit["id"] for hit in found} == wanted
        assert len(found) == len(wanted)
    hits = searcher.search(Every(), limit=None, sortedby="applications_new")
    told = [figures[hit["id"]] for hit in hits]
    known = [value for value in told if value is not None]
    assert known == sorted(known)
    assert told[: len(known)] == known, "what is not stated comes last"
    days = Counter(made.numbers.get("published") for made in corpus.values())
    names: dict[float | None, str] = {
        None: "",
        737_129: "2019-03-11",
        737_130: "2019-03-12",
    }
    assert groups(searcher, "published") == {
        names[day]: count for day, count in days.items()
    }
    march = searcher.search(Prefix("published", "2019-03"), limit=None)
    assert len(march) == len(corpus) - days[None]


def check_lengths(searcher: Any, corpus: Corpus) -> None:
    """The lengths that ranking needs, as Whoosh rounds them."""
    reader = searcher.reader()
    for number in reader.all_doc_ids():
        made = corpus[reader.stored_fields(number)["id"]]
        length = sum(made.words["body"].values())
        got = reader.doc_field_length(number, "text") or 0
        assert length <= got <= length + max(2, length // 8)


@given(
    rows=st.lists(
        st.dictionaries(
            st.integers(0, 65_535), st.integers(1, 400), min_size=1, max_size=40
        ),
        min_size=1,
        max_size=9,
    ),
    block_rows=st.sampled_from([2, 7, 1024]),
    small_rows=st.sampled_from([0, 4, 8]),
)
@settings(max_examples=60)
def test_posting_lists_are_read_back(
    rows: list[dict[int, int]], block_rows: int, small_rows: int
) -> None:
    """Any documents and counts, in blocks and matrices of any size, through Whoosh's matcher."""
    ordered = [sorted(row.items()) for row in rows]
    flat = [pair for row in ordered for pair in row]
    starts = np.cumsum([0, *map(len, ordered)])
    given_rows = blocks.TermRows(
        starts=starts,
        documents=np.array([pair[0] for pair in flat], "<u2"),
        counts=np.array([pair[1] for pair in flat], np.int64),
        lengths=np.array([pair[1] % 256 for pair in flat], "u1"),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK_ROWS", block_rows)
        patch.setattr(blocks, "SMALL_ROWS", small_rows)
        pieces, infos = blocks.encoded(given_rows, 0)
    data = b"".join(pieces)
    for row, info in zip(ordered, infos, strict=True):
        matcher = W3LeafMatcher(
            BufferFile(memoryview(data)), int(info["offset"]), 0, Frequency()
        )
        got = []
        while matcher.is_active():
            got.append((matcher.id(), int(matcher.weight())))
            assert matcher.value_as("frequency") == got[-1][1]
            matcher.next()
        assert got == row
        assert info["weight"] == sum(count for _, count in row)
        assert info["documents"] == len(row)
        assert (info["first"], info["last"]) == (row[0][0], row[-1][0])
        matcher.reset()
        matcher.skip_to(row[-1][0])
        assert matcher.id() == row[-1][0]


# ---------------------------------------------------------------------- odd words
def test_words_that_cannot_be_kept_as_they_are(tmp_path: Path) -> None:
    """Long runs share their first 64 characters, half a surrogate pair is written out."""
    odd = {"x" * 70: 1, "x" * 64 + "y": 2, "a\ud800": 1, "b\0c": 1}
    made = document("r1", "公开")
    made.words["body"].update(odd)
    for name in ("r1", "r2", "r3"):
        with embedded.open_writer(tmp_path, FINGERPRINT) as out:
            made.id = name
            out.put(made)
    assert check(tmp_path) == []
    with whoosh.index.open_dir(str(tmp_path)).searcher() as searcher:
        found = words_in_whoosh(searcher, "text")
    everywhere = ("r1", "r2", "r3")
    assert found == {
        "公开": dict.fromkeys(everywhere, 1),
        "x" * 64: dict.fromkeys(everywhere, 3),
        "a\\ud800": dict.fromkeys(everywhere, 1),
        "b c": dict.fromkeys(everywhere, 1),
    }


def test_other_words_than_the_pack_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = blocks.encoded

    def one_more(rows: blocks.TermRows, offset: int) -> Any:
        pieces, infos = plain(rows, offset)
        infos["documents"][:1] += 1
        return pieces, infos

    monkeypatch.setattr(part, "encoded", one_more)
    with embedded.open_writer(tmp_path, FINGERPRINT) as out:
        out.put(document("r1", "公开"))
    (problem,) = check(tmp_path)
    assert re.search(r"\.seg has other words than its pack; .*--rebuild", problem)


def test_damage_in_whoosh_s_file_is_not_merged(tmp_path: Path) -> None:
    with embedded.open_writer(tmp_path, FINGERPRINT) as out:
        out.put(document("r0", "公开"))
    (path,) = tmp_path.glob("*.seg")
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    with pytest.raises(IndexDamagedError, match=re.escape(path.name)):
        add_until_merged(tmp_path)
    assert any(path.name in problem for problem in check(tmp_path))


def add_until_merged(folder: Path) -> None:
    for number in range(1, 6):
        with embedded.open_writer(folder, FINGERPRINT) as out:
            out.put(document(f"r{number}", "公开"))


# ---------------------------------------------------------------------- positions
def positioned(name: str, words: str) -> Document:
    made = document(name, words)
    places: dict[str, list[int]] = {}
    for number, word in enumerate(words.split()):
        places.setdefault(word, []).append(number)
    made.words = {"body": {word: len(found) for word, found in places.items()}}
    made.positions = {"body": places}
    return made


def test_phrases_where_positions_are_kept(tiny: None, tmp_path: Path) -> None:
    texts = {"r1": "公开 信息 公开", "r2": "信息 公开", "r3": "公开 公开 信息"}
    for turn in range(4):  # the later commits merge the first
        with embedded.open_writer(tmp_path, FINGERPRINT, positions=True) as out:
            for name, text in texts.items():
                if turn == 0 or name == "r2":
                    out.put(positioned(name, text))
    assert check(tmp_path) == []
    with whoosh.index.open_dir(str(tmp_path)).searcher() as searcher:

        def found(*words: str) -> set[str]:
            return {hit["id"] for hit in searcher.search(Phrase("text", words))}

        assert found("公开", "信息") == {"r1", "r3"}
        assert found("信息", "公开") == {"r1", "r2"}
        assert found("公开", "公开") == {"r3"}
        assert found("公开", "信息", "公开") == {"r1"}
        assert len(searcher.search(Term("text", "公开"))) == 3


def test_the_setting_keeps_positions(tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    rows = [{"id": "r1", "text": "公开收费"}, {"id": "r2", "text": "收费，公开"}]
    source.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    place = Settings(index=tmp_path / "index", word_positions=True, jobs=1)
    build([source], place)
    index = whoosh.index.open_dir(str(place.index))
    with index.searcher() as searcher:
        query = QueryParser("text", index.schema).parse('"公開收費"')
        assert [hit["id"] for hit in searcher.search(query)] == ["r1"]


def test_an_index_has_positions_of_all_reports_or_of_none(tmp_path: Path) -> None:
    embedded.open_writer(tmp_path, FINGERPRINT, positions=True).commit()
    with pytest.raises(IndexStaleError, match="GONGKAI_WORD_POSITIONS"):
        embedded.open_writer(tmp_path, FINGERPRINT)
    embedded.open_writer(tmp_path, FINGERPRINT, rebuild=True).commit()
    with pytest.raises(IndexStaleError, match="without positions"):
        embedded.open_writer(tmp_path, FINGERPRINT, positions=True)


# ---------------------------------------------------------------------- questions
REPORTS = (
    Report(
        id="r1",
        source="a.txt",
        title="某市2019年年报",
        text="一、概述\n主动公开政府信息，收费标准不变。",
        level="地市级",
        year=2019,
        region=["广东省", "深圳市"],
        published="2020-03-01",
    ),
    Report(
        id="r2",
        source="b.txt",
        title="某縣2018年年報",
        text="本機關主動公開政府信息。\n行政復議案件兩件。",
        level="县区级",
        year=2018,
        region=["广东省"],
    ),
    Report(
        id="r3",
        source="c.txt",
        text="规范性文件三件，信息公开指南一份。",
    ),
)


@pytest.fixture
def three(tmp_path: Path) -> Path:
    folder = tmp_path / "index" / "data"
    with embedded.open_writer(folder, fingerprint()) as out:
        for report in REPORTS:
            out.put(analyse(report, report.id))
    return folder


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("主动公开", {"r1", "r2"}),
        ("主動公開", {"r1", "r2"}),
        ("公開 -收费", {"r2", "r3"}),
        ("公開 NOT 收費", {"r2", "r3"}),
        ("資訊公開", {"r1", "r2", "r3"}),
        ("規範性檔案", {"r3"}),
        ("title:年報", {"r1", "r2"}),
        ("headings:概述", {"r1"}),
        ("level:县区级", {"r2"}),
        ("region:广东省", {"r1", "r2"}),
        ("region:广东省/深圳市", {"r1"}),
        ("year:[2018 TO 2018]", {"r2"}),
        ("year:[2018 TO]", {"r1", "r2"}),
        ("published:[2020-01-01 TO 2020-12-31]", {"r1"}),
        ("复议 OR 收费", {"r1", "r2"}),
        ("，", set()),
        ("*", {"r1", "r2", "r3"}),
    ],
)
def test_stock_questions(three: Path, typed: str, wanted: set[str]) -> None:
    index = whoosh.index.open_dir(str(three))
    with index.searcher() as searcher:
        query = QueryParser("text", index.schema).parse(typed)
        assert {hit["id"] for hit in searcher.search(query, limit=None)} == wanted


def test_what_is_stored(three: Path) -> None:
    with whoosh.index.open_dir(str(three)).searcher() as searcher:
        stored = {hit["id"]: hit.fields() for hit in searcher.search(Every())}
    assert stored["r1"] == {
        "id": "r1",
        "source": "a.txt",
        "title": "某市2019年年报",
        "level": "地市级",
        "year": 2019,
        "region": "广东省/深圳市",
        "published": "2020-03-01",
    }
    assert stored["r3"] == {"id": "r3", "source": "c.txt"}


def test_a_stranger_reads_the_schema() -> None:
    lines = dict(
        line.split(None, 1) for line in str(report_schema(positions=True)).splitlines()
    )
    assert lines["level"] == "keyword, sortable, stored (Level)"
    assert lines["text"].startswith(
        "words, normalised and cut by jieba, with positions"
    )
    assert lines["region"].startswith("path, found under each of its prefixes")
    assert lines["applications_new"].endswith("(本年新收申请, 件)")
    assert list(lines) == sorted(lines)


def examples() -> Iterator[str]:
    text = (ROOT / "docs" / "whoosh.md").read_text(encoding="utf-8")
    yield from re.findall(r"```python\n(.*?)```", text, re.DOTALL)


def test_the_example_of_the_documentation_runs(
    three: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(three.parent.parent)
    (example,) = examples()
    exec(compile(example, "docs/whoosh.md", "exec"), {})
    facets, *hits = capsys.readouterr().out.splitlines()
    assert facets == "{'县区级': 1, '': 1}"
    assert [hit.partition(" ")[0] for hit in hits if hit[0].isdigit()] == ["2018"]
    assert '<b class="match term' in "".join(hits)
    assert "主動" in "".join(hits), "marks lie on the report's own characters"


# ---------------------------------------------------------------------- versions
QUESTION = """
import sys
import whoosh, whoosh.index
from whoosh.qparser import QueryParser
from whoosh.query import Every
index = whoosh.index.open_dir(sys.argv[1])
with index.searcher() as searcher:
    ask = lambda typed: searcher.search(
        QueryParser("text", index.schema).parse(typed), limit=None
    )
    print(sorted(hit["id"] for hit in ask("公開 -收费")))
    print(sorted(hit["id"] for hit in ask("region:广东省/深圳市")))
    print(sorted(hit["id"] for hit in ask("year:[2018 TO 2018]")))
    hits = searcher.search(Every(), limit=None, groupedby="level", sortedby="year")
    print([hit["id"] for hit in hits])
    print(sorted((level, len(ids)) for level, ids in hits.groups("level").items()))
    print(whoosh.__file__)
"""
ANSWERS = """['r2', 'r3']
['r1']
['r2']
['r2', 'r1', 'r3']
[('', 1), ('县区级', 1), ('地市级', 1)]
"""


def asked(
    folder: Path,
    library: Path | None,
    warnings: str = "error",
) -> str:
    paths = [str(library)] if library is not None else []
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*paths, str(ROOT)])}
    command = [sys.executable, "-W", warnings, "-c", QUESTION, str(folder)]
    return subprocess.run(
        command,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    ).stdout


def test_the_version_that_is_installed_answers(three: Path) -> None:
    *answers, _ = asked(three, None).splitlines(keepends=True)
    assert "".join(answers) == ANSWERS


@pytest.mark.slow
@pytest.mark.parametrize("requirement", OTHER_VERSIONS)
def test_other_versions_answer_alike(
    three: Path, tmp_path: Path, requirement: str
) -> None:
    """Each is installed apart and found before the one of this environment."""
    library = tmp_path / "library"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    installed = subprocess.run(
        [*pip, "--target", str(library), requirement],
        capture_output=True,
        text=True,
        check=False,
    )
    if installed.returncode:
        pytest.skip(f"pip cannot install {requirement}: {installed.stderr[-200:]}")
    # old versions have warnings of their own
    *answers, path = asked(three, library, "ignore").splitlines(keepends=True)
    assert path.startswith(str(library))
    assert "".join(answers) == ANSWERS


def test_without_gongkai_a_schema_of_one_s_own_opens_it(three: Path) -> None:
    """The way out: nothing in the segments names a class of ours."""
    script = """
import sys
sys.modules["index"] = None
from whoosh.fields import ID, KEYWORD, NUMERIC, Schema, TEXT
from whoosh.index import open_dir
from whoosh.query import Term
schema = Schema(id=ID(stored=True), text=TEXT(phrase=False), level=ID)
with open_dir(sys.argv[1], schema=schema).searcher() as searcher:
    print(sorted(hit["id"] for hit in searcher.search(Term("text", "公开"))))
"""
    command = [sys.executable, "-c", script, str(three)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.stdout.strip() == "['r1', 'r2', 'r3']", told.stderr


def test_unknown_figures_are_not_a_number(three: Path) -> None:
    with whoosh.index.open_dir(str(three)).searcher() as searcher:
        column = searcher.reader().column_reader("applications_new")
        assert [math.isnan(column[number]) for number in range(3)] == [True] * 3
