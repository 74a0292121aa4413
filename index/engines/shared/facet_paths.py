"""The values of a document's facets. A value is a path from the top down.

A plain keyword is a path of one name.
"""

from __future__ import annotations

from index.engines.seam import Document
from index.model.fields import FACETS

__all__ = ["NUMBER_FACETS", "FacetPath", "path_of", "paths_of"]

FacetPath = tuple[str, ...]

NUMBER_FACETS = tuple(facet.name for facet in FACETS if facet.kind == "number")


def path_of(
    document: Document,
    name: str,
) -> FacetPath:
    """The value of a facet from the top down.

    A number facet (the year) without a keyword of its own takes its number.
    """
    # a keyword wins over the number of the same name
    value = document.keywords.get(name)
    if value is None and name in NUMBER_FACETS and name in document.numbers:
        value = str(int(document.numbers[name]))
    if isinstance(value, str):
        return (value,)
    return tuple(value or ())


def paths_of(document: Document) -> dict[str, FacetPath]:
    """The values of all facets that the document has."""
    names = dict.fromkeys((*document.keywords, *NUMBER_FACETS))
    paths = {}
    for name in names:
        path = path_of(document, name)
        if path:
            paths[name] = path
    return paths
