"""Mutants: would a test notice if a line of the program were wrong?

    python scripts/mutants.py --sample 150 --seed 1
    python scripts/mutants.py --sample 40 --room index/query --room index/analysis --jobs 2
    python scripts/mutants.py --sample 80 --json mutants.json
    python scripts/mutants.py --again mutants.json          what survived then, with new tests

A mutant is the program with one small mistake: `<` for `<=`, `and` for `or`, 3 for 2, a statement
left out. The lines are drawn at random, by the seed, over the modules of `index`, `indexer` and
`webui`. Each mutant is written into a copy of the tree, never into the tree itself. Then the tests
that run the changed function are run, the nearest first, until one fails. A mutant that fails none
has survived: a test is missing.

Which tests run which function is measured once, on an instrumented copy, and kept in
`.mutants/tests.json`. It is measured again for a test file that changes, and for all of them when a
module is added, moved or removed. A survivor that no test can tell from the program is written into
`mutants_equivalent.json`, with the reason. It is then left out of the ratio.

Tests marked `browser`, `slow` or `shared` are not run. Works where processes can fork.
"""

from __future__ import annotations

import argparse
import ast
import copy
import hashlib
import importlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("index", "indexer", "webui")
MAP_FILE = ROOT / ".mutants" / "tests.json"
EQUIVALENT_FILE = Path(__file__).with_name("mutants_equivalent.json")
LEFT_OUT = ("tests/browser/", "tests/bench/", "tests/scripts/")
CLUSTER_ROOM = "index/engines/opensearch/"
CLUSTER_VARIABLE = "GONGKAI_TEST_OPENSEARCH_URL"
"""Nearly all tests of that room need a cluster, which this variable names."""

IN_TURN = 8
"""How many tests of one file are chosen before the next file has its turn."""

FAILED_TO_START = 70
"""Exit status of a forked process in which pytest itself went wrong."""

PROBE = "mutants_probe"
"""The module that an instrumented copy reports to."""

# -- what can be changed

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
}
SKIPPED_FIELDS = frozenset(
    {"annotation", "returns", "type_comment", "type_params", "ctx", "op", "ops"}
)
SKIPPED_NODES = (ast.Import, ast.ImportFrom, ast.Assert, ast.Global, ast.Nonlocal)
CACHES = frozenset({"lru_cache", "cache", "dataclass", "overload", "runtime_checkable"})
"""Decorators whose arguments no answer depends on."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: the `number`-th that `changes` gives of the module at `path`."""

    path: str
    line: int
    function: str
    """`Class.method` or `function`, the outermost one; empty at the level of the module."""
    kind: str
    before: str
    after: str
    number: int = field(compare=False)

    @property
    def room(self) -> str:
        return str(Path(self.path).parent)


@dataclass(frozen=True, slots=True)
class Change:
    """A change that can be made in a tree: `make` makes it, in place."""

    line: int
    function: str
    kind: str
    before: ast.AST
    after: ast.AST
    make: Callable[[], None]


def changes(tree: ast.Module) -> Iterator[Change]:
    """All changes of a module, in the order of the tree."""
    return _below(tree, (), inside=False)


def _below(node: ast.AST, names: tuple[str, ...], *, inside: bool) -> Iterator[Change]:
    """The changes of the children of a node; `inside` a function or not."""
    for name, value in ast.iter_fields(node):
        if name in SKIPPED_FIELDS:
            continue
        if isinstance(value, list):
            for at, child in enumerate(value):
                if isinstance(child, ast.AST):
                    yield from _of(
                        child, partial(value.__setitem__, at), names, inside=inside
                    )
        elif isinstance(value, ast.AST):
            yield from _of(value, partial(setattr, node, name), names, inside=inside)


def _of(
    node: ast.AST,
    put: Callable[[ast.AST], None],
    names: tuple[str, ...],
    *,
    inside: bool,
) -> Iterator[Change]:
    if _is_skipped(node):
        return
    if isinstance(node, ast.JoinedStr):
        # only what stands in braces may be another expression
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield from _of(
                    part.value, partial(setattr, part, "value"), names, inside=inside
                )
        return
    function = ".".join(names)
    for kind, new in _variants(node, inside=inside):
        yield Change(
            getattr(node, "lineno", 0), function, kind, node, new, partial(put, new)
        )
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        yield from _below(node, names if inside else (*names, node.name), inside=True)
    elif isinstance(node, ast.ClassDef):
        yield from _below(node, names if inside else (*names, node.name), inside=inside)
    else:
        yield from _below(node, names, inside=inside)


def _is_skipped(node: ast.AST) -> bool:
    match node:
        case ast.Expr(value=ast.Constant()):  # a docstring, or `...`
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Assign(targets=[ast.Name(id="__all__" | "__slots__")]):
            return True
        case ast.Call(func=ast.Name(id="TypeVar" | "NewType" | "cast")):
            return True
        case ast.ClassDef(bases=bases):
            return any(
                isinstance(base, ast.Name) and base.id == "Protocol" for base in bases
            )
    name = node.func if isinstance(node, ast.Call) else node
    return isinstance(node, SKIPPED_NODES) or (
        isinstance(name, ast.Name) and name.id in CACHES
    )


def _variants(node: ast.AST, *, inside: bool) -> Iterator[tuple[str, ast.AST]]:
    """What may stand in the place of a node, with the kind of the change."""
    match node:
        case ast.Compare(ops=ops):
            for at, op in enumerate(ops):
                for other in COMPARISONS[type(op)]:
                    yield (
                        "comparison",
                        _with(node, ops=[*ops[:at], other(), *ops[at + 1 :]]),
                    )
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in ARITHMETIC:
            yield "arithmetic", _with(node, op=ARITHMETIC[type(op)]())
        case ast.BoolOp(op=op):
            yield (
                "and/or",
                _with(node, op=ast.Or() if isinstance(op, ast.And) else ast.And()),
            )
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield "not", operand
        case ast.If(test=test) | ast.IfExp(test=test) if not isinstance(
            test, (ast.Compare, ast.UnaryOp)
        ):
            yield "not", _with(node, test=ast.UnaryOp(ast.Not(), test))
        case ast.Return(value=ast.expr() as value) if not _is_falsy(value):
            yield "return", ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()):
            yield "removed", ast.Pass()
        case (
            ast.Raise() | ast.Continue() | ast.Break() | ast.Delete() | ast.AugAssign()
        ):
            yield "removed", ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield "removed", ast.Pass()
        case ast.Call(
            func=func, args=[ast.Name() as first, ast.Name() as second, *rest]
        ):
            if ast.unparse(func) not in ("min", "max", "isinstance"):
                yield "swapped", _with(node, args=[second, first, *rest])
        case ast.Constant(value=value):
            yield from _constants(value, inside=inside)


def _constants(value: object, *, inside: bool) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(value, bool):
        yield "constant", ast.Constant(not value)
    elif isinstance(value, (int, float)):
        yield "constant", ast.Constant(value + 1)
        yield "constant", ast.Constant(value - 1)
    elif isinstance(value, str) and not inside:  # a row of a table
        yield "string", ast.Constant(value + "¤")


def _with(node: ast.AST, **fields: Any) -> ast.AST:
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def _is_falsy(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and not value.value


def _shown(node: ast.AST) -> str:
    """The first line of a node's source, shortened."""
    if isinstance(node, ast.If):
        node = node.test
    text = ast.unparse(ast.fix_missing_locations(node)).partition("\n")[0]
    return text if len(text) <= 160 else text[:157] + "..."


# -- the program and its tests


def modules(root: Path = ROOT) -> list[str]:
    """The modules of the packages, as paths below the root."""
    found = [p for package in PACKAGES for p in (root / package).rglob("*.py")]
    return sorted(p.relative_to(root).as_posix() for p in found)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def mutants_of(path: str, root: Path = ROOT) -> list[Mutant]:
    """All mutants of one module."""
    return [
        _mutant(path, number, c)
        for number, c in enumerate(changes(parsed(root / path)))
    ]


def _mutant(path: str, number: int, change: Change) -> Mutant:
    shown = _shown(change.before), _shown(change.after)
    return Mutant(path, change.line, change.function, change.kind, *shown, number)


def mutated(mutant: Mutant, root: Path = ROOT) -> str:
    """The source of the module with the change made."""
    tree = ast.parse((root / mutant.path).read_text(encoding="utf-8"))
    for number, change in enumerate(changes(tree)):
        if number == mutant.number:
            change.make()
            break
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def drawn(
    count: int, seed: int, rooms: Iterable[str] = (), root: Path = ROOT
) -> list[Mutant]:
    """So many mutants, of as many lines: every line that can be changed is as likely as another."""
    by_line: dict[tuple[str, int], list[tuple[int, Change]]] = defaultdict(list)
    for path in modules(root):
        if not rooms or any(
            path == room or path.startswith(f"{room.rstrip('/')}/") for room in rooms
        ):
            for number, change in enumerate(changes(parsed(root / path))):
                by_line[path, change.line].append((number, change))
    generator = random.Random(seed)
    lines = generator.sample(sorted(by_line), min(count, len(by_line)))
    return [_mutant(line[0], *generator.choice(by_line[line])) for line in lines]


def files_with_tests(root: Path = ROOT) -> list[str]:
    """The files that hold tests: those of `tests`, and modules with examples."""
    found = [
        p.relative_to(root).as_posix() for p in (root / "tests").rglob("test_*.py")
    ]
    with_examples = [
        p for p in modules(root) if ">>> " in (root / p).read_text(encoding="utf-8")
    ]
    return sorted(p for p in found if not p.startswith(LEFT_OUT)) + with_examples


def imported(path: str, root: Path = ROOT) -> set[str]:
    """The modules of the packages and of `tests` that a file imports, as paths."""
    names: set[str] = set()
    for node in ast.walk(parsed(root / path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {
                node.module,
                *(f"{node.module}.{alias.name}" for alias in node.names),
            }
    ours = [
        name.replace(".", "/")
        for name in names
        if name.startswith((*PACKAGES, "tests"))
    ]
    files = {f"{name}{end}" for name in ours for end in (".py", "/__init__.py")}
    return {file for file in files if (root / file).is_file()}


def distances(test: str, root: Path = ROOT) -> dict[str, int]:
    """How many imports each module is away from a test file; helpers in `tests` are no step."""
    found = {test: 0}
    queue = deque([test])
    while queue:
        path = queue.popleft()
        for other in sorted(imported(path, root)):
            step = found[path] + (not other.startswith("tests/"))
            if step < found.get(other, len(found) + 9999):
                found[other] = step
                queue.append(other)
    return found


def is_mirror(test: str, module: str) -> bool:
    """Whether a test file is named after a module, or after the folder that it stands in."""
    stem = Path(test).stem.removeprefix("test_")
    return (
        test == module or stem == Path(module).stem or stem == Path(module).parent.name
    )


# -- processes that are forked for one run of pytest


def preload(root: Path = ROOT) -> None:
    """Import all that is not ours, once, and pytest with its plugins: what is forked has it."""
    names: set[str] = set()
    files = [
        *modules(root),
        *(p.relative_to(root).as_posix() for p in (root / "tests").rglob("*.py")),
    ]
    for path in files:
        for node in ast.walk(parsed(root / path)):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module)
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as empty:
        warnings.simplefilter("ignore")
        for name in sorted(names):
            if name.partition(".")[0] not in (*PACKAGES, "tests", "bench", "scripts"):
                try:
                    importlib.import_module(name)
                except Exception:  # noqa: BLE001 - an optional library that is missing, or will not load
                    continue
        _quietly(
            Path(empty) / "log", lambda: pytest.main(["-q", "--rootdir", empty, empty])
        )


def _quietly(log: Path, call: Callable[[], Any]) -> None:
    sys.stdout.flush()
    kept = os.dup(1), os.dup(2)
    with log.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        call()
        sys.stdout.flush()
        sys.stderr.flush()
    for number, descriptor in enumerate(kept, 1):
        os.dup2(descriptor, number)
        os.close(descriptor)


def tree_copy(folder: Path, root: Path = ROOT) -> Path:
    """A copy of what Git knows of the tree, changes that are not committed with it."""
    known = ["git", "ls-files", "-coz", "--exclude-standard"]
    listed = subprocess.run(known, cwd=root, check=True, capture_output=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (root / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, folder / name)
    return folder


def copies(
    folder: Path, count: int, root: Path = ROOT, *, prepare: Callable[[Path], None]
) -> list[Path]:
    """So many copies of the tree below a folder, prepared and compiled once."""
    first = tree_copy(folder / "0", root)
    prepare(first)
    # what is compiled here, with the assertions of the tests, no forked process compiles again
    collect = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--collect-only",
        "-p",
        "no:cacheprovider",
    ]
    environment = os.environ | {"PYTHONPATH": str(first)}
    subprocess.run(
        collect, cwd=first, env=environment, check=False, stdout=subprocess.DEVNULL
    )
    others = [folder / str(number) for number in range(1, count)]
    for other in others:
        shutil.copytree(first, other)
    return [first, *others]


@dataclass(slots=True)
class Run:
    """A forked pytest; killed with all its children when it takes longer than `limit` seconds."""

    folder: Path
    pid: int
    limit: float
    started: float = field(default_factory=time.monotonic)

    @classmethod
    def start(
        cls, folder: Path, files: Iterable[str], plugin: object, limit: float
    ) -> Run:
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            try:
                code = _tested(folder, list(files), plugin)
            except pytest.PytestUnraisableExceptionWarning:
                # a file that a mutant left open is told only after the last test
                code = int(pytest.ExitCode.TESTS_FAILED)
            except BaseException:  # noqa: BLE001 - whatever it is, the copy of this process ends here
                (folder / "pytest.log").write_text(
                    traceback.format_exc(), encoding="utf-8"
                )
                code = FAILED_TO_START
            os._exit(code)
        return cls(folder, pid, limit)

    def poll(self) -> str | None:
        """`passed`, `failed` or `hung`; none while it runs."""
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid:
            code = os.waitstatus_to_exitcode(status)
            if code == FAILED_TO_START:
                raise RuntimeError(
                    (self.folder / "pytest.log").read_text(encoding="utf-8")
                )
            return "passed" if code in (0, 5) else "failed"
        if time.monotonic() - self.started < self.limit:
            return None
        os.killpg(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        return "hung"


def _tested(folder: Path, files: list[str], plugin: object) -> int:
    """In the forked process: run pytest in the folder."""
    os.setsid()
    log = os.open(folder / "pytest.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.chdir(folder)
    os.environ |= {
        "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "GONGKAI_SHARED": str(folder / "none"),
    }
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(folder))
    options = [
        "-q",
        "-x",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "--doctest-modules",
    ]
    if isinstance(plugin, Watch):
        options.remove("-x")
    options += ["-m", "not browser and not slow and not shared", "--hypothesis-seed=0"]
    # the plugins were imported before the fork
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    return int(pytest.main([*options, *files], plugins=[plugin]))


def run_all(
    tasks: Iterable[Callable[[Path], Run]],
    folders: list[Path],
    *,
    done: Callable[[int, Run, str], None],
) -> None:
    """Run the tasks, one in each folder at a time; `done` gets a task's number and its outcome."""
    waiting = deque(enumerate(tasks))
    free = list(folders)
    running: dict[int, Run] = {}
    while waiting or running:
        while waiting and free:
            number, task = waiting.popleft()
            running[number] = task(free.pop())
        for number, run in list(running.items()):
            outcome = run.poll()
            if outcome:
                del running[number]
                done(number, run, outcome)
                free.append(run.folder)
        time.sleep(0.02)


# -- which test runs which function


def instrument(folder: Path) -> None:
    """Let every function of a copy say that it is run."""
    (folder / f"{PROBE}.py").write_text(
        "seen = set()\nrun = seen.add\n", encoding="utf-8"
    )
    for path in modules(folder):
        tree = ast.parse((folder / path).read_text(encoding="utf-8"))
        _instrument(tree, path, (), inside=False)
        probe = ast.parse(f"from {PROBE} import run as __run__").body
        tree.body[_head(tree.body) : _head(tree.body)] = probe
        text = ast.unparse(ast.fix_missing_locations(tree))
        (folder / path).write_text(text + "\n", encoding="utf-8")


def _instrument(
    node: ast.AST, path: str, names: tuple[str, ...], *, inside: bool
) -> None:
    for child in ast.iter_child_nodes(node):
        if (
            isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
            and not inside
        ):
            below = (*names, child.name)
            is_function = not isinstance(child, ast.ClassDef)
            _instrument(child, path, below, inside=is_function)
            if is_function:
                said = ast.parse(f"__run__({f'{path}::' + '.'.join(below)!r})").body
                child.body[_head(child.body) : _head(child.body)] = said
        else:
            _instrument(child, path, names, inside=inside)


def _head(body: list[ast.stmt]) -> int:
    """How many statements must stay first: the docstring, and imports from the future."""
    at = int(isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant))
    while (
        at < len(body)
        and isinstance(body[at], ast.ImportFrom)
        and body[at].module == "__future__"
    ):  # type: ignore[attr-defined]
        at += 1
    return at


class Watch:
    """Pytest plugin: writes down how long each test takes and which functions it runs."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.tests: dict[str, dict[str, Any]] = {}
        self.common: set[str] = set()
        """Run by fixtures that several tests share."""

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        seen = importlib.import_module(PROBE).seen
        before = set(seen)
        seen.clear()
        try:
            return (yield)
        finally:
            if fixturedef.scope != "function":
                self.common |= seen
            seen |= before

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        seen = importlib.import_module(PROBE).seen
        seen.clear()
        started = time.monotonic()
        result = yield
        test = self.tests.setdefault(item.nodeid, {"passed": False})
        test |= {"seconds": round(time.monotonic() - started, 3), "runs": sorted(seen)}
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self.tests.setdefault(report.nodeid, {})["passed"] = report.passed

    def pytest_sessionfinish(self) -> None:
        for test in self.tests.values():
            test["runs"] = sorted(self.common.union(test.get("runs", ())))
        passed = {name: test for name, test in self.tests.items() if test.pop("passed")}
        self.out.write_text(json.dumps(passed, ensure_ascii=False), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Test:
    """A test, its file, how long it takes without a mistake and the functions that it runs."""

    name: str
    file: str
    seconds: float
    runs: frozenset[str]


def known_tests(jobs: int, root: Path = ROOT) -> list[Test]:
    """The tests, from the map of tests; what is not in it, or has changed, is measured first."""
    kept = (
        json.loads(MAP_FILE.read_text(encoding="utf-8")) if MAP_FILE.is_file() else {}
    )
    if kept.get("modules") != modules(root):
        kept = {"modules": modules(root), "functions": [], "files": {}}
    digests = {
        file: hashlib.sha256((root / file).read_bytes()).hexdigest()
        for file in files_with_tests(root)
    }
    files = {f: v for f, v in kept["files"].items() if digests.get(f) == v["sha256"]}
    stale = [file for file in digests if file not in files]
    numbers = {name: at for at, name in enumerate(kept["functions"])}

    def keep(file: str, tests: dict[str, dict[str, Any]]) -> None:
        for test in tests.values():
            test["runs"] = [
                numbers.setdefault(name, len(numbers)) for name in test["runs"]
            ]
        files[file] = {"sha256": digests[file], "tests": tests}
        MAP_FILE.parent.mkdir(exist_ok=True)
        whole = {"modules": modules(root), "functions": list(numbers), "files": files}
        MAP_FILE.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")

    if stale:
        _measure(stale, jobs, root, keep)
    names = list(numbers)
    return [
        Test(name, file, test["seconds"], frozenset(names[at] for at in test["runs"]))
        for file, value in files.items()
        for name, test in value["tests"].items()
    ]


def _measure(
    files: list[str], jobs: int, root: Path, keep: Callable[[str, dict[str, Any]], None]
) -> None:
    print(f"measuring which functions the tests of {len(files)} files run", flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        folders = copies(Path(temporary), jobs, root, prepare=instrument)

        def task(file: str, folder: Path) -> Run:
            (folder / "watch.json").unlink(missing_ok=True)
            return Run.start(folder, [file], Watch(folder / "watch.json"), 600)

        def done(number: int, run: Run, outcome: str) -> None:
            out = run.folder / "watch.json"
            tests = json.loads(out.read_text(encoding="utf-8")) if out.is_file() else {}
            keep(files[number], tests)
            seconds = time.monotonic() - run.started
            print(
                f"{files[number]}: {len(tests)} tests, {outcome}, {seconds:.1f} s",
                flush=True,
            )

        run_all([partial(task, file) for file in files], folders, done=done)


# -- trying mutants


class Chosen:
    """Pytest plugin: only the chosen tests, in their order, and rows of theirs that are new."""

    def __init__(self, order: list[str], known: Iterable[str]) -> None:
        self.rank = {name: at for at, name in enumerate(order)}
        self.bases = {
            name.partition("[")[0]: at for at, name in reversed(list(enumerate(order)))
        }
        self.known = frozenset(known)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        ranked = [(self._rank(item.nodeid), at, item) for at, item in enumerate(items)]
        items[:] = [
            item
            for rank, _, item in sorted(ranked, key=lambda r: r[:2])
            if rank is not None and rank >= 0
        ]

    def _rank(self, name: str) -> int:
        if name in self.rank:
            return self.rank[name]
        # a change of a table changes the names of the tests that walk it
        return -1 if name in self.known else self.bases.get(name.partition("[")[0], -1)


def chosen_tests(
    mutant: Mutant, tests: list[Test], budget: float, root: Path = ROOT
) -> list[Test]:
    """The tests to run, nearest file first, of `budget` seconds together at most.

    Those that run the changed function, or a function that reads the changed table, or that name
    the table themselves. Where none does: those that run a function of the module. Beside a
    change at the level of a module, those that import it.
    """
    function = f"{mutant.path}::{mutant.function}"
    running = [test for test in tests if mutant.function and function in test.runs]
    named: frozenset[str] = frozenset()
    if not running:  # nothing runs a table, nor the members of a class
        reading = readers_of(mutant, root)
        named = namers_of(mutant, {test.file for test in tests}, root)
        running = [
            test
            for test in tests
            if test.file in named or not reading.isdisjoint(test.runs)
        ]
    if not running:
        prefix = f"{mutant.path}::"
        running = [
            test for test in tests if any(name.startswith(prefix) for name in test.runs)
        ]
    if not running or not mutant.function:
        taken = {test.name for test in running}
        running += [
            t
            for t in tests
            if t.name not in taken and _distance(t.file, mutant.path, root) <= 1
        ]
    ordered = sorted(
        running,
        key=lambda test: (
            # a test that walks the table itself is meant for it
            test.file not in named,
            *_nearness(test.file, mutant.path, root),
            test.seconds,
        ),
    )
    # a few of each file in turn, so that one file does not spend the budget of all others
    seen: Counter[str] = Counter()
    turns: dict[str, int] = {}
    for test in ordered:
        turns[test.name] = seen[test.file] // IN_TURN
        seen[test.file] += 1
    chosen, spent = set(), 0.0
    for test in sorted(ordered, key=lambda test: turns[test.name]):
        if spent + test.seconds <= budget:
            spent += test.seconds
            chosen.add(test.name)
    return [test for test in ordered if test.name in chosen]


def readers_of(mutant: Mutant, root: Path = ROOT) -> frozenset[str]:
    """The functions that read the table in which a mutant at the level of a module stands.

    They are named as in `Test.runs`. A table made from the changed one is read as well.
    """
    tree = parsed(root / mutant.path)
    names = _assigned_at(tree, mutant.line)
    for statement in tree.body:
        # in the order of the module: what is made from a table stands behind it
        if names & _read_names(statement):
            names |= _assigned_names(statement)
    paths = modules(root) if names else []
    return frozenset(
        f"{path}::{function}"
        for path in paths
        for function, read in _functions(path, root).items()
        if names & read
    )


def namers_of(
    mutant: Mutant, files: Iterable[str], root: Path = ROOT
) -> frozenset[str]:
    """The files of tests that name the table in which a mutant at the level of a module stands."""
    names = _assigned_at(parsed(root / mutant.path), mutant.line)
    paths = {file for file in files if file.startswith("tests/")}
    return frozenset(file for file in paths if names & _names_in(file, root))


@cache
def _names_in(path: str, root: Path) -> set[str]:
    return _read_names(parsed(root / path))


def _assigned_at(tree: ast.Module, line: int) -> set[str]:
    for statement in tree.body:
        if statement.lineno <= line <= (statement.end_lineno or statement.lineno):
            return _assigned_names(statement)
    return set()


def _assigned_names(statement: ast.stmt) -> set[str]:
    match statement:
        case ast.Assign(targets=targets):
            return {target.id for target in targets if isinstance(target, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.ClassDef(name=name):
            return {name}
    return set()


def _read_names(node: ast.AST) -> set[str]:
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return names | {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}


@cache
def _functions(path: str, root: Path) -> dict[str, set[str]]:
    """Each function of a module, `Class.method` too, with the names that stand in it."""
    found = {}
    for node in parsed(root / path).body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found[node.name] = _read_names(node)
        elif isinstance(node, ast.ClassDef):
            for child in node.body:
                if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    found[f"{node.name}.{child.name}"] = _read_names(child)
    return found


@cache
def _nearness(file: str, module: str, root: Path) -> tuple[bool, int, str]:
    return not is_mirror(file, module), _distance(file, module, root), file


@cache
def _distances(file: str, root: Path) -> dict[str, int]:
    return distances(file, root)


def _distance(file: str, module: str, root: Path) -> int:
    return _distances(file, root).get(module, 9999)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a mutant: `noticed`, `survived` or `equivalent`."""

    mutant: Mutant
    outcome: str
    how: str
    seconds: float
    tests: int


def tried(
    mutants: list[Mutant],
    tests: list[Test],
    jobs: int,
    budget: float,
    root: Path = ROOT,
) -> list[Result]:
    """Try the mutants, and print each as it ends."""
    known = [test.name for test in tests]
    results: dict[int, Result] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folders = copies(Path(temporary), jobs, root, prepare=lambda _: None)
        chosen = [chosen_tests(mutant, tests, budget, root) for mutant in mutants]

        def task(number: int, folder: Path) -> Run:
            mutant, picked = mutants[number], chosen[number]
            (folder / mutant.path).write_text(mutated(mutant, root), encoding="utf-8")
            shutil.rmtree(folder / ".hypothesis", ignore_errors=True)
            plugin = Chosen([test.name for test in picked], known)
            limit = 20 + 5 * sum(test.seconds for test in picked)
            return Run.start(
                folder, dict.fromkeys(test.file for test in picked), plugin, limit
            )

        def done(number: int, run: Run, outcome: str) -> None:
            mutant = mutants[number]
            shutil.copy2(root / mutant.path, run.folder / mutant.path)
            seconds = round(time.monotonic() - run.started, 1)
            said = "survived" if outcome == "passed" else "noticed"
            how = (
                _failure(run.folder / "pytest.log") if outcome == "failed" else outcome
            )
            results[number] = Result(mutant, said, how, seconds, len(chosen[number]))
            print(_told(results[number]), flush=True)

        run_all(
            [partial(task, number) for number in range(len(mutants))],
            folders,
            done=done,
        )
    return [results[number] for number in range(len(mutants))]


def _failure(log: Path) -> str:
    """The test that failed, from the summary of pytest."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return next(
        (
            line[:160]
            for line in reversed(lines)
            if line.startswith(("FAILED", "ERROR"))
        ),
        "ended",
    )


def _told(result: Result) -> str:
    m = result.mutant
    return (
        f"{result.outcome:8} {m.path}:{m.line} {m.function or '(module)'}: "
        f"{m.before}  ->  {m.after}  [{result.seconds} s, {result.tests} tests]"
    )


def source_line(mutant: Mutant, root: Path = ROOT) -> str:
    """The line that is changed, as it stands in the source."""
    return (
        (root / mutant.path)
        .read_text(encoding="utf-8")
        .splitlines()[mutant.line - 1]
        .strip()
    )


def identity(mutant: Mutant, root: Path = ROOT) -> tuple[str, ...]:
    """What tells a mutant from others, wherever its module stands."""
    return mutant.function, source_line(mutant, root), mutant.before, mutant.after


def equivalents(file: Path = EQUIVALENT_FILE) -> set[tuple[str, ...]]:
    """The identities of what no test can notice."""
    if not file.is_file():
        return set()
    rows = json.loads(file.read_text(encoding="utf-8"))
    return {(row["function"], row["line"], row["before"], row["after"]) for row in rows}


def survivors(file: Path, root: Path = ROOT) -> list[Mutant]:
    """The mutants that survived an earlier run, wherever their modules stand now."""
    rows = [
        row
        for row in json.loads(file.read_text(encoding="utf-8"))
        if row["outcome"] == "survived"
    ]
    wanted = {tuple(row["identity"]) for row in rows}
    found = {}
    places = {(function, line) for function, line, *_ in wanted}
    for path in modules(root):
        lines = [
            line.strip()
            for line in (root / path).read_text(encoding="utf-8").splitlines()
        ]
        for number, change in enumerate(changes(parsed(root / path))):
            if (change.function, lines[change.line - 1]) in places:
                mutant = _mutant(path, number, change)
                if identity(mutant, root) in wanted:
                    found.setdefault(identity(mutant, root), mutant)
    return list(found.values())


def report(results: list[Result], root: Path = ROOT) -> str:
    """The survivors with their lines, then the ratio of each room."""
    lines = []
    for result in results:
        if result.outcome == "survived":
            m = result.mutant
            lines += [
                f"{m.path}:{m.line}  {source_line(m, root)}",
                f"    {m.kind}: {m.before}  ->  {m.after}",
            ]
    counted = [r for r in results if r.outcome != "equivalent"]
    sampled = Counter(r.mutant.room for r in counted)
    noticed = Counter(r.mutant.room for r in counted if r.outcome == "noticed")
    lines += ["", f"{'room':28} noticed / sampled"]
    for room in sorted(sampled):
        lines.append(
            f"{room:28} {noticed[room]:3} / {sampled[room]:3}  {noticed[room] / sampled[room]:4.0%}"
        )
    if counted:
        total = noticed.total()
        lines.append(
            f"{'all':28} {total:3} / {len(counted):3}  {total / len(counted):4.0%}"
        )
    lines.append(f"left out as equivalent: {len(results) - len(counted)}")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        description="Would a test notice a mistake? Tries sampled mutants."
    )
    parser.add_argument(
        "--sample", type=int, default=150, help="how many mutants (150)"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--room",
        action="append",
        default=[],
        help="a folder or module; repeatable (all)",
    )
    parser.add_argument(
        "--jobs", type=int, default=1, help="mutants tried at a time (1)"
    )
    parser.add_argument(
        "--budget",
        type=float,
        default=40,
        help="seconds of tests a mutant at most (40)",
    )
    parser.add_argument("--json", type=Path, help="write the results into this file")
    parser.add_argument(
        "--again", type=Path, help="try what survived in this file of --json"
    )
    parser.add_argument("--list", action="store_true", help="only list the mutants")
    given = parser.parse_args(arguments)
    sampled = partial(drawn, given.sample, given.seed, given.room)
    mutants = survivors(given.again) if given.again else sampled()
    if given.list:
        for m in mutants:
            print(
                f"{m.path}:{m.line} {m.function or '(module)'} {m.kind}: {m.before}  ->  {m.after}"
            )
        return
    if not os.environ.get(CLUSTER_VARIABLE):
        untried = [m for m in mutants if m.path.startswith(CLUSTER_ROOM)]
        print(f"not tried, as {CLUSTER_VARIABLE} names no cluster: {len(untried)}")
        mutants = [m for m in mutants if m not in untried]
    same = equivalents()
    left_out = [m for m in mutants if identity(m) in same]
    preload()
    tests = known_tests(given.jobs)
    results = tried(
        [m for m in mutants if m not in left_out], tests, given.jobs, given.budget
    )
    results += [Result(m, "equivalent", "listed", 0, 0) for m in left_out]
    print("\n" + report(results))
    if given.json:
        rows = [
            asdict(result) | {"identity": identity(result.mutant)} for result in results
        ]
        text = json.dumps(rows, ensure_ascii=False, indent=1)
        given.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
