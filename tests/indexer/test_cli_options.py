"""Every option of every command: what `--help` says of it, and what a wrong value is told."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from indexer.cli import main

# Command -> option -> the default that its help states.
DEFAULTS = {
    "search": {"--sort": "relevance", "--limit": "10", "--page": "1"},
    "export": {"--format": "csv"},
    "stats": {"--by": "year", "--order": "group"},
    "sample": {"--seed": "1", "--format": "jsonl"},
    "index": {"--jobs": "one a core"},
}
# (command, arguments before the option, option): each names a file, never a folder.
FILE_OPTIONS = [
    ("index", ["."], "--overrides"),
    ("inspect", ["."], "--overrides"),
    ("sample", ["1", "out"], "--truth"),
]
# (command, arguments, option, least, most): a number out of bounds is refused.
BOUNDS = [
    ("index", ["."], "--jobs", 0, 64),
    ("search", [], "--limit", 1, 100),
    ("search", [], "--page", 1, None),
]


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], prog_name="gongkai")


def help_of(command: str) -> str:
    """The help of a command, on long lines."""
    shown = CliRunner().invoke(main, [command, "--help"], terminal_width=400)
    return " ".join(shown.output.split())


def stated(command: str, option: str) -> str:
    """What the help of a command says of an option."""
    _, _, rest = help_of(command).partition(f" {option} ")
    text, _, _ = rest.partition(" --")
    return text


@pytest.mark.parametrize("command", DEFAULTS)
def test_defaults_stand_in_the_help(command: str) -> None:
    for option, default in DEFAULTS[command].items():
        assert f"[default: {default}" in stated(command, option), option


@pytest.mark.parametrize(
    "command", ["index", "search", "show", "export", "stats", "check"]
)
def test_where_the_index_is_looked_for(command: str) -> None:
    assert "[default: GONGKAI_INDEX, or index/data]" in stated(command, "--index")


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_option_is_explained(command: str) -> None:
    for parameter in main.commands[command].params:
        if not isinstance(parameter, click.Option) or parameter.name == "page":
            continue
        # what can be chosen explains itself
        assert parameter.help or isinstance(parameter.type, click.Choice)


@pytest.mark.parametrize(("command", "arguments", "option"), FILE_OPTIONS)
def test_a_folder_is_no_file(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    arguments: list[str],
    option: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(command, *arguments, option, tmp_path)
    assert result.exit_code == 2
    assert re.search(f"Invalid value for '{option}': .* is a directory", result.output)
    assert list(tmp_path.iterdir()) == []


def test_samples_are_not_written_into_a_file(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    result = run("sample", "1", file)
    assert result.exit_code == 2
    assert "is a file" in result.output


@pytest.mark.parametrize(("command", "arguments", "option", "least", "most"), BOUNDS)
def test_a_number_out_of_bounds_is_refused(
    tmp_path: Path,
    command: str,
    arguments: list[str],
    option: str,
    least: int,
    most: int | None,
) -> None:
    wrong = [least - 1] if most is None else [least - 1, most + 1]
    bounds = f"{least}<=x<={most}" if most else f"x>={least}"
    for value in wrong:
        given = [*arguments, "--index", str(tmp_path), option, str(value)]
        result = run(command, *given)
        assert result.exit_code == 2
        assert f"{value} is not in the range {bounds}" in result.output


@pytest.mark.parametrize("command", sorted(main.commands))
def test_no_two_options_have_one_name(command: str) -> None:
    """A facet gives its name to an option: another option may not have it too."""
    parameters = main.commands[command].params
    names = [parameter.name for parameter in parameters]
    assert len(names) == len(set(names))
    switches = [o for p in parameters if isinstance(p, click.Option) for o in p.opts]
    assert len(switches) == len(set(switches))


def test_where_there_is_no_index_one_thing_is_to_do(tmp_path: Path) -> None:
    result = run("check", "--index", tmp_path / "nothere")
    assert result.exit_code == 1
    (said,) = result.stderr.splitlines()
    assert "run `gongkai index PATH... --index" in said


def test_figures_as_a_table_and_as_json(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    index = tmp_path / "index"
    assert run("sample", "60", folder).exit_code == 0
    assert run("index", folder, "--index", index, "--json").exit_code == 0
    measures = ["--measure", "applications_new", "--measure", "applications_refused"]
    asked = ["--index", str(index), *measures, "--by", "county"]
    result = run("stats", *asked, "--order", "-applications_new", "--json")
    found = json.loads(result.stdout)
    totals = [group["total"] for group in found["groups"]]
    known = [total for total in totals if total is not None]
    assert known == sorted(known, reverse=True)
    assert known
    table = run("stats", *asked, "--order", "-applications_new").stdout
    lines = list(csv.DictReader(table.removeprefix("\ufeff").splitlines()))
    assert [line["value"] for line in lines] == [g["value"] for g in found["groups"]]
    shares = [group["share"] for group in found["others"][0]["groups"]]
    written = [line["applications_refused.share"] for line in lines]
    # a whole number has no decimals
    exact = [None if n is None else int(n) if n == int(n) else n for n in shares]
    assert written == ["" if n is None else str(n) for n in exact]
    counted = run("stats", "--index", index, "--by", "province").stdout
    rows = list(csv.reader(counted.removeprefix("\ufeff").splitlines()))
    assert rows[0] == ["province", "reports"]
    assert sum(int(row[1]) for row in rows[1:]) <= 60
    wrong = run("stats", *asked, "--order", "nosuch")
    assert wrong.exit_code == 2
    assert "applications_new.share" in wrong.stderr


def test_faults_of_an_index_are_said_on_standard_error(tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    text = "衡阳市教育局2018年政府信息公开工作年度报告\n本局主动公开政府信息。"
    report.write_text(text, encoding="utf-8")
    index = tmp_path / "index"
    assert run("index", report, "--index", index).exit_code == 0
    (arrays,) = index.glob("*.arr")
    data = bytearray(arrays.read_bytes())
    data[len(data) // 2] ^= 0xFF
    arrays.write_bytes(data)
    result = run("check", "--index", index)
    assert result.exit_code == 1
    assert result.stdout == ""
    *faults, cure = result.stderr.splitlines()
    assert any(arrays.name in fault for fault in faults)
    assert "run: gongkai index PATH... --rebuild" in cure


def test_a_query_may_begin_with_a_hyphen(tmp_path: Path) -> None:
    file, index = tmp_path / "a.txt", tmp_path / "index"
    file.write_text(
        "望海市档案局2020年政府信息公开工作年度报告\n全年公开信息二十条。\n"
    )
    assert run("index", file, "--index", index, "--json").exit_code == 0
    for query, total in (("-收费", 1), ("-公开", 0), ("公开 -收费", 1)):
        result = run("search", query, "--limit", "1", "--index", index, "--json")
        assert json.loads(result.stdout)["total"] == total, query
    refused = run("search", "--levle", "--index", index)
    assert (refused.exit_code, "--levle" in refused.stderr) == (2, True)


def test_a_rebuild_of_a_part_warns_of_what_it_leaves_out(tmp_path: Path) -> None:
    for n, name in enumerate(("old", "new")):
        report = tmp_path / name / "1.txt"
        report.parent.mkdir()
        text = f"衡阳市教育局201{n}年政府信息公开工作年度报告"
        report.write_text(text, encoding="utf-8")
    at = ("--index", tmp_path / "index")
    both = (tmp_path / "old", tmp_path / "new")
    assert run("index", *both, *at).exit_code == 0
    assert "warning" not in run("index", *both, "--rebuild", *at).stderr
    told = run("index", tmp_path / "new", "--rebuild", *at, "--json")
    assert told.exit_code == 0
    assert json.loads(told.stdout)["dropped"] == {"old": 1}
    assert "warning: 1 report of the index before" in told.stderr
    assert "(from old)" in told.stderr


def test_what_came_from_a_path_that_is_gone_can_be_deleted(tmp_path: Path) -> None:
    report = tmp_path / "a b" / "1.txt"
    report.parent.mkdir()
    report.write_text("衡阳市教育局2018年政府信息公开工作年度报告", encoding="utf-8")
    at = ("--index", tmp_path / "index")
    assert run("index", report.parent, *at).exit_code == 0
    report.unlink()
    report.parent.rmdir()
    told = run("index", "--sync", report.parent, *at)
    assert f"gongkai index --sync --gone '{report.parent}'" in told.output
    deleted = run("index", "--sync", "--gone", report.parent, *at)
    assert deleted.exit_code == 0
    assert "1 deleted" in deleted.output
    for wrong in (("--gone",), ("--gone", "--sync", "--watch")):
        assert run("index", *wrong, report.parent, *at).exit_code == 2
