"""URL -> page or JSON: the read side. It knows a searcher by its port and never the write side."""

from webui.app import create_app

__all__ = ["create_app"]
