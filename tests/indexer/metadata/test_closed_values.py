"""What rules give is what filters know: a value without a name there could not be asked for."""

from __future__ import annotations

from index.model.forms import FORMS
from index.model.value_names import CLOSED_VALUES, OTHER_NAMES
from index.query.field_values import value_called
from indexer.metadata.bodies import LINE_PATTERNS, ORG_TYPES, org_type_of
from indexer.metadata.derive import TYPE_BY_SELF


def test_filters_know_every_type_and_line_that_rules_give() -> None:
    types = {name for name, _ in ORG_TYPES} | {
        kind for kind, _ in TYPE_BY_SELF.values()
    }
    types |= {org_type_of("", vertical=True), org_type_of("不明")}
    assert types <= set(CLOSED_VALUES["org_type"])
    assert [line for line, _ in LINE_PATTERNS] == list(CLOSED_VALUES["line"])
    assert set(FORMS) <= set(CLOSED_VALUES["template"])


def test_every_other_name_names_a_value() -> None:
    for facet, names in OTHER_NAMES.items():
        for name, value in names.items():
            assert value_called(facet, name, CLOSED_VALUES[facet]) == value
