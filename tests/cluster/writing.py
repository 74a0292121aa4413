"""A writer to be killed: `python -m tests.cluster.writing ALIAS VERSION COUNT REBUILD`.

It replaces all reports by those of a version, and says when it begins and when it has committed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from index.engines.seam import Document, EngineQuery
from tests.index.engines import cluster as served
from tests.index.engines.samples import document

FINGERPRINT = {"faults": "1"}
# So long a killed writer keeps the next one out.
SHORT_LEASE_S = 2.0
# Small, so that a version is sent in many requests.
SMALL_BULK_BYTES = 100_000
AGENCIES = ("文旅局", "教育局", "镇人民政府")
PASSAGE = "本机关主动公开政府信息，受理依申请公开，答复公众咨询。"


def report_ids(count: int) -> list[str]:
    return [f"r{number:05}" for number in range(count)]


def report(report_id: str, version: int) -> Document:
    """A report of some kilobytes, whose text and year tell its version."""
    number = int(report_id[1:])
    return document(
        report_id,
        f"第{version}版，第{number}号。" + PASSAGE * (number % 40),
        f"年度报告{number % 7}",
        agency=AGENCIES[number % 3],
        region=("甲省", f"市{number % 11}"),
        year=2008 + version,
    )


def reports(count: int, version: int, *, first: int = 0) -> Iterator[Document]:
    return (report(name, version) for name in report_ids(count)[first:])


def shorten() -> None:
    """Many small requests, and a lock that is free soon after its owner was killed."""
    from index.engines.opensearch import lock, writer

    lock.LEASE_S = SHORT_LEASE_S
    lock.RENEWAL_S = SHORT_LEASE_S / 4
    writer.BULK_BYTES = SMALL_BULK_BYTES


def write(place: object, version: int, count: int, *, rebuild: bool = False) -> None:
    """Replace all reports by those of a version, in one commit."""
    engine = served.opensearch()
    writer = engine.open_writer(place, FINGERPRINT, rebuild=rebuild, wait_s=120)
    for found in reports(count, version):
        writer.put(found)
    writer.commit()


def versions(engine: object) -> set[int]:
    """The versions of the reports that a snapshot has."""
    columns = engine.columns(EngineQuery(), ("year",), ())  # type: ignore[attr-defined]
    return {int(year) - 2008 for year in columns.numbers["year"]}


def main() -> None:
    alias, version, count, rebuild = sys.argv[1:]
    shorten()
    place = served.opensearch().Place(served.URL, alias, shards=3)
    print("begun", flush=True)
    write(place, int(version), int(count), rebuild=rebuild == "1")
    print("committed", flush=True)


if __name__ == "__main__":
    main()
