"""The lock of a writer: a renewal that was sent twice is no other writer."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("opensearchpy", reason="pip install 'gongkai[cluster]'")

from index.engines.opensearch.lock import WriterLock
from index.engines.opensearch.server import ConflictError, Place, Server


@pytest.mark.parametrize("is_ours", [True, False])
def test_a_conflict_with_itself_is_no_loss(
    is_ours: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A node died after it wrote: the client asks again, and the number has moved on."""
    server = Server(Place("http://127.0.0.1:1", "gongkai-x"))
    lock = WriterLock(server)
    lock._held = (4, 1)
    sent: list[dict[str, Any]] = []

    def call(method: str, _path: str, _body: Any = None, **params: Any) -> Any:
        if method == "GET":
            owner = lock.owner if is_ours else "another"
            return {"_source": {"owner": owner}, "_seq_no": 5, "_primary_term": 2}
        sent.append(params)
        if len(sent) == 1:
            raise ConflictError("the number has moved on")
        return {"_seq_no": 6, "_primary_term": 2}

    monkeypatch.setattr(server, "call", call)
    assert lock.renew() is is_ours
    # and the next one goes on from there; who lost it asks no more
    assert lock.renew() is is_ours
    wanted = [{"if_seq_no": 4, "if_primary_term": 1}]
    if is_ours:
        wanted.append({"if_seq_no": 5, "if_primary_term": 2})
    assert sent == wanted
    server.close()
