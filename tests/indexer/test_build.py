"""Building: what is new, changed, unchanged, vanished, unreadable; and that nothing is lost."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import indexer.build as build_module
from index.documents.stored import head_of, report_of
from index.engines import whoosh
from index.engines.fingerprint import fingerprint
from index.engines.opening import check_index, open_engine, open_writer
from index.engines.whoosh.reading.engine import WhooshEngine
from index.model.errors import IndexLockedError, IndexMissingError, IndexStaleError
from index.model.settings import Settings
from index.search.request import SearchRequest
from index.search.searcher import Searcher
from indexer.build import FEW_DOCUMENTS, Tally, build
from indexer.overrides import Overrides

BODY = (
    "根据《中华人民共和国政府信息公开条例》的规定，现公布{agency}{year}年政府信息公开工作年度报告。主动公开政府信息{n}条。\n"
    * 3
)


def write(
    folder: Path, name: str, agency: str = "衡阳市教育局", year: int = 2018, n: int = 12
) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    text = f"{agency}{year}年政府信息公开工作年度报告\n\n" + BODY.format(
        agency=agency, year=year, n=n
    )
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(index=tmp_path / "index", jobs=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    for i in range(4):
        write(folder, f"{i}.txt", year=2015 + i)
    return folder


def counts(tally: Tally) -> tuple[int, int, int, int, int]:
    return tally.added, tally.updated, tally.unchanged, tally.deleted, tally.reports


def sources(settings: Settings) -> set[str]:
    engine = open_engine(settings)
    try:
        return {source for _, source in engine.sources().values()}
    finally:
        engine.close()


def test_added_then_unchanged_then_updated(folder: Path, settings: Settings) -> None:
    assert counts(build([folder], settings)) == (4, 0, 0, 0, 4)
    assert counts(build([folder], settings)) == (0, 0, 4, 0, 4)
    write(folder, "2.txt", n=99)
    assert counts(build([folder], settings)) == (0, 1, 3, 0, 4)
    engine = open_engine(settings)
    assert Searcher(engine).search(_q('"99条"')).total == 1
    engine.close()


def test_of_a_current_index_only_what_is_met_is_asked_for(
    folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    build([folder], settings)
    write(folder, "2.txt", n=99)
    write(folder, "8.txt")
    other = folder.parent / "other" / folder.name
    other.mkdir(parents=True)
    # of the same name in another place: a report of its own
    write(other, "1.txt", n=77)

    def refused(self: WhooshEngine) -> dict[str, tuple[str, str]]:
        pytest.fail("all that the index has was read")

    monkeypatch.setattr(build_module, "BATCH_ITEMS", 2)
    with monkeypatch.context() as patch:
        patch.setattr(WhooshEngine, "sources", refused)
        assert counts(build([folder], settings)) == (1, 1, 3, 0, 5)
        assert counts(build([other], settings)) == (1, 0, 0, 0, 6)
        assert counts(build([other], settings)) == (0, 0, 1, 0, 6)
    # what has gone can only be seen by looking at all
    for path in (other / "1.txt", folder / "8.txt"):
        path.unlink()
    assert counts(build([folder], settings, sync=True)) == (0, 0, 4, 1, 5)


def test_folders_of_one_name_keep_their_reports(
    tmp_path: Path, settings: Settings
) -> None:
    first, second = tmp_path / "1" / "data", tmp_path / "2" / "data"
    write(first, "p1.txt")
    write(first, "p2.txt", year=2019)
    write(second, "p4.txt", year=2020)
    for folder in (first, second, first, second):
        build([folder], settings, sync=True)
    assert sources(settings) == {"data/p1.txt", "data/p2.txt", "data/p4.txt"}
    (first / "p2.txt").unlink()
    assert build([second], settings, sync=True).deleted == 0
    assert build([first], settings, sync=True).deleted == 1
    assert sources(settings) == {"data/p1.txt", "data/p4.txt"}


def test_folders_of_one_name_in_one_build_keep_their_reports(
    tmp_path: Path, settings: Settings
) -> None:
    first, second = tmp_path / "1" / "data", tmp_path / "2" / "data"
    write(first, "p1.txt")
    write(second, "p1.txt", year=2019)
    for folder in (first, second):
        # a copy is the same report in both
        write(folder, "p2.txt", year=2020)
    tally = build([first, second], settings)
    assert counts(tally) == (3, 0, 1, 0, 3)
    assert not tally.skipped
    for both in ([first, second], [second, first]):
        assert counts(build(both, settings, sync=True)) == (0, 0, 4, 0, 3)
    write(second, "p1.txt", year=2021)
    assert counts(build([first, second], settings)) == (0, 1, 3, 0, 3)
    (first / "p1.txt").unlink()
    assert counts(build([first, second], settings, sync=True)) == (0, 0, 3, 1, 2)


def test_an_id_given_twice_is_told_with_both_files(
    tmp_path: Path, settings: Settings
) -> None:
    paths = [tmp_path / str(n) / "all.jsonl" for n in range(2)]
    for n, path in enumerate(paths):
        path.parent.mkdir()
        record = {"id": "r7", "title": f"年报{n}", "text": BODY}
        path.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    (skip,) = build(paths, settings).skipped
    assert str(paths[0].resolve()) in skip["reason"]


def test_a_rebuild_keeps_folders_of_one_name_apart(
    tmp_path: Path, settings: Settings
) -> None:
    folders = [tmp_path / str(n) / "data" for n in range(3)]
    for n, folder in enumerate(folders):
        write(folder, "p.txt", year=2018 + n)
    assert build(folders, settings).reports == 3
    assert counts(build(folders, settings, rebuild=True)) == (3, 0, 0, 0, 3)
    assert counts(build(folders, settings)) == (0, 0, 3, 0, 3)


def test_a_folder_and_what_is_in_it_are_read_once(
    tmp_path: Path, settings: Settings
) -> None:
    folder = tmp_path / "data"
    write(folder, "p1.txt")
    inner = write(folder / "sub", "p2.txt", year=2019)
    hidden = write(folder / ".more", "p3.txt", year=2020)
    paths = [folder / "sub", folder, inner, folder / "sub" / ".." / "sub", hidden]
    assert counts(build(paths, settings)) == (3, 0, 0, 0, 3)
    assert sources(settings) == {"data/p1.txt", "data/sub/p2.txt", "p3.txt"}


@pytest.mark.parametrize("sync", [False, True])
def test_a_file_met_by_another_path_is_the_same_report(
    tmp_path: Path, settings: Settings, sync: bool
) -> None:
    folder = tmp_path / "data"
    write(folder, "p1.txt")
    inner = write(folder / "sub", "p2.txt", year=2019)
    lines = folder / "sub" / "all.jsonl"
    titled = {"title": "年报", "text": BODY}
    lines.write_text(json.dumps(titled, ensure_ascii=False), encoding="utf-8")
    build([folder], settings)
    for path in (folder / "sub", inner, lines, tmp_path):
        tally = build([path], settings, sync=sync)
        assert (tally.added, tally.updated, tally.reports) == (0, 0, 3)
    write(folder / "sub", "p2.txt", year=2020)
    assert counts(build([folder / "sub"], settings, sync=sync)) == (0, 1, 1, 0, 3)
    # another file that has the end of its path is another report
    write(tmp_path / "other" / "data" / "sub", "p2.txt", year=2021)
    assert build([tmp_path / "other"], settings, sync=sync).added == 1


def test_what_has_gone_below_a_folder_of_a_folder_is_deleted(
    tmp_path: Path, settings: Settings
) -> None:
    """The report has the name that it got by the path of the folder above."""
    folder = tmp_path / "data"
    write(folder, "p1.txt")
    gone = write(folder / "sub", "p2.txt", year=2019)
    write(folder / "sub", "p3.txt", year=2020)
    build([folder], settings)
    gone.unlink()
    tally = build([folder / "sub"], settings, sync=True)
    assert counts(tally) == (0, 0, 1, 1, 2)
    assert sources(settings) == {"data/p1.txt", "data/sub/p3.txt"}


def test_a_file_met_by_a_link_to_its_folder_is_the_same_report(
    tmp_path: Path, settings: Settings
) -> None:
    folder, current = tmp_path / "data" / "2019", tmp_path / "current"
    write(folder, "p1.txt")
    write(folder / "sub", "p2.txt", year=2019)
    record = json.dumps({"title": "年报", "text": BODY}, ensure_ascii=False)
    (folder / "all.jsonl").write_text(record, encoding="utf-8")
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.write(folder / "p1.txt", "2019/p3.txt")
    current.symlink_to(folder)
    build([tmp_path / "data"], settings)
    for path in (current, current / "sub", folder, current / "a.zip"):
        tally = build([path], settings)
        assert (tally.added, tally.updated, tally.reports) == (0, 0, 4)
    (folder / "p1.txt").unlink()
    assert counts(build([current], settings, sync=True)) == (0, 0, 3, 1, 3)


@pytest.mark.parametrize("name", ["p1.txt", "all.jsonl", "a.zip"])
def test_a_link_to_a_file_is_the_same_report(
    tmp_path: Path, settings: Settings, name: str
) -> None:
    folder, link = tmp_path / "data", tmp_path / f"link{Path(name).suffix}"
    write(folder, "p1.txt")
    record = json.dumps({"title": "年报", "text": BODY}, ensure_ascii=False)
    (folder / "all.jsonl").write_text(record, encoding="utf-8")
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.write(folder / "p1.txt", "2019/p3.txt")
    link.symlink_to(folder / name)
    build([folder], settings)
    tally = build([link], settings)
    assert (tally.added, tally.updated, tally.reports) == (0, 0, 3)
    # what the link leads to is there: nothing has gone
    assert counts(build([link], settings, sync=True)) == (0, 0, 1, 0, 3)


def test_a_path_that_is_gone_is_deleted_when_that_is_said(
    tmp_path: Path, settings: Settings
) -> None:
    folder, other = tmp_path / "1" / "data", tmp_path / "2" / "data"
    write(folder, "p1.txt")
    write(other, "p2.txt", year=2019)
    lines = tmp_path / "all.jsonl"
    record = {"id": "r7", "title": "年报", "text": BODY}
    lines.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    paths = [folder, other, lines]
    assert build(paths, settings).reports == 3
    shutil.rmtree(folder)
    lines.unlink()
    # a disk that is not there now deletes nothing
    tally = build(paths, settings, sync=True)
    assert (tally.deleted, len(tally.skipped)) == (0, 2)
    tally = build(paths, settings, sync=True, gone=True)
    assert counts(tally) == (0, 0, 1, 2, 1)
    assert not tally.skipped
    assert sources(settings) == {"data/p2.txt"}
    never = [tmp_path / "never", folder]
    assert build(never, settings, sync=True, gone=True).deleted == 0


def test_what_has_gone_is_told_by_the_place_of_its_file(
    tmp_path: Path, settings: Settings
) -> None:
    """Of a folder with a sign in its name, of an archive, and of a file of lines."""
    folder = tmp_path / "C#资料"
    gone = write(folder, "p1#a.txt")
    write(folder, "p2.txt", year=2019)
    lines = folder / "all.jsonl"
    records = [
        {
            "id": f"r{n}",
            "title": f"衡阳市教育局{2012 + n}年政府信息公开年报",
            "text": BODY,
        }
        for n in range(2)
    ]
    written = [json.dumps(record, ensure_ascii=False) + "\n" for record in records]
    lines.write_text("".join(written), encoding="utf-8")
    assert build([folder], settings, sync=True).added == 4
    gone.unlink()
    lines.write_text(written[0], encoding="utf-8")
    assert counts(build([folder], settings, sync=True)) == (0, 0, 2, 2, 2)


def test_what_has_gone_from_a_file_that_was_given_is_deleted(
    tmp_path: Path, settings: Settings
) -> None:
    path, other = tmp_path / "a" / "all#1.jsonl", tmp_path / "b" / "all#1.jsonl"
    for n, one in enumerate((path, other)):
        one.parent.mkdir()
        record = {"id": f"r{n}", "title": "年报", "text": BODY}
        one.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
        build([one], settings, sync=True)
    changed = {"id": "r7", "title": "年报", "text": BODY}
    path.write_text(json.dumps(changed, ensure_ascii=False), encoding="utf-8")
    assert counts(build([path], settings, sync=True)) == (1, 0, 0, 1, 2)
    engine = open_engine(settings)
    assert set(engine.ids()) == {"r1", "r7"}
    engine.close()


def test_what_has_gone_from_a_moved_folder_is_deleted(
    tmp_path: Path, settings: Settings
) -> None:
    old = tmp_path / "old" / "data"
    write(old, "p1.txt")
    write(old, "p2.txt", year=2019)
    build([old], settings)
    new = tmp_path / "new"
    new.mkdir()
    old.rename(new / "data")
    (new / "data" / "p2.txt").unlink()
    assert counts(build([new / "data"], settings, sync=True)) == (0, 0, 1, 1, 1)


def test_of_a_stale_index_everything_is_asked_for(
    folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tally says how many reports are left that an older version has derived."""
    build([folder], settings)
    monkeypatch.setattr(build_module, "derivation", lambda: "newer")
    tally = build([folder / "0.txt"], settings)
    assert (tally.updated, tally.outdated) == (1, 3)
    assert build([folder], settings).outdated == 0


def _q(q: str) -> SearchRequest:
    return SearchRequest(q=q)


def indexed(settings: Settings) -> dict[str, str]:
    """Source -> when its report came in."""
    engine = open_engine(settings)
    try:
        heads = [head_of(engine.get(i).contents.head) for i in engine.sources()]
    finally:
        engine.close()
    return {head["source"]: head["indexed"] for head in heads}


def newest_first(settings: Settings) -> list[str]:
    engine = open_engine(settings)
    try:
        found = Searcher(engine).search(SearchRequest(sort="-indexed"))
    finally:
        engine.close()
    return [hit.source for hit in found.hits]


def test_a_report_keeps_the_time_at_which_it_first_came_in(
    folder: Path, settings: Settings
) -> None:
    build([folder], settings)
    first = indexed(settings)
    moments = {dt.datetime.fromisoformat(moment) for moment in first.values()}
    assert len(moments) == 1, "what comes in together has one time"
    assert moments.pop().utcoffset() == dt.timedelta()
    write(folder, "2.txt", n=99)
    write(folder, "9.txt")
    build([folder], settings)
    second = indexed(settings)
    new = second.pop("reports/9.txt")
    assert second == first, "neither what is unchanged nor what was changed"
    assert new > max(first.values())
    assert newest_first(settings)[0] == "reports/9.txt"
    build([folder], settings, rebuild=True)
    assert indexed(settings) == {**first, "reports/9.txt": new}


def test_a_report_that_was_taken_out_comes_in_anew(
    folder: Path, settings: Settings
) -> None:
    build([folder], settings)
    before = indexed(settings)
    (folder / "1.txt").unlink()
    build([folder], settings, sync=True)
    write(folder, "1.txt", year=2016)
    build([folder], settings)
    after = indexed(settings)
    assert {name for name in after if after[name] != before[name]} == {"reports/1.txt"}


def test_a_rebuild_of_a_damaged_index_counts_as_new(
    folder: Path, settings: Settings
) -> None:
    build([folder], settings)
    first = indexed(settings)
    for path in settings.index.glob("*.arr"):
        path.unlink()
    build([folder], settings, rebuild=True)
    assert min(indexed(settings).values()) > max(first.values())


def test_vanished_files_go_only_when_asked(folder: Path, settings: Settings) -> None:
    build([folder], settings)
    (folder / "1.txt").unlink()
    assert counts(build([folder], settings)) == (0, 0, 3, 0, 4)
    assert counts(build([folder], settings, sync=True)) == (0, 0, 3, 1, 3)
    assert "reports/1.txt" not in sources(settings)


def test_sync_keeps_what_came_from_elsewhere(
    folder: Path, settings: Settings, tmp_path: Path
) -> None:
    other = write(tmp_path / "other", "a.txt", year=2011)
    build([folder, other.parent], settings)
    (folder / "1.txt").unlink()
    build([folder], settings, sync=True)
    assert sources(settings) == {
        "reports/0.txt",
        "reports/2.txt",
        "reports/3.txt",
        "other/a.txt",
    }


def test_two_folders_of_one_name_are_two(tmp_path: Path, settings: Settings) -> None:
    first, second = (
        write(tmp_path / "x" / "r", "a.txt", year=2011),
        write(tmp_path / "y" / "r", "a.txt", year=2012),
    )
    build([first.parent], settings)
    assert counts(build([second.parent], settings)) == (1, 0, 0, 0, 2)
    assert counts(build([first.parent], settings)) == (0, 0, 1, 0, 2)
    assert counts(build([second.parent], settings)) == (0, 0, 1, 0, 2)


def test_a_moved_corpus_is_unchanged(
    folder: Path, settings: Settings, tmp_path: Path
) -> None:
    build([folder], settings)
    moved = folder.rename(tmp_path / "elsewhere")
    (tmp_path / "new").mkdir()
    moved = moved.rename(tmp_path / "new" / "reports")
    assert counts(build([moved], settings)) == (0, 0, 4, 0, 4)


def test_rebuild_holds_only_what_is_there(
    folder: Path, settings: Settings, tmp_path: Path
) -> None:
    build([folder], settings)
    other = write(tmp_path / "other", "a.txt", year=2011)
    tally = build([other.parent], settings, rebuild=True)
    assert counts(tally) == (1, 0, 0, 4, 1)
    assert tally.dropped == {folder.name: 4}
    assert check_index(settings) == []


def test_a_rebuild_of_the_same_files_by_another_path_drops_none(
    tmp_path: Path, settings: Settings
) -> None:
    inner = write(tmp_path / "data" / "2019", "p1.txt").parent
    gone = write(tmp_path / "data" / "2019", "p2.txt", year=2019)
    write(tmp_path / "data" / "2020", "p3.txt", year=2020)
    build([tmp_path / "data"], settings)
    gone.unlink()
    # the file that has vanished lay below the path
    assert build([inner], settings, rebuild=True).dropped == {"data": 1}
    assert build([inner.parent], settings, rebuild=True).dropped == {}


def lines(path: Path, records: list[object]) -> Path:
    path.write_text(
        "".join(
            (r if isinstance(r, str) else json.dumps(r, ensure_ascii=False)) + "\n"
            for r in records
        )
    )
    return path


def test_json_lines_keep_what_is_given(tmp_path: Path, settings: Settings) -> None:
    text = BODY.format(agency="某局", year=2018, n=3)
    path = lines(
        tmp_path / "a.jsonl",
        [
            {
                "id": "one",
                "title": "甲",
                "text": text,
                "agency": "某局",
                "level": "省级",
                "year": 2011,
                "region": ["广东省"],
            },
            {"id": "one", "title": "乙", "text": text},
            {"text": text, "url": "http://www.example.gov.cn/a.html"},
            "no json",
            {"id": "two"},
        ],
    )
    tally = build([path], settings)
    assert counts(tally) == (2, 0, 0, 0, 2)
    assert [s["source"] for s in tally.skipped] == [
        "a.jsonl#2",
        "a.jsonl#4",
        "a.jsonl#5",
    ]
    assert "one" in tally.skipped[0]["reason"]
    engine = open_engine(settings)
    report = Searcher(engine).report("one")
    assert (report.title, report.agency, report.level, report.year, report.region) == (
        "甲",
        "某局",
        "省级",
        2011,
        ["广东省"],
    )
    assert report.evidence["level"].source == "given"
    engine.close()


# ---------------------------------------------------------------------- bad input
def big(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(200 << 20)


BAD: dict[str, tuple[str, Callable[[Path], object]]] = {
    "binary": ("a.txt", lambda p: p.write_bytes(bytes(range(256)) * 40)),
    "200 MB": ("a.html", big),
    "empty": ("a.txt", lambda p: p.write_bytes(b"")),
    "truncated pdf": (
        "a.pdf",
        lambda p: p.write_bytes(b"%PDF-1.4\n1 0 obj\n<< /Type /Cat"),
    ),
    "truncated docx": ("a.docx", lambda p: p.write_bytes(b"PK\x03\x04" + b"\x00" * 60)),
    "truncated zip": ("a.zip", lambda p: p.write_bytes(b"PK\x03\x04\x14")),
    "picture": ("a.jpg", lambda p: p.write_bytes(b"\xff\xd8\xff\xe0" + b"\x00" * 100)),
    "dangling link": ("a.txt", lambda p: p.symlink_to(p.parent / "nowhere")),
    "truncated gz": (
        "a.jsonl.gz",
        lambda p: p.write_bytes(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03abc"),
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_input_is_tallied_and_the_rest_goes_on(
    kind: str, folder: Path, settings: Settings
) -> None:
    name, make = BAD[kind]
    make(folder / name)
    tally = build([folder], settings)
    assert counts(tally) == (4, 0, 0, 0, 4)
    assert len(tally.skipped) == 1
    assert tally.skipped[0]["source"].startswith("reports/a.")
    assert len(tally.skipped[0]["reason"]) > 10


@pytest.mark.unprivileged
def test_a_folder_without_permission(folder: Path, settings: Settings) -> None:
    locked = write(folder, "locked/a.txt").parent
    locked.chmod(0)
    try:
        tally = build([folder], settings)
    finally:
        locked.chmod(0o755)
    assert counts(tally) == (4, 0, 0, 0, 4)
    assert [s["source"] for s in tally.skipped] == ["reports/locked"]


def test_empty_and_missing_folders(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "empty").mkdir()
    tally = build([tmp_path / "empty", tmp_path / "nosuch"], settings)
    assert tally.read == 0
    assert len(tally.skipped) == 2
    assert tally.reports == 0


# ---------------------------------------------------------------------- the index
def test_worker_processes_give_the_same_index(tmp_path: Path) -> None:
    folder = tmp_path / "many"
    for i in range(FEW_DOCUMENTS + 20):
        write(folder, f"{i:03}.txt", year=2009 + i % 15, n=i)
    (folder / "bad.txt").write_bytes(bytes(range(256)) * 9)
    stored = []
    for jobs in (1, 2):
        settings = Settings(index=tmp_path / f"index{jobs}", jobs=jobs)
        tally = build([folder], settings)
        assert counts(tally) == (FEW_DOCUMENTS + 20, 0, 0, 0, FEW_DOCUMENTS + 20)
        assert len(tally.skipped) == 1
        engine = open_engine(settings)
        reports = [report_of(engine.get(i).contents) for i in engine.sources()]
        engine.close()
        # the builds were one after the other
        stored.append({r.id: replace(r, indexed=None) for r in reports})
    assert stored[0] == stored[1]


def test_overrides_read_their_reports_again(
    folder: Path, settings: Settings, tmp_path: Path
) -> None:
    build([folder], settings)
    table = tmp_path / "overrides.csv"
    table.write_text(
        "id,field,value,reason\nreports/1.txt,agency,衡阳市教育体育局,改名\n",
        encoding="utf-8",
    )
    assert counts(build([folder], settings, overrides=Overrides.load(table))) == (
        0,
        1,
        3,
        0,
        4,
    )
    engine = open_engine(settings)
    searcher = Searcher(engine)
    hit = searcher.search(_q("agency:教育体育局")).hits[0]
    assert searcher.report(hit.id).evidence["agency"].source == "override"
    engine.close()
    assert counts(build([folder], settings)) == (0, 1, 3, 0, 4), (
        "taking the table away undoes it"
    )


def test_missing_stale_and_locked(
    folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(IndexMissingError, match="gongkai index"):
        open_engine(settings)
    build([folder], settings)
    writer = open_writer(settings)
    try:
        with pytest.raises(IndexLockedError):
            whoosh.open_writer(settings.index, fingerprint(), wait_s=0)
    finally:
        writer.cancel()
    other = {"schema": "0", "normaliser": "old"}
    monkeypatch.setattr("index.engines.opening.fingerprint", lambda: other)
    with pytest.raises(IndexStaleError, match="rebuild"):
        open_engine(settings)
