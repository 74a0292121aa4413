"""Where the site stands below its host: every address of it is made with `below`.

A proxy may serve the site at /gongkai. Links, forms, `next` and Location all begin with that then.
"""

from __future__ import annotations

from contextvars import ContextVar

__all__ = ["ROOT", "below"]

# The path of the site without a slash at its end; empty where it has a host of its own. The web
# server sets it for each request.
ROOT: ContextVar[str] = ContextVar("root", default="")


def below(path: str) -> str:
    """A path of the site as its address begins.

    >>> token = ROOT.set("/gongkai")
    >>> below("/search")
    '/gongkai/search'
    >>> ROOT.reset(token)
    """
    return ROOT.get() + path
