"""What is counted: annual reports, and not the notices, guides and news that lie among them."""

from __future__ import annotations

from dataclasses import replace

from index.engines.seam import EngineQuery
from index.model.report import OTHER_KIND
from index.query.nodes import AllOf, Keyword, Node, Not

__all__ = ["IS_OTHER", "of_reports", "reports_of"]

# A document whose kind could not be told is counted: it is more likely a report than not.
IS_OTHER = Keyword("kind", (OTHER_KIND,))
IS_REPORT = Not(IS_OTHER)


def reports_of(node: Node) -> Node:
    """The annual reports among the documents of a node."""
    return AllOf((node, IS_REPORT))


def of_reports(query: EngineQuery) -> EngineQuery:
    """The same query for annual reports alone."""
    return replace(query, condition=reports_of(query.condition))
