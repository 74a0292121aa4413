"""The mutation tester: which mistakes it makes, and that it tells a good test from a poor one."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from scripts import mutants

CHANGED = [
    ("a < b", {"a <= b", "a >= b"}),
    ("a == b", {"a != b"}),
    ("a in b", {"a not in b"}),
    ("a + b", {"a - b"}),
    ("a and b", {"a or b"}),
    ("not a", {"a"}),
    ("f(True)", {"f(False)", "pass"}),
    ("x = a[3]", {"x = a[4]", "x = a[2]"}),
    ("f(a, b)", {"f(b, a)", "pass"}),
    ("max(a, b)", {"pass"}),
    ("return a", {"return None"}),
    ("return False", {"return True"}),
    ("if a:\n    b", {"if not a:\n    b"}),
    ("for a in b:\n    continue", {"for a in b:\n    pass"}),
    ("raise a", {"pass"}),
    ("assert a < b", set()),
    ("a: int = b", set()),
    ("x = 'a'", set()),
]


def variants(source: str) -> set[str]:
    """All sources that one change makes of one."""
    found = set()
    for number, _ in enumerate(mutants.changes(ast.parse(source))):
        tree = ast.parse(source)
        list(mutants.changes(tree))[number].make()
        found.add(ast.unparse(ast.fix_missing_locations(tree)))
    return found


@pytest.mark.parametrize(
    ("line", "expected"), CHANGED, ids=[line for line, _ in CHANGED]
)
def test_mistakes_in_a_function(line: str, expected: set[str]) -> None:
    body = "\n".join("    " + part for part in line.split("\n"))
    made = {
        text.removeprefix("def f(a, b):\n")
        for text in variants(f"def f(a, b):\n{body}")
    }
    assert made == {
        "\n".join("    " + part for part in text.split("\n")) for text in expected
    }


def test_a_row_of_a_table_is_changed_and_a_docstring_is_not() -> None:
    assert variants("ROWS = ('a',)\n'What it is.'") == {"ROWS = ('a¤',)\n'What it is.'"}


def test_a_sample_is_the_same_for_one_seed_and_within_its_rooms() -> None:
    sample = mutants.drawn(20, 3, ["index/query"])
    assert sample == mutants.drawn(20, 3, ["index/query"])
    assert sample != mutants.drawn(20, 4, ["index/query"])
    assert {m.room for m in sample} == {"index/query"}
    assert len({(m.path, m.line) for m in sample}) == 20


def test_a_mutant_is_its_module_with_one_change() -> None:
    mutant = mutants.drawn(1, 5, ["index/query"])[0]
    source = mutants.parsed(mutants.ROOT / mutant.path)
    assert mutants.mutated(mutant).strip() != ast.unparse(source)


def test_the_nearest_tests_that_run_the_function_are_chosen() -> None:
    def test(name: str, seconds: float, *runs: str) -> mutants.Test:
        file = name.partition("::")[0]
        return mutants.Test(
            name,
            file,
            seconds,
            frozenset(f"index/search/snippets.py::{run}" for run in runs),
        )

    tests = [
        test("tests/webui/api/test_api.py::far", 1, "snippets"),
        test("tests/index/search/test_snippets.py::slow", 5, "snippets"),
        test("tests/index/search/test_snippets.py::quick", 1, "snippets"),
        test("tests/index/search/test_snippets.py::other", 1, "Marker.of"),
    ]
    mutant = mutants.Mutant(
        "index/search/snippets.py", 1, "snippets", "not", "a", "b", 0
    )
    chosen = [
        t.name.partition("::")[2] for t in mutants.chosen_tests(mutant, tests, 100)
    ]
    assert chosen == ["quick", "slow", "far"]
    assert [t.seconds for t in mutants.chosen_tests(mutant, tests, 3)] == [1, 1]


def test_the_readers_of_a_table_are_the_functions_that_read_what_is_made_of_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "words.py").write_text(
        "FIRST = {'a': 'b'}\n"
        "SECOND = sorted(FIRST)\n"
        "OTHER = 3\n"
        "def direct(): return FIRST\n"
        "class Reader:\n"
        "    def derived(self): return SECOND\n"
        "def neither(): return OTHER\n",
        encoding="utf-8",
    )
    (tmp_path / "index" / "far.py").write_text(
        "from index import words\ndef far(): return words.SECOND\n", encoding="utf-8"
    )
    mutant = mutants.Mutant("index/words.py", 1, "", "string", "'b'", "'b¤'", 0)
    assert mutants.readers_of(mutant, tmp_path) == {
        "index/words.py::direct",
        "index/words.py::Reader.derived",
        "index/far.py::far",
    }


def test_tests_that_name_a_changed_table_come_first(tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "tests").mkdir()
    table = "class Code:\n    FIRST = 'a'\nOTHER = 3\n"
    (tmp_path / "index" / "codes.py").write_text(table, encoding="utf-8")
    walks = "from index.codes import Code\ndef test_all(): assert list(Code)\n"
    (tmp_path / "tests" / "test_walk.py").write_text(walks, encoding="utf-8")
    (tmp_path / "tests" / "test_near.py").write_text(
        "from index.codes import OTHER\ndef test(): assert OTHER\n", encoding="utf-8"
    )
    mutant = mutants.Mutant("index/codes.py", 2, "Code", "string", "'a'", "'a¤'", 0)
    files = ["tests/test_near.py", "tests/test_walk.py", "index/codes.py"]
    assert mutants.namers_of(mutant, files, tmp_path) == {"tests/test_walk.py"}
    tests = [mutants.Test(f"{file}::test", file, 1, frozenset()) for file in files]
    chosen = mutants.chosen_tests(mutant, tests, 100, tmp_path)
    assert chosen[0].file == "tests/test_walk.py"


@pytest.mark.skipif(
    not hasattr(os, "fork") or not shutil.which("git"), reason="needs fork and Git"
)
def test_a_boundary_that_no_test_walks_survives(tmp_path: Path) -> None:
    files = {
        "thing/__init__.py": "",
        "thing/door.py": "def opens(n):\n    return n < 10\n",
        "checks/test_door.py": (
            "from thing.door import opens\n"
            "def test_poor(): assert opens(3) and not opens(30)\n"
            "def test_good(): assert opens(9) and not opens(10)\n"
        ),
        "pytest.ini": "[pytest]\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    tried = [
        m
        for m in mutants.mutants_of("thing/door.py", tmp_path)
        if m.kind == "comparison"
    ]
    assert [m.after for m in tried] == ["n <= 10", "n >= 10"]
    boundary = tried[:1]
    outcomes = {}
    results: list[mutants.Result] = []
    for name in ("poor", "good"):
        test = mutants.Test(
            f"checks/test_door.py::test_{name}",
            "checks/test_door.py",
            0.1,
            frozenset(["thing/door.py::opens"]),
        )
        results = mutants.tried(boundary, [test], jobs=1, budget=9, root=tmp_path)
        outcomes[name] = results[0].outcome
    assert outcomes == {"poor": "survived", "good": "noticed"}
    said = mutants.report(results, tmp_path)
    assert "thing" in said
    assert "1 /   1  100%" in said


def test_known_equivalents_have_their_reasons() -> None:
    rows = json.loads(mutants.EQUIVALENT_FILE.read_text(encoding="utf-8"))
    assert all(len(row["reason"]) > 20 for row in rows)
    assert len(mutants.equivalents()) == len(rows)
