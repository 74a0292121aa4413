"""The connection to a cluster: the one module that knows opensearch-py.

Every answer is complete or an error: no shard may be missing. What goes wrong becomes an error of
ours that says what to do next; addresses are told without user and password.
"""

from __future__ import annotations

import contextlib
import logging
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from opensearchpy import JSONSerializer, OpenSearch, exceptions

from index.model.budget import seconds_left, spend
from index.model.errors import (
    IndexLockedError,
    IndexMissingError,
    IndexUnavailableError,
    SettingsError,
)
from index.model.json_codec import from_json, to_json

__all__ = ["ConflictError", "NotThereError", "Place", "Server"]

# What the client would log (a missing index, a retry) is told by our own errors.
logging.getLogger("opensearch").setLevel(logging.CRITICAL)
DEFAULT_PORT = 9200
# Termination is certain: so many attempts, each with its own limit of time.
MAX_RETRIES = 3
RETRIED_STATUSES = (429, 502, 503, 504)
# Seconds before a question that met an ending node is asked again: the others take a moment to
# learn that it is gone.
AGAIN_S = (0.1, 0.4, 1.5)
# Seconds for which a node that refuses for want of memory is left alone, each time longer.
BUSY_S = (0.3, 1.0, 3.0)
REQUEST_S = 30.0
# Between two attempts a server that did not answer is left alone.
DEAD_S = 2.0
COPIES_TIMEOUT = "20s"
LEAST_S = 0.05
OLDEST_MAJOR = 3
URL_HINT = (
    "set GONGKAI_OPENSEARCH_URL to its address, as https://user:password@host:9200"
)


class NotThereError(IndexMissingError):
    """What was asked for is not in the cluster."""


class ConflictError(IndexLockedError):
    """Another process was quicker."""


class ExistsError(IndexLockedError):
    """An index of this name is there already."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an index lies: the addresses of a cluster and the name of an alias.

    `urls` hold the password, so they are left out of what is printed.
    """

    urls: str = field(repr=False)
    alias: str
    ca_file: Path | None = None
    shards: int = 1

    def __str__(self) -> str:
        return f"{self.alias} at {', '.join(self.addresses())}"

    def addresses(self) -> list[str]:
        """The addresses, without user and password."""
        return [
            f"{host['scheme']}://{host['host']}:{host['port']}" for host in self.hosts()
        ]

    def hosts(self) -> list[dict[str, Any]]:
        """The addresses as opensearch-py takes them. Raises SettingsError."""
        hosts = []
        for url in self.urls.split(","):
            # an error must not repeat what may hold a password
            try:
                parts = urlsplit(url.strip())
                port = parts.port or DEFAULT_PORT
            except ValueError:
                raise SettingsError(
                    f"GONGKAI_OPENSEARCH_URL is no address; {URL_HINT}"
                ) from None
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise SettingsError(f"GONGKAI_OPENSEARCH_URL is no address; {URL_HINT}")
            hosts.append(
                {
                    "scheme": parts.scheme,
                    "host": parts.hostname,
                    "port": port,
                    "url_prefix": parts.path.strip("/"),
                    "use_ssl": parts.scheme == "https",
                }
            )
        return hosts

    def user(self) -> tuple[str, str] | None:
        """User and password: those of the first address."""
        parts = urlsplit(self.urls.split(",")[0].strip())
        if parts.username is None:
            return None
        return unquote(parts.username), unquote(parts.password or "")


class FastSerializer(JSONSerializer):
    """Reads answers with the quicker library; they may hold thousands of values."""

    def loads(self, s: str) -> Any:
        """The value of some JSON."""
        return from_json(s)


class Server:
    """Asks a cluster. Threads may share it."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.client = OpenSearch(
            hosts=place.hosts(),
            http_auth=place.user(),
            ssl_context=_tls(place),
            timeout=REQUEST_S,
            max_retries=MAX_RETRIES,
            retry_on_timeout=True,
            retry_on_status=RETRIED_STATUSES,
            dead_timeout=DEAD_S,
            pool_maxsize=16,
            serializer=FastSerializer(),
        )

    def close(self) -> None:
        """Let go of the connections."""
        self.client.close()

    # ------------------------------------------------------------------ asking
    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        seconds: float = REQUEST_S,
        **params: Any,
    ) -> Any:
        """One request; `body` is a value or finished JSON.

        Raises NotThereError, ConflictError, ExistsError, IndexUnavailableError, TooCostlyError.
        """
        spend(1)
        if body is not None and not isinstance(body, bytes):
            body = to_json(body)
        headers = {"content-type": "application/json"}
        if path.endswith(("_bulk", "_msearch")):
            headers["content-type"] = "application/x-ndjson"
        for pause in (*BUSY_S, None):
            allowed = max(LEAST_S, min(seconds, seconds_left()))
            try:
                return self.client.transport.perform_request(
                    method,
                    path,
                    headers=headers,
                    params={**params, "request_timeout": allowed},
                    body=body,
                )
            except exceptions.OpenSearchException as error:
                if _is_busy(error) and pause is not None and pause <= seconds_left():
                    # the client has sent it again at once, which such a node refuses as well
                    time.sleep(pause)
                    continue
                # where the time of a request is used up, that is what is said
                spend(1)
                raise self._explained(error) from None
        raise AssertionError("the last attempt is answered or raises")

    def _explained(self, error: Exception) -> Exception:
        where = ", ".join(self.place.addresses())
        if isinstance(error, exceptions.SSLError):
            return IndexUnavailableError(
                f"the certificate of {where} is not trusted; "
                "set GONGKAI_OPENSEARCH_CA to the file of its authority"
            )
        if isinstance(error, exceptions.ConnectionTimeout):
            return IndexUnavailableError(
                f"no answer from {where} in time; see whether its nodes are busy, then try again"
            )
        if isinstance(error, exceptions.ConnectionError):
            return IndexUnavailableError(
                f"no server answers at {where}; start the cluster, or {URL_HINT}"
            )
        if not isinstance(error, exceptions.TransportError):
            return IndexUnavailableError(f"{where}: {type(error).__name__}; {URL_HINT}")
        return _of_status(error, where)

    def search(
        self,
        index: str,
        body: Mapping[str, Any],
    ) -> Any:
        """The answer of every shard. Raises IndexUnavailableError where one is missing."""
        (answer,) = self.search_many(index, [body])
        return answer

    def search_many(
        self,
        index: str,
        bodies: Sequence[Mapping[str, Any]],
    ) -> list[Any]:
        """The answers to several questions, in one round trip; each is of every shard.

        A question that met a node that was ending is asked again: its answer has an error of its
        own, beside answers that are whole. Raises IndexUnavailableError where it goes on.
        """
        answers: dict[int, Any] = {}
        for pause in (*AGAIN_S, None):
            asked = [n for n in range(len(bodies)) if n not in answers]
            told = self._asked_once(index, [bodies[n] for n in asked])
            for n, answer in zip(asked, told, strict=True):
                if pause is None or not _is_passing(answer):
                    answers[n] = self._whole(answer)
            if len(answers) == len(bodies):
                break
            time.sleep(min(pause or 0, seconds_left()))
        return [answers[n] for n in range(len(bodies))]

    def _asked_once(self, index: str, bodies: Sequence[Mapping[str, Any]]) -> list[Any]:
        lines = []
        header = to_json({"index": index, "allow_partial_search_results": False})
        for body in bodies:
            lines += [header, to_json(body)]
        answered = self.call("POST", "/_msearch", b"\n".join(lines) + b"\n")
        responses: list[Any] = answered["responses"]
        return responses

    def _whole(self, answer: Any) -> Any:
        if answer.get("status") == HTTPStatus.NOT_FOUND:
            raise _not_there(str(self.place))
        if "error" in answer:
            raise IndexUnavailableError(
                f"{self.place}{_reason(answer['error'])}; try again later"
            )
        if answer.get("timed_out") or answer["_shards"]["failed"]:
            raise IndexUnavailableError(
                f"a part of the index {self.place} did not answer; try again later"
            )
        return answer

    def create_index(self, name: str, body: Mapping[str, Any]) -> None:
        """Make an index; no error when another process just did."""
        try:
            self.call("PUT", f"/{name}", body, wait_for_active_shards="1")
        except ExistsError:
            return

    def lacks_script(self, name: str) -> bool:
        """Whether the cluster does not have a stored script."""
        try:
            self.call("GET", f"/_scripts/{name}", filter_path="found")
        except NotThereError:
            return True
        return False

    def wait_for_copies(self, index: str) -> None:
        """Until each shard has its copy; not for ever, as a node may be away."""
        # a cluster that is not green in time answers with an error
        with contextlib.suppress(IndexUnavailableError):
            self.call(
                "GET",
                f"/_cluster/health/{index}",
                wait_for_status="green",
                timeout=COPIES_TIMEOUT,
            )

    # ------------------------------------------------------------------ what answers
    def verify(self) -> None:
        """Refuse another product or version. Raises IndexUnavailableError."""
        version = self.call("GET", "/").get("version", {})
        number = str(version.get("number", "unknown"))
        product = str(version.get("distribution", "another product"))
        major = number.partition(".")[0]
        is_known = major.isdecimal() and int(major) >= OLDEST_MAJOR
        if product != "opensearch" or not is_known:
            raise IndexUnavailableError(
                f"{', '.join(self.place.addresses())} is {product} {number}; "
                f"this engine needs OpenSearch {OLDEST_MAJOR} or newer"
            )


def _not_there(where: str) -> NotThereError:
    return NotThereError(
        f"{where} does not have it any more; try again, or run: gongkai index PATH..."
    )


def _is_busy(error: Exception) -> bool:
    """Whether a node refused for want of memory."""
    return (
        isinstance(error, exceptions.TransportError)
        and error.status_code == HTTPStatus.TOO_MANY_REQUESTS
    )


def _is_passing(answer: Any) -> bool:
    """Whether the answer to one question of several may be another a moment later."""
    status = answer.get("status", 200)
    is_of_server = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return "error" in answer and (
        is_of_server or status == HTTPStatus.TOO_MANY_REQUESTS
    )


def _tls(place: Place) -> ssl.SSLContext | None:
    """Certificates are verified always."""
    if not any(host["use_ssl"] for host in place.hosts()):
        return None
    try:
        return ssl.create_default_context(
            cafile=None if place.ca_file is None else str(place.ca_file)
        )
    except OSError as error:
        raise SettingsError(
            f"GONGKAI_OPENSEARCH_CA cannot be read ({error}); give a file of certificates"
        ) from None


def _of_status(error: exceptions.TransportError, where: str) -> Exception:
    status = error.status_code
    if status == 401:
        return IndexUnavailableError(
            f"{where} refused the user or the password; correct them in GONGKAI_OPENSEARCH_URL"
        )
    if status == 403:
        return IndexUnavailableError(
            f"{where} does not allow this to the user of GONGKAI_OPENSEARCH_URL; "
            "give that user the rights to the index and to stored scripts"
        )
    if status == 404:
        return _not_there(where)
    if status == 409:
        return ConflictError(f"another process was quicker at {where}; try again")
    if error.error == "resource_already_exists_exception":
        return ExistsError(f"another process was quicker at {where}; try again")
    reason = _reason(error.info.get("error") if isinstance(error.info, dict) else None)
    return IndexUnavailableError(
        f"{where} could not answer (status {status}{reason}); "
        "see the health of the cluster, then try again"
    )


def _reason(told: Any) -> str:
    """The innermost reason that the server gives, in few characters."""
    if not isinstance(told, dict):
        return ""
    failed = told.get("failed_shards")
    if failed:
        told = failed[0].get("reason", told)
    while isinstance(told.get("caused_by"), dict):
        told = told["caused_by"]
    return f": {told.get('type')}, {told.get('reason')}"[:300]
