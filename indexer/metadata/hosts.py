"""Which host publishes for which region, learned from the corpus itself: no list of sites could
keep up.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlsplit

__all__ = ["HostTable", "host_of"]


def host_of(url: str | None) -> str | None:
    """The host of a URL in small letters, without port; None where there is none.

    >>> host_of("http://WWW.lg.gov.cn:80/a.html")
    'www.lg.gov.cn'
    """
    if not url:
        return None
    try:
        return urlsplit(url if "//" in url else "//" + url).hostname
    except ValueError:
        return None


class HostTable:
    """Hosts and the region path that nearly all reports on them share."""

    def __init__(self, regions: Mapping[str, Sequence[str]] | None = None) -> None:
        self._regions = {host: tuple(path) for host, path in (regions or {}).items()}

    @classmethod
    def learn(
        cls,
        pairs: Iterable[tuple[str, Sequence[str]]],
        *,
        least: int = 3,
        share: float = 0.95,
    ) -> HostTable:
        """The table of (host, region path) pairs of reports whose region is sure.

        Sure means a confidence of 0.9 or more. A host is taken when at least `least` reports stand
        on it and `share` of them lie below one path. The longest such path is its region.
        """
        below: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
        totals: Counter[str] = Counter()
        for host, path in pairs:
            totals[host] += 1
            # a report of 龙岗区 lies below 广东省 and 深圳市 too
            below[host].update(tuple(path[: n + 1]) for n in range(len(path)))
        table: dict[str, tuple[str, ...]] = {}
        for host, counts in below.items():
            total = totals[host]
            if total < least:
                continue
            shared = [path for path, count in counts.items() if count >= share * total]
            if shared:
                table[host] = max(shared, key=len)
        return cls(table)

    def region(self, url: str | None) -> tuple[str, ...] | None:
        """The region path of a URL's host."""
        host = host_of(url)
        return self._regions.get(host) if host else None

    def __len__(self) -> int:
        return len(self._regions)
