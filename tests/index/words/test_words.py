"""The catalogues: every code stands in every language, and is said somewhere."""

from __future__ import annotations

import ast
import doctest
import gettext
import importlib.util
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter
from types import ModuleType

import pytest
from babel.messages.pofile import PoFileError

from index import words
from index.model import errors, problems
from index.model.fields import FIELDS
from index.model.problems import Code, Note, Problem
from index.studies.aggregate import measures
from index.words import CONTEXTS, LANGUAGES, LOCALE, message, term
from tests.conftest import ROOT


def compiler() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "catalogues", ROOT / "scripts/catalogues.py"
    )
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CATALOGUES = compiler()


def source(language: str) -> Path:
    return LOCALE / LANGUAGES[language] / "LC_MESSAGES/gongkai.po"


# Contexts whose values and conditions are named by words of ours; those of the others, and ids
# without a context, are what the pages say in Chinese, but for the codes.
KEYED = {*CONTEXTS, "explain", "law", "language"}


@cache
def entries(language: str) -> dict[tuple[str | None, str], tuple[str, ...]]:
    """Context and id -> the words, one for each number that the language tells apart."""
    catalogue = CATALOGUES.read(source(language))
    assert catalogue.charset == "utf-8"
    found = {}
    for name, entry in CATALOGUES.named(catalogue).items():
        forms = entry.string
        found[name] = forms if isinstance(forms, tuple) else (forms,)
    return found


def messages(language: str) -> dict[str, str]:
    """The codes and terms of a catalogue, an id with its context before it."""
    found = {}
    codes = {code.value for code in Code}
    for (context, name), (said, *_) in entries(language).items():
        if context in CONTEXTS:
            found[f"{context}\x04{name}"] = said
        elif context is None and name in codes:
            found[name] = said
    return found


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def page_placeholders(text: str) -> list[str]:
    """The values that what a page says stands with: %(name)s."""
    return sorted(re.findall(r"%\((\w+)\)s", text))


def tags(text: str) -> list[str]:
    """The elements in what a page says; where a line may break is for each language to say."""
    return sorted(re.findall(r"</?[a-z]+", text.replace("<wbr>", "")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_words_and_no_words_lack_a_code(language: str) -> None:
    said = {name for name in messages(language) if "\x04" not in name}
    assert said == {code.value for code in Code}
    assert all(messages(language).values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_languages_name_the_same_facts(language: str) -> None:
    for name, text in messages(language).items():
        assert placeholders(text) == placeholders(messages("en")[name]), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_languages_have_the_same_terms(language: str) -> None:
    terms = {name for name in messages(language) if "\x04" in name}
    assert terms == {name for name in messages("en") if "\x04" in name}
    assert {name.partition("\x04")[0] for name in terms} == set(CONTEXTS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_ask_for_known_terms(language: str) -> None:
    for name, text in messages(language).items():
        for _, _, spec, _ in Formatter().parse(text):
            assert not spec or spec in CONTEXTS or re.fullmatch(r"\.\df", spec), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_what_the_pages_say(language: str) -> None:
    said = {name for name in entries(language) if name[0] not in KEYED}
    said -= {(None, code.value) for code in Code}
    wanted = {name for name in CATALOGUES.wanted() if name[0] not in KEYED}
    assert len(wanted) > 400
    assert said == wanted
    assert all(all(forms) for forms in entries(language).values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_pages_say_has_the_same_values_in_every_language(language: str) -> None:
    for (context, name), forms in entries(language).items():
        (expected, *_) = entries("zh-Hans")[context, name]
        for said in forms:
            assert page_placeholders(said) == page_placeholders(expected), name
            if name not in {code.value for code in Code}:
                assert "%" not in re.sub(r"%\(\w+\)s", "", said), name
            assert tags(said) == tags(expected), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_query_is_said_with_the_same_facts(language: str) -> None:
    said = {name for name in entries(language) if name[0] == "explain"}
    assert said == {name for name in entries("en") if name[0] == "explain"}
    for name in said:
        (said_here,), (english,) = entries(language)[name], entries("en")[name]
        assert placeholders(said_here) == placeholders(english), name


def test_chinese_says_its_own_ids() -> None:
    for (context, name), forms in entries("zh-Hans").items():
        if context not in KEYED and (context or name not in set(Code)):
            assert set(forms) == {name}


def test_labels_are_the_english_ones_of_the_model() -> None:
    for field in FIELDS:
        assert term("field", field.label_zh, "en") == field.label_en
    for measure in measures():
        assert term("metric", measure.label_zh, "en") == measure.label_en


def test_traditional_chinese_keeps_the_reviewed_phrases() -> None:
    traditional = CATALOGUES.Traditional(CATALOGUES.phrases())
    assert traditional("规范性文件 %(n)s 件") == "規範性文件 %(n)s 件"
    assert traditional("信息") == "資訊"
    for simplified, reviewed in CATALOGUES.phrases().items():
        assert CATALOGUES.Traditional({})(simplified) != reviewed, "OpenCC says so, too"
        assert traditional(simplified) == reviewed


def test_every_code_is_said_somewhere() -> None:
    used = set()
    for room in ("index", "indexer", "webui"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                match node:
                    case ast.Attribute(value=ast.Name(id="Code"), attr=name):
                        used.add(name)
    assert used == set(Code.__members__)


def test_names_of_codes_are_their_values() -> None:
    for name, code in Code.__members__.items():
        assert name == re.sub("[.-]", "_", code.value).upper()


def test_the_compiled_catalogues_are_current() -> None:
    assert CATALOGUES.stale(write=False) == []


def test_a_changed_source_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "xx/LC_MESSAGES/gongkai.po"
    shown = {(None, "a.b"): False, ("t", "a.b"): False}
    monkeypatch.setattr(CATALOGUES, "wanted", lambda: shown)
    place.parent.mkdir(parents=True)
    header = '# a comment\nmsgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    place.write_text(
        header
        + '\nmsgid "a.b"\nmsgstr "甲 "\n"{n}"\n\nmsgctxt "t"\nmsgid "a.b"\nmsgstr "乙"\n',
        "utf-8",
    )
    monkeypatch.setattr(CATALOGUES, "LOCALE", tmp_path)
    compiled = place.with_suffix(".mo")
    assert CATALOGUES.stale(write=True) == [compiled]
    assert CATALOGUES.stale(write=False) == []
    made = gettext.translation("gongkai", tmp_path, ["xx"])
    assert made.gettext("a.b") == "甲 {n}"
    assert made.pgettext("t", "a.b") == "乙"
    place.write_text(place.read_text("utf-8").replace("甲", "丙"), "utf-8")
    assert CATALOGUES.stale(write=False) == [compiled]


def test_what_no_page_shows_is_taken_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CATALOGUES, "wanted", lambda: {(None, "甲"): False})
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    code = next(iter(Code)).value
    kept = f'{header}\nmsgid "甲"\nmsgstr "a"\n\nmsgid "{code}"\nmsgstr "b"\n'
    keyed = '\nmsgctxt "repair"\nmsgid "gloss"\nmsgstr "c"\n'
    gone = '\nmsgid "乙"\nmsgstr "d"\n'
    assert CATALOGUES.pruned(kept + gone + keyed) == kept + keyed


def test_a_catalogue_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "gongkai.po"
    place.write_text('msgid "a"\nmsgid_plural "b"\nmsgnothing\n', "utf-8")
    with pytest.raises(PoFileError):
        CATALOGUES.read(place)


def test_what_a_catalogue_lacks_stands_at_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = {("field", "机关"): False, (None, "%(n)s 份"): True}
    monkeypatch.setattr(CATALOGUES, "wanted", lambda: wanted)
    place = tmp_path / "en/LC_MESSAGES/gongkai.po"
    place.parent.mkdir(parents=True)
    place.write_text('msgctxt "field"\nmsgid "机关"\nmsgstr "Body"\n', "utf-8")
    added = '\nmsgid "%(n)s 份"\nmsgid_plural "%(n)s 份"\nmsgstr[0] ""\n'
    assert CATALOGUES.completed(place) == place.read_text("utf-8") + added


def test_lists_and_terms_are_said_in_the_language() -> None:
    problem = Problem(
        Code.TABLES_ROWS_MISSING, {"table": "review", "rows": ["总计", "维持"]}
    )
    assert problem.message() == "review: no values for 总计, 维持"
    assert problem.message("zh-Hans") == "行政复议、行政诉讼情况：没有读出 总计、维持。"
    assert term("repair", "gloss") == "pinyin gloss"


def test_an_input_cannot_command_a_terminal() -> None:
    note = Note(Code.REQUEST_NOT_ALLOWED, {"value": "\x1b[2J", "allowed": ["a\u202e"]})
    assert note.message() == "'\\x1b[2J' is not one of a\\u202e"


def test_a_note_of_another_version_can_be_read_and_said() -> None:
    stored = {"code": "tables.renamed", "facts": {"rows": ["总计"]}}
    problem = Problem.from_json(stored)
    assert problem.code is Code.PROBLEM_OF_OTHER_VERSION
    assert problem.message().endswith("tables.renamed")
    assert message(Code.QUERY_TOO_DEEP, {}) == message(
        Code.QUERY_TOO_DEEP, {"limit": "?"}
    )


def test_a_problem_is_the_same_when_it_was_stored() -> None:
    problem = Problem(
        Code.TABLES_ROWS_MISSING, {"table": "review", "rows": ["总计", "维持"]}
    )
    assert Problem.from_json(json.loads(json.dumps(problem.as_json()))) == problem


NOTES = ("QueryError", "RequestError", "Note", "Problem")


def stated_facts(tree: ast.AST) -> Iterator[tuple[str, set[str]]]:
    """(name of a code, names of its facts) wherever both can be read from the source."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        named = [
            (node.lineno, target.id, node.value)
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)
            for target in node.targets
            if isinstance(target, ast.Name)
        ]
        for node in ast.walk(function):
            match node:
                case ast.Call(func=ast.Name(id=kind), args=args) if kind in NOTES:
                    codes = [a.attr for a in args if isinstance(a, ast.Attribute)]
                    codes = [code for code in codes if code in Code.__members__]
                    facts = [a for a in args if isinstance(a, ast.Dict)]
                    names = [a.id for a in args if isinstance(a, ast.Name)]
                    before = [n for n in named if n[0] < node.lineno and n[1] in names]
                    if before:
                        facts.append(max(before, key=lambda n: n[0])[2])
                    if codes and facts:
                        keys = facts[0].keys
                        yield codes[0], {ast.literal_eval(k) for k in keys if k}


def test_facts_are_those_that_the_words_name() -> None:
    stated: dict[str, set[str]] = {}
    for room in ("index", "indexer", "webui"):
        for path in (ROOT / room).rglob("*.py"):
            for code, facts in stated_facts(ast.parse(path.read_text("utf-8"))):
                assert facts == placeholders(messages("en")[Code[code].value]), (
                    path,
                    code,
                )
                stated[code] = facts
    assert len(stated) > 40


def test_examples_in_the_docs() -> None:
    for module in (words, problems, errors):
        assert doctest.testmod(module).failed == 0
