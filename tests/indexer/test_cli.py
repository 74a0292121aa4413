"""The command line: what it prints, and how it ends."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from index.model.settings import SETTINGS, Settings
from index.search.searcher import Searcher
from indexer.cli import MAX_VALUES_PRINTED, _never_fail_to_encode, main
from tests.conftest import CORPUS


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], prog_name="gongkai")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    (folder / "r").mkdir()
    for year in (2017, 2018, 2019):
        text = (
            f"=衡阳市教育局{year}年政府信息公开工作年度报告\n"
            if year == 2019
            else f"衡阳市教育局{year}年政府信息公开工作年度报告\n"
        )
        body = (
            "根据《中华人民共和国政府信息公开条例》，主动公开政府信息12条，收到依申请公开3件。"
            * 3
        )
        (folder / "r" / f"{year}.txt").write_text(text + body, encoding="utf-8")
    result = run("index", folder / "r", "--index", folder / "index", "--json")
    assert result.exit_code == 0, result.output
    tally = json.loads(result.stdout)
    assert tally["added"] == tally["reports"] == 3
    assert set(tally) == {
        "added",
        "updated",
        "unchanged",
        "deleted",
        "skipped",
        "reports",
        "outdated",
        "dropped",
        "seconds",
    }
    return folder


def test_an_older_index_is_served_and_said_to_be_older(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "index"
    with monkeypatch.context() as before:
        before.setattr("indexer.build.derivation", lambda: "0123456789abcdef")
        run("index", built / "r", "--index", index)
    for command in (["search", "公开"], ["check"]):
        result = run(*command, "--index", index)
        assert result.exit_code == 0
        assert "run `gongkai index PATH...`" in result.stderr, command
    again = run("index", built / "r", "--index", index, "--json")
    assert json.loads(again.stdout)["updated"] == 3
    for command in (["search", "公开"], ["check"]):
        result = run(*command, "--index", index)
        assert result.stderr == "", command


def test_json_is_what_the_endpoint_returns(built: Path) -> None:
    result = run("search", "依申请公开", "--index", built / "index", "--json")
    answer = json.loads(result.stdout)
    searcher = Searcher.open(Settings(index=built / "index"))
    from index.search.request import SearchRequest

    want = json.loads(searcher.search(SearchRequest(q="依申请公开")).encoded())
    assert {**answer, "took_ms": 0} == {**want, "took_ms": 0}


def test_search_for_people(built: Path) -> None:
    result = run(
        "search",
        "依申请公开",
        "--index",
        built / "index",
        "--limit",
        "2",
        "--year",
        "2018",
    )
    assert result.exit_code == 0
    assert result.stdout.startswith("1 report,")
    assert "衡阳市教育局2018年政府信息公开工作年度报告" in result.stdout
    assert "year: 2018 1" in result.stdout


def test_search_says_how_it_understood(built: Path) -> None:
    found = run(
        "search",
        "依申请公开 -收费 year:2018",
        "--index",
        built / "index",
        "--explain",
        "--no-facets",
    ).stdout
    assert "understood: 全文含“依申请公开”，不含“收费”；年度 2018" in found
    assert " = " in found
    assert "word 依申请公开" in found
    assert (
        "did you mean: 信息公开"
        in run("search", "信息工开", "--index", built / "index").stdout
    )
    # one character is one string, however it is read
    one = run("search", "费", "--index", built / "index", "--match", "words").stdout
    assert " reports, " in one
    assert "as one string" not in one
    switch = run("search", "信访", "--index", built / "index").stdout
    assert "means the same, with --synonyms: 信访 = " in switch
    used = run("search", "信访", "--index", built / "index", "--synonyms").stdout
    assert "also searched: " in used
    assert "--synonyms" not in used


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_a_query_in_the_encoding_of_the_terminal(built: Path, encoding: str) -> None:
    typed = "依申请公开".encode(encoding).decode("ascii", "surrogateescape")
    found = run("search", typed, "--index", built / "index", "--json").stdout
    assert json.loads(found)["query"]["q"] == "依申请公开"


def test_a_query_in_no_encoding_is_refused(built: Path) -> None:
    refused = run("search", b"\xff\xff".decode("utf-8", "surrogateescape"))
    assert refused.exit_code == 2
    assert "neither UTF-8 nor GBK" in refused.output


def test_a_list_of_values_that_is_cut_says_so(built: Path) -> None:
    found = run("search", "", "--index", built / "index").output
    years = next(line for line in found.splitlines() if line.startswith("year:"))
    assert years.count("  ") <= MAX_VALUES_PRINTED
    assert years.endswith("  ...") == (years.count("  ") == MAX_VALUES_PRINTED)


def test_show_and_export(built: Path) -> None:
    hit = json.loads(
        run("search", "--index", built / "index", "--sort", "year", "--json").stdout
    )["hits"][0]
    shown = json.loads(
        run("show", hit["id"], "--index", built / "index", "--json").stdout
    )
    assert (shown["year"], shown["provenance"]["format"]) == (2017, "text")
    assert "origin" not in shown["provenance"]
    assert "衡阳市教育局" in run("show", hit["id"], "--index", built / "index").stdout
    rows = list(
        csv.DictReader(
            io.StringIO(
                run(
                    "export", "--index", built / "index", "--format", "csv"
                ).stdout.lstrip("\ufeff")
            )
        )
    )
    assert [r["year"] for r in rows] == ["2017", "2018", "2019"]
    assert all(not r["title"].startswith("=") for r in rows)
    records = run(
        "export", "year:2018", "--index", built / "index", "--format", "jsonl"
    ).stdout.splitlines()
    assert [json.loads(r)["year"] for r in records] == [2018]


def test_export_says_that_no_report_is_from_a_body(built: Path) -> None:
    told = run("export", "--agency", "衡阳市教育厅", "--index", built / "index")
    assert told.exit_code == 0
    assert "衡阳市教育局" in told.stderr
    known = run("export", "--agency", "衡陽市教育局", "--index", built / "index")
    assert not known.stderr
    assert "衡阳市教育局" in known.stdout


def test_inspect(built: Path) -> None:
    record = json.loads(run("inspect", built / "r" / "2018.txt", "--json").stdout)
    assert (record["agency"], record["level"], record["region"]) == (
        "衡阳市教育局",
        "地市级",
        ["湖南省", "衡阳市"],
    )
    assert record["evidence"]["year"]["confidence"] > 0.9
    printed = run("inspect", built / "r" / "2018.txt").stdout
    assert "encoding       utf-8\n" in printed
    metrics = record["statistics"]["metrics"]
    assert metrics
    for name, value in metrics.items():
        assert re.search(rf"^number +{name} {value} +\(text: ", printed, re.MULTILINE)


def test_inspect_tells_numbers_that_are_not_sure(tmp_path: Path) -> None:
    path = tmp_path / "1.txt"
    path.write_text(
        "衡阳市教育局2018年政府信息公开工作年度报告\n"
        "本年度收到政府信息公开申请约120件。主动公开政府信息350条。主动公开政府信息360条。",
        encoding="utf-8",
    )
    printed = run("inspect", path).stdout
    assert (
        "applications_new 120   (about, text: 收到政府信息公开申请约120件)" in printed
    )
    assert "proactive_total -   (the text contradicts itself: 350, 360)" in printed


def test_check(built: Path) -> None:
    assert run("check", "--index", built / "index").exit_code == 0
    missing = run("check", "--index", built / "nosuch")
    assert missing.exit_code == 1
    assert "gongkai index" in missing.output


def test_what_is_unknown_is_an_option_and_stands_behind_the_values(
    built: Path, tmp_path: Path
) -> None:
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "notice.txt").write_text(
        "关于公开的说明\n公开。", encoding="utf-8"
    )
    folder = tmp_path / "index"
    for path in (built / "r", tmp_path / "r"):
        assert run("index", path, "--index", folder).exit_code == 0

    def listed(*options: str) -> tuple[int, str]:
        shown = run("search", *options, "--index", folder).stdout
        [years] = [line for line in shown.splitlines() if line.startswith("year: ")]
        return int(shown.split(" ")[0]), years

    values = "2017 1  2018 1  2019 1"
    assert listed() == (4, f"year: {values}  不详 1")
    assert listed("--year", "不详") == (1, f"year: {values}  不详 1")
    assert listed("--year", "unknown", "--year", "2018")[0] == 2
    assert listed("--not-year", "不詳") == (3, f"year: {values}")
    assert listed("--agency", "不详") == (1, "year: 不详 1")
    exported = run("export", "--index", folder, "--year", "不详", "--format", "jsonl")
    assert [json.loads(line)["year"] for line in exported.stdout.splitlines()] == [None]


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["search", '"没有结束'], 2, "not closed"),
        (["search", "公开", "--year", "abc"], 2, "year"),
        (["search", "公开", "--not-year", ""], 2, "not_year"),
        (["search", "公开", "--where", "drop table"], 2, "condition"),
        (["search", "公开", "--sort", "nonsense"], 2, "nonsense"),
        (["show", "nosuch"], 1, "nosuch"),
        (["index"], 2, "PATHS"),
        (["inspect", "nosuch.txt"], 2, "nosuch.txt"),
        (["nosuch"], 2, "nosuch"),
        (["sample", "0", "x"], 2, "0"),
    ],
)
def test_wrong_use(built: Path, arguments: list[str], status: int, says: str) -> None:
    if arguments[0] in ("search", "show"):
        arguments = [*arguments, "--index", str(built / "index")]
    result = run(*arguments)
    assert result.exit_code == status, result.output
    assert says in result.output
    assert "Traceback" not in result.output


def test_nothing_readable_is_one(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = run("index", tmp_path / "empty", "--index", tmp_path / "index", "--json")
    assert result.exit_code == 1
    assert len(json.loads(result.stdout)["skipped"]) == 1


def test_overrides_with_a_fault_name_file_and_line(built: Path, tmp_path: Path) -> None:
    table = tmp_path / "o.csv"
    table.write_text("id,field,value,reason\nx,nosuch,1,why\n", encoding="utf-8")
    result = run(
        "index", built / "r", "--index", tmp_path / "index", "--overrides", table
    )
    assert result.exit_code == 1
    assert "o.csv:2" in result.output


def test_every_command_has_help_and_serve_is_one() -> None:
    listed = run("--help").stdout
    for name in (
        "index",
        "search",
        "show",
        "inspect",
        "serve",
        "check",
        "export",
        "sample",
        "settings",
    ):
        assert f"\n  {name} " in listed
        assert run(name, "--help").exit_code == 0


def test_settings_are_listed() -> None:
    printed = run("settings").stdout
    assert all(f"GONGKAI_{name.upper()}" in printed for name, _, _ in SETTINGS)


def test_sample_round_trip(tmp_path: Path) -> None:
    assert run("sample", "12", tmp_path / "s", "--seed", "3").exit_code == 0
    tally = json.loads(
        run("index", tmp_path / "s", "--index", tmp_path / "index", "--json").stdout
    )
    assert (tally["reports"], tally["skipped"]) == (12, [])


@pytest.mark.parametrize(
    ("environment", "arguments"),
    [
        ({"PYTHONIOENCODING": "gbk"}, ["index"]),
        ({"PYTHONIOENCODING": "gbk"}, ["inspect"]),
        ({"PYTHONIOENCODING": "ascii"}, ["inspect"]),
        (
            {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
            ["inspect"],
        ),
        ({"PYTHONIOENCODING": "gbk"}, ["search", "--help"]),
    ],
)
def test_a_pipe_of_another_encoding(
    tmp_path: Path, environment: dict[str, str], arguments: list[str]
) -> None:
    path = tmp_path / "年报.txt"
    text = "衡阳市教育局2018年政府信息公开工作年度报告\n\n公开𠮷é·" + "现公布年报。" * 9
    path.write_text(text, encoding="utf-8")
    (tmp_path / "坏.pdf").write_bytes(b"%PDF-1.4")
    command = [Path(sys.executable).with_name("gongkai")]
    options: list[object] = []
    if arguments[0] == "index":
        arguments = ["index", str(tmp_path)]
        options = ["--index", tmp_path / "index", "--json"]
    elif arguments[0] == "inspect":
        arguments = ["inspect", str(path)]
        options = ["--json"]
    done = subprocess.run(
        [*command, *arguments, *map(str, options)],
        capture_output=True,
        check=False,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    if options:
        # click writes UTF-8 where the system says ASCII
        is_gbk = environment.get("PYTHONIOENCODING") == "gbk"
        encoding = "gbk" if is_gbk else "utf-8"
        record = json.loads(done.stdout.decode(encoding))
        if arguments[0] == "inspect":
            assert "𠮷é·" in record["text"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
@pytest.mark.parametrize("limit", [100, 3000])
def test_a_full_disk_is_one_clear_line(tmp_path: Path, limit: int) -> None:
    folder = tmp_path / "reports"
    run("sample", 10, folder)
    index = tmp_path / "index"
    assert run("index", folder, "--index", index).exit_code == 0
    run("sample", 30, folder, "--seed", 2)
    code = (
        "import resource, signal, sys; from indexer.cli import MAX_VALUES_PRINTED, main; "
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit})); main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "index", folder, "--index", index],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "ulimit -f" in done.stderr
    assert "the index is as it was" in done.stderr
    assert run("check", "--index", index).stdout.startswith("10 reports")


def test_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "indexer", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("gongkai")


def test_the_corpus_of_this_project(tmp_path: Path) -> None:
    tally = json.loads(
        run("index", CORPUS, "--index", tmp_path / "index", "--json").stdout
    )
    assert tally["reports"] >= 30
    assert [
        s["source"] for s in tally["skipped"] if not s["source"].endswith(".md")
    ] == []


@pytest.mark.parametrize(
    ("encoding", "printed"),
    [
        ("ascii", b"\\u516c\\u5f00 \\ud842\\udfb7 a"),
        ("gbk", "公开".encode("gbk") + b" \\ud842\\udfb7 a"),
        ("utf-8", "公开 𠮷 a".encode()),
    ],
)
@pytest.mark.parametrize("name", ["stdout", "stderr"])
def test_what_a_terminal_lacks_is_printed_as_escapes(
    name: str, encoding: str, printed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = io.BytesIO()
    # a stream of another kind beside it has no encoding, and is left alone
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    monkeypatch.setattr(sys, name, io.TextIOWrapper(raw, encoding=encoding))
    _never_fail_to_encode()
    stream = getattr(sys, name)
    print("公开 𠮷 a", end="", file=stream, flush=True)
    assert raw.getvalue() == printed
