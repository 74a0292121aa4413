"""Whose report it is, of which level, where, and for which year: right, or said to be unknown.

title.py, year.py, published.py what is said in words and dates naming.py where a report names its
body locating.py a name to a body: place, tier, type judging.py of all names the one, written out
bodies.py tables: central bodies, vertical systems, lines, short names, renames hosts.py host to
region, learned from the corpus derive.py all of it, with evidence
"""

from indexer.metadata.derive import Derived, derive
from indexer.metadata.hosts import HostTable

__all__ = ["Derived", "HostTable", "derive"]
