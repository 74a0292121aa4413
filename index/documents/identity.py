"""What derived the reports of an index, and whether that is what is installed now.

An index whose reports were derived by something else is still served, and says so.
`index.engines.fingerprint` covers what a query must agree with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import entry_points

from index.engines.seam import Manifest

__all__ = ["current_derivation", "digest_of", "is_current"]

# The room that derives reports is not seen from here: it names its own fingerprint in
# the package's metadata, as it does with its commands.
DERIVATION_GROUP = "gongkai.derivation"

# Characters of a fingerprint that are kept: 64 bits tell any two versions apart.
FINGERPRINT_LENGTH = 16


def digest_of(parts: Iterable[object]) -> str:
    """The first 16 hexadecimal digits of a SHA-256 over values; bytes as they are.

    >>> digest_of(["a", "b"]) == digest_of(["ab"])
    False
    """
    total = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else repr(part).encode()
        total.update(len(data).to_bytes(8, "big"))
        total.update(data)
    return total.hexdigest()[:FINGERPRINT_LENGTH]


def is_current(manifest: Manifest) -> bool:
    """Whether all reports of an index were derived by what is installed now."""
    return manifest.derivation == current_derivation()


@cache
def current_derivation() -> str:
    """What reports would be derived with now; empty where no room that derives is installed."""
    for entry in entry_points(group=DERIVATION_GROUP):
        return str(entry.load()())
    return ""
