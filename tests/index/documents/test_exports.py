"""Results as files."""

from __future__ import annotations

import csv
import io
from importlib.util import find_spec

import pytest

from index.documents.exports import EXPORT_COLUMNS, ROW_GROUP_REPORTS, parquet, rows
from index.model.metrics import METRIC_NAMES
from index.model.report import Report
from index.model.statistics import Statistics

METRICS = {"applications_new": 0, "procurement_yuan": 1462000000, "licences": None}
REPORTS = [
    Report("a", "a.txt", "公开", title="=报告", region=["广东省", "深圳市"], year=2018),
    Report(
        "b",
        "b.txt",
        "公开",
        statistics=Statistics(metrics=METRICS),
    ),
]


def test_csv_guards_formulas_and_keeps_unknown_apart_from_zero() -> None:
    text = b"".join(rows(REPORTS)).decode("utf-8-sig")
    first, second = csv.DictReader(io.StringIO(text))
    assert (first["title"], first["region"], first["applications_new"]) == (
        "'=报告",
        "广东省/深圳市",
        "",
    )
    assert (second["applications_new"], second["licences"], second["year"]) == (
        "0",
        "",
        "",
    )


@pytest.mark.skipif(
    not find_spec("pyarrow"),
    reason="Parquet is an extra: pip install 'gongkai[parquet]'",
)
class TestParquet:
    def test_numbers_are_numbers_and_unknown_is_null(self) -> None:
        import pyarrow.parquet as pq

        table = pq.read_table(io.BytesIO(b"".join(parquet(REPORTS))))
        assert tuple(table.column_names) == EXPORT_COLUMNS
        first, second = table.to_pylist()
        assert (first["title"], first["year"], first["applications_new"]) == (
            "=报告",
            2018,
            None,
        )
        assert (
            second["applications_new"],
            second["procurement_yuan"],
            second["licences"],
        ) == (
            0.0,
            1462000000.0,
            None,
        )
        assert all(table.schema.field(n).type == "double" for n in METRIC_NAMES)

    def test_it_streams(self) -> None:
        import pyarrow.parquet as pq

        pieces = list(
            parquet(Report(str(i), "x", "t") for i in range(ROW_GROUP_REPORTS + 5))
        )
        assert len(pieces) == 3
        assert (
            pq.read_table(io.BytesIO(b"".join(pieces))).num_rows
            == ROW_GROUP_REPORTS + 5
        )
        assert pq.read_table(io.BytesIO(b"".join(parquet([])))).num_rows == 0
