from __future__ import annotations

import os
import re
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from index.model.fields import FACET_NAMES
from webui.api import openapi

load_all_checks()
# The language of `q` and `where`, and `page * size`, cannot be said in JSON Schema: what fits it
# may be refused.
UNSAYABLE = {"positive_data_acceptance"}
ALL = [check for check in CHECKS.get_all() if check.__name__ not in UNSAYABLE]
PATHS = openapi.document("http://localhost")["paths"]
# an address whose only parameter is any text in its path cannot be asked wrongly
WITH_PARAMETERS = [
    path
    for path, item in PATHS.items()
    if any(
        p["in"] == "query" or p["schema"]["type"] != "string"
        for p in item["get"]["parameters"]
    )
]
PLAIN = {
    "Accept-Encoding": "identity"
}  # the client under test offers codings that it cannot read
# GONGKAI_TEST_EXAMPLES asks each address that often, each time anew.
EXAMPLES = int(os.environ.get("GONGKAI_TEST_EXAMPLES", "20"))
modest = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=EXAMPLES == 20,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def described(app: Flask, path: str, mode: GenerationMode) -> Any:
    """Requests to one address as its description has them, or as it forbids them."""
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
    return schema[path]["GET"].as_strategy(generation_mode=mode)


@pytest.mark.parametrize("path", PATHS)
def test_what_is_described_is_answered_so(app: Flask, path: str) -> None:
    @modest
    @given(described(app, path, GenerationMode.POSITIVE))
    def run(case: Any) -> None:
        case.call_and_validate(checks=ALL, headers=PLAIN)

    run()


@pytest.mark.parametrize("path", WITH_PARAMETERS)
def test_what_is_not_described_is_refused(app: Flask, path: str) -> None:
    @modest
    @given(described(app, path, GenerationMode.NEGATIVE))
    def run(case: Any) -> None:
        case.call_and_validate(checks=ALL, headers=PLAIN)

    run()


def test_every_address_is_described(app: Flask) -> None:
    names = {
        "<report_id:report_id>": "{id}",
        "<int:number>": "{number}",
        "<name>": "{name}",
    }
    machine = set()
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith(("api.", "machine.")):
            path = str(rule)
            for mine, theirs in names.items():
                path = path.replace(mine, theirs)
            machine.add(path)
    assert machine == set(PATHS)


def test_no_address_has_a_parameter_twice() -> None:
    for path, item in PATHS.items():
        described = item["get"]["parameters"]
        names = [(parameter["in"], parameter["name"]) for parameter in described]
        assert len(names) == len(set(names)), path


def test_every_facet_is_a_parameter() -> None:
    assert set(FACET_NAMES) <= {
        p["name"] for p in PATHS["/api/v1/search"]["get"]["parameters"]
    }


def test_the_indexing_machine_stays_private() -> None:
    assert (
        "origin"
        not in openapi.document("http://x")["components"]["schemas"]["Provenance"][
            "properties"
        ]
    )


def test_what_is_said_of_a_parameter_is_a_sentence(app: Flask) -> None:
    paths = app.test_client().get("/openapi.json").get_json()["paths"]
    said = [
        parameter["description"]
        for path in paths.values()
        for parameter in path["get"].get("parameters", ())
        if "description" in parameter
    ]
    assert len(said) > 50
    assert [words for words in said if not re.search(r"[.)]$", words)] == []
