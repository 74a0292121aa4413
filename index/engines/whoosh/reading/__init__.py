"""From a query to matches: a snapshot, its segments, sets, positions, scores, facets."""
