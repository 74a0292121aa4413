"""A region as people type it, 河西区 or 深圳, as the one path of the index that it means."""

from __future__ import annotations

from collections.abc import Sequence

from index.analysis.normaliser import fold_line
from index.assist.snapshot import Snapshot
from index.model.errors import RequestError
from index.model.problems import Code
from index.query.names import MAX_NAMED_PATHS, nearest_paths, paths_called

__all__ = ["region_path"]


def region_path(
    snapshot: Snapshot,
    name: str,
    parameter: str = "region",
) -> str:
    """The path that a name means: itself, or the only one that ends with it.

    The last step may be shortened, 深圳 for 深圳市, and the script does not matter. Raises
    RequestError about `parameter`, which says which paths there are.
    """
    known = snapshot.values("region")
    paths = known.values
    # an index without places says nothing of them
    if not name or not paths or name in paths:
        return name
    wanted = fold_line(name)
    found = paths_called(known.forms, wanted)
    if len(found) == 1:
        return paths[found[0]]
    if found:
        facts = {
            "region": name,
            "paths": _named(paths, found),
        }
        raise RequestError(parameter, Code.REQUEST_AMBIGUOUS_REGION, facts)
    last = wanted.strip("/").rpartition("/")[2]
    facts = {
        "region": name,
        "paths": nearest_paths(paths, last),
    }
    raise RequestError(parameter, Code.REQUEST_UNKNOWN_REGION, facts)


def _named(
    paths: Sequence[str],
    positions: Sequence[int],
) -> list[str]:
    """The first of the paths, as an error names them."""
    return [paths[number] for number in positions[:MAX_NAMED_PATHS]]
