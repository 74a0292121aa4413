"""Every place that lists fields of a report agrees with the one table."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from click.testing import CliRunner

from index.documents.exports import COLUMNS_OF_OBJECT, EXPORT_COLUMNS
from index.documents.stored import HEAD_FIELDS, NOT_IN_OTHERS, STORED_LAYOUT, parts_of
from index.model.fields import (
    FACET_NAMES,
    FACETS,
    FIELDS,
    NUMBERED_KINDS,
    NUMBERS,
    SORTS,
    TEXT_FIELDS,
    AsFacet,
    FacetKind,
    ReportField,
    Use,
    facets_of,
    fields_for,
    names_for,
)
from index.model.json_codec import from_json
from index.model.metrics import METRIC_NAMES
from index.model.report import Report
from index.query import explain, parser
from index.search.response import HIT_FIELDS, Hit
from indexer import cli
from indexer.metadata import Derived
from indexer.overrides import CORRECTABLE_FIELDS, Overrides
from webui.api.openapi import document
from webui.http.params import PARAMETERS
from webui.words import labels

ROOT = Path(__file__).parents[3]
BY_NAME = {field.name: field for field in FIELDS}
# The one field that the record has elsewhere: in its statistics.
PART_OF_STATISTICS = "template"
RECORDED = {*BY_NAME} - {PART_OF_STATISTICS}
REPORT = Report("a", "a.txt", "公开", title="年报", agency="甲局", agency_printed="甲")

NEW = ReportField(
    "language",
    "keyword",
    "语言",
    "Language",
    Use.HIT | Use.EXPORT | Use.QUERY,
    AsFacet(99),
    ("汉语", "藏语"),
)


def test_names_and_labels_are_complete() -> None:
    assert len(BY_NAME) == len(FIELDS)
    for field in FIELDS:
        assert hasattr(REPORT, field.name)
        assert field.label_zh
        assert field.label_en


def test_record() -> None:
    assert {f.name for f in fields(Report)} == RECORDED
    assert set(REPORT.record()) == RECORDED | {"problem_codes"}
    assert PART_OF_STATISTICS in {f.name for f in fields(type(REPORT.statistics))}


def test_hits() -> None:
    assert set(HIT_FIELDS) == set(names_for(Use.HIT))
    assert [f.name for f in fields(Hit)][: len(HIT_FIELDS)] == list(HIT_FIELDS)
    of_hit, of_report = get_type_hints(Hit), get_type_hints(Report)
    assert {n: of_hit[n] for n in HIT_FIELDS} == {n: of_report[n] for n in HIT_FIELDS}


def test_stored_bytes() -> None:
    assert names_for(Use.HIT | Use.HEAD) == HEAD_FIELDS
    assert all(name in STORED_LAYOUT.split() for name in HEAD_FIELDS)
    assert set(from_json(parts_of(REPORT)["others"])) == RECORDED - NOT_IN_OTHERS


def test_exports() -> None:
    exported = names_for(Use.EXPORT)
    expected: list[str] = []
    for name in exported:
        expected += COLUMNS_OF_OBJECT.get(name, (name,))
    assert list(EXPORT_COLUMNS) == expected
    objects = {n for n in exported if BY_NAME[n].kind == "object"}
    assert objects == set(COLUMNS_OF_OBJECT)


def test_facets() -> None:
    faceted = {field.name: field for field in FIELDS if field.facet}
    assert {facet.attribute for facet in FACETS} == set(faceted)
    positions = [field.facet.position for field in FIELDS if field.facet]
    assert sorted(positions) == list(range(1, len(FACETS) + 1))
    for facet in FACETS:
        field = faceted[facet.attribute]
        assert facet.kind == field.kind
        assert facet.kind in get_args(FacetKind)
        assert (facet.label_zh, facet.label_en) == (field.label_zh, field.label_en)
        assert facet.order == field.values


def test_texts_and_numbers() -> None:
    assert {n for n in BY_NAME if BY_NAME[n].kind == "text"} == set(TEXT_FIELDS)
    plain = [n for n in BY_NAME if BY_NAME[n].kind in NUMBERED_KINDS]
    assert [*plain, *METRIC_NAMES] == list(NUMBERS)
    assert {sort.removeprefix("-") for sort in SORTS} >= set(plain)


def test_queries() -> None:
    asked = {field.query_name for field in fields_for(Use.QUERY)}
    # every facet can be asked for, also one that is not shown
    assert set(parser.FIELDS) == {*asked, *FACET_NAMES, "agency~", *METRIC_NAMES}
    assert asked <= set(explain.FIELD_LABELS)
    for name in asked:
        value = "2018" if name in ("year", "published") else "公开"
        assert parser.parse(f"{name}:{value}") is not None


def test_command_line_options() -> None:
    for command in (cli.search, cli.export):
        options = {parameter.name for parameter in command.params}
        assert options >= {facet.name for facet in FACETS}


def test_command_line_table(capsys: pytest.CaptureFixture[str]) -> None:
    cli._print_report(REPORT, as_json=False)
    printed = {line.split(" ")[0] for line in capsys.readouterr().out.splitlines()}
    # the title stands above
    assert printed >= set(names_for(Use.HIT | Use.FACT)) - {"title"}


def test_overrides(tmp_path: Path) -> None:
    assert tuple(CORRECTABLE_FIELDS) == names_for(Use.OVERRIDE)
    assert set(CORRECTABLE_FIELDS) <= {f.name for f in fields(Derived)}
    examples = {"number": "2018", "date": "2019-03-11"}
    rows = ["id,field,value,reason"]
    for name, field in CORRECTABLE_FIELDS.items():
        example = field.values[0] if field.values else examples.get(field.kind, "甲")
        rows.append(f"a,{name},{example},checked")
    path = tmp_path / "overrides.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    assert set(Overrides.load(path).of("a")) == set(CORRECTABLE_FIELDS)


def test_openapi() -> None:
    schemas = document("http://localhost")["components"]["schemas"]
    assert set(schemas["Report"]["properties"]) == RECORDED | {"problem_codes"}
    assert set(schemas["Hit"]["properties"]) >= set(names_for(Use.HIT))
    for name in HIT_FIELDS:
        assert schemas["Hit"]["properties"][name]["title"] == BY_NAME[name].label_en
    parameters = {parameter.name for parameter in PARAMETERS}
    assert parameters >= {facet.name for facet in FACETS}


def test_pages() -> None:
    assert {n: BY_NAME[n].label_zh for n in names_for(Use.FACT)} == labels.FIELDS
    assert {f.name: f.label_zh for f in FACETS} == labels.FACET_LABELS
    assert set(NUMBERS) == set(labels.NUMBERS)


@pytest.mark.parametrize("name", ["docs/api.md", "README.zh-CN.md"])
def test_documentation(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    _, _, rest = text.partition("<!-- generated: fields -->")
    table, _, _ = rest.partition("<!-- end -->")
    listed = [line.split("|")[1].strip(" `") for line in table.splitlines()[3:]]
    assert listed == list(BY_NAME)


def test_help_names_every_facet() -> None:
    shown = CliRunner().invoke(cli.main, ["search", "--help"]).output
    for facet in FACETS:
        assert f"--{facet.name.replace('_', '-')} " in shown


def test_one_more_row_is_one_more_facet_column_and_name() -> None:
    more = (*FIELDS, NEW)
    assert [f.name for f in facets_of(more)] == [*(f.name for f in FACETS), "language"]
    assert facets_of(more)[-1].order == ("汉语", "藏语")
    for use in (Use.HIT, Use.EXPORT, Use.QUERY):
        assert names_for(use, more) == (*names_for(use), "language")
    assert names_for(Use.OVERRIDE, more) == names_for(Use.OVERRIDE)
