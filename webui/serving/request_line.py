"""Request lines as people and scripts send them: addresses with characters in raw UTF-8."""

from __future__ import annotations

import re

from waitress.parser import HTTPRequestParser

__all__ = ["RequestParser", "escaped"]

# A byte that no address may have as it is.
RAW_BYTE = re.compile(rb"[\x80-\xff]")


def escaped(line: bytes) -> bytes:
    """A request line with its raw bytes as a browser would send them.

    >>> escaped("GET /search?q=公 HTTP/1.1".encode())
    b'GET /search?q=%E5%85%AC HTTP/1.1'
    """
    return RAW_BYTE.sub(lambda byte: b"%%%02X" % byte.group()[0], line)


class RequestParser(HTTPRequestParser):  # type: ignore[misc]
    """waitress's parser, which by itself refuses such an address: `curl .../search?q=公开`."""

    def parse_header(self, header_plus: bytes) -> None:
        """Read the request line and the headers."""
        line, end, headers = header_plus.partition(b"\r\n")
        super().parse_header(escaped(line) + end + headers)
