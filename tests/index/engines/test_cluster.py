"""The engine of several machines against the oracle, at random and in its own matters: what a
cluster that is not there, another product or a wrong password is answered with.
"""

from __future__ import annotations

import http.server
import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from index.engines.opening import (
    INDEX_CLASSES,
    alias_of,
    check_index,
    open_engine,
    open_writer,
)
from index.engines.seam import (
    Engine,
    EngineQuery,
    FacetCount,
    FacetCounts,
    FacetRequest,
)
from index.model.errors import (
    IndexLockedError,
    IndexMissingError,
    IndexStaleError,
    IndexUnavailableError,
    SettingsError,
)
from index.model.settings import CHOICES, Settings
from index.query.nodes import (
    NO_PATH,
    NO_VALUE,
    AnyOf,
    Keyword,
    Node,
    PathPrefix,
    Ranking,
    String,
)
from tests.index.engines import cluster
from tests.index.engines.conftest import FINGERPRINT, OpenSearchIndex, filled
from tests.index.engines.reference import ReferenceEngine, ReferenceWriter, Shelf
from tests.index.engines.samples import (
    document,
    random_document,
    random_near,
    random_node,
    random_string,
    random_wildcard,
)

MARKS = cluster.MARKS
REPORTS = 80
STRINGS = 500
TREES = 300
# What reports are made of here: strings that overlap each other and themselves, signs, blanks.
PIECES = [
    "公开",
    "信息公开",
    "公开公",
    "aa",
    "aaa",
    "。",
    " ",
    "\n",
    "𠮷",
    "😀",
    "的",
    "一",
]
needs_client = pytest.mark.skipif(
    not cluster.IS_INSTALLED, reason="needs the extra: pip install 'gongkai[cluster]'"
)


def long_text(rng: random.Random) -> str:
    return "".join(rng.choice(PIECES) for _ in range(rng.randrange(200)))


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[Engine, ReferenceEngine, list[str]]]:
    """The engine, the oracle, and the texts, over the same reports."""
    rng = random.Random(19)
    texts = [long_text(rng) for _ in range(REPORTS)]
    documents = [document(f"long{n}", text) for n, text in enumerate(texts)]
    documents += [random_document(rng, f"short{n}", 60) for n in range(REPORTS)]
    index = OpenSearchIndex(Path())
    shelf = Shelf(FINGERPRINT)
    writer = ReferenceWriter(shelf)
    for one in documents:
        writer.put(one)
    writer.commit()
    engine = filled(index, documents)
    yield engine, ReferenceEngine(shelf), texts
    engine.close()


def asked(engine: Engine, node: Node) -> tuple[int, int]:
    return engine.count_strings(node)


def wrong(both: Any, nodes: list[Node]) -> list[Node]:
    """The nodes of which the two engines count something else."""
    engine, oracle, _ = both
    return [node for node in nodes if asked(engine, node) != asked(oracle, node)]


def random_strings(texts: list[str], count: int) -> list[Node]:
    """Strings of 1 to 40 characters that stand in a text, or nearly."""
    rng = random.Random(5)
    nodes: list[Node] = []
    while len(nodes) < count:
        text = rng.choice(texts)
        length = rng.choice([1, 1, 2, 2, 3, 4, 5, 8, 12, 20, 40])
        if len(text) <= length:
            continue
        at = rng.randrange(len(text) - length)
        form = text[at : at + length]
        if rng.random() < 0.2:
            form = form[::-1]
        nodes.append(String((form,)))
    return nodes


class TestExactness:
    pytestmark = MARKS

    def test_random_strings(self, both: Any) -> None:
        assert wrong(both, random_strings(both[2], STRINGS)) == []

    def test_random_trees(self, both: Any) -> None:
        rng = random.Random(7)
        kinds: list[Callable[[random.Random], Node]] = [
            random_node,
            random_near,
            random_wildcard,
            random_string,
        ]
        nodes = [rng.choice(kinds)(rng) for _ in range(TREES)]
        assert wrong(both, nodes) == []

    def test_without_the_scripts_it_would_be_wrong(
        self, both: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rng = random.Random(7)
        nodes: list[Node] = [random_near(rng) for _ in range(30)]
        overlapping = AnyOf((String(("公开公",)), String(("信息公开",))))
        monkeypatch.setattr(
            "index.engines.opensearch.conditions._holds",
            lambda told, fields: {"match_all": {}},
        )
        monkeypatch.setattr(
            "index.engines.opensearch.counting.overlaps_of", lambda forms: []
        )
        assert wrong(both, nodes)
        assert wrong(both, [overlapping]) == [overlapping]


def counted_by_hand(
    facet: FacetRequest, counts: Mapping[str, int], unknown: int = 0
) -> FacetCounts:
    held = sorted(
        (value for value in counts if facet.contains in value),
        key=lambda value: (-counts[value], value),
    )
    shown = {*held[: facet.size], *facet.always}
    listed = sorted(shown, key=lambda value: (-counts.get(value, 0), value))
    return FacetCounts(
        facet.name,
        tuple(FacetCount(value, counts.get(value, 0)) for value in listed),
        len(held),
        unknown,
    )


class TestCommits:
    pytestmark = MARKS

    def test_what_was_not_committed_is_of_no_generation(self) -> None:
        index = OpenSearchIndex(Path())
        old = filled(index, [document("a", "公开"), document("b", "信息")])
        killed = index.writer()
        killed.put(document("a", "收费"))
        killed.put(document("c", "收费"))
        killed._drain()  # type: ignore[attr-defined]
        killed._refresh()  # type: ignore[attr-defined]
        killed._bury()  # type: ignore[attr-defined]
        # as if it had been killed here: its lease ends, its work stays
        killed.lock.release()  # type: ignore[attr-defined]
        assert set(index.engine().ids()) == {"a", "b"}
        assert old.search(EngineQuery(condition=String(("收费",)))).total == 0
        newer = filled(index, [document("d", "公开")])
        assert set(newer.ids()) == {"a", "b", "d"}
        assert newer.count_strings(String(("收费",))) == (0, 0)
        assert newer.count_strings(String(("公开",))) == (2, 2)

    def test_one_writer_at_a_time(self) -> None:
        index = OpenSearchIndex(Path())
        writer = index.writer()
        with pytest.raises(IndexLockedError, match="another process is writing"):
            cluster.opensearch().open_writer(index.place, FINGERPRINT, wait_s=0)
        writer.cancel()
        index.writer().cancel()

    def test_another_fingerprint_is_refused(self) -> None:
        index = OpenSearchIndex(Path())
        other = {**FINGERPRINT, "normaliser": "2"}
        with pytest.raises(IndexStaleError, match="normaliser 1 instead of 2"):
            cluster.opensearch().open_engine(index.place, fingerprint=other)

    def test_no_index(self, tmp_path: Path) -> None:
        settings = Settings(
            index=tmp_path / "never", engine="opensearch", opensearch_url=cluster.URL
        )
        with pytest.raises(IndexMissingError, match="run: gongkai index PATH"):
            open_engine(settings)
        assert "there is no index" in check_index(settings)[0]

    def test_frequencies_by_the_thousand(self) -> None:
        """What is dead may still count; what stands nowhere counts nothing."""
        index = OpenSearchIndex(Path())
        documents = [document(f"d{n}", f"甲{n % 10}，乙", "标题") for n in range(40)]
        engine = filled(index, documents)
        for kind in ("pair", "word"):
            texts = [f"甲{n}" for n in range(120)]
            counts = engine.frequencies(kind, texts)
            assert all(count >= 4 for count in counts[:10])
            assert set(counts[10:]) == {0}
            few = [engine.frequencies(kind, [text])[0] for text in texts[:11]]
            assert few == [4] * 10 + [0]

    def test_what_is_known_at_once_is_asked_at_once(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        engine = filled(
            OpenSearchIndex(Path()), [document("a", "甲乙"), document("b", "乙丙")]
        )
        nodes = [String((form,)) for form in ("甲", "乙", "丙", "丁", "甲乙", "乙乙")]
        assert engine.count_many(nodes)[:4] == [(1, 1), (2, 2), (1, 1), (0, 0)]
        calls: list[str] = []
        # the module needs the extra, which is not everywhere
        server = import_module("index.engines.opensearch.server").Server
        call = server.call

        def counted(self: Any, method: str, path: str, *rest: Any, **named: Any) -> Any:
            calls.append(path)
            return call(self, method, path, *rest, **named)

        monkeypatch.setattr(server, "call", counted)
        engine.count_many(nodes)
        assert calls == ["/_msearch"]
        calls.clear()
        assert set(engine.known([f"x{n}" for n in range(999)] + ["a"])) == {"a"}
        assert len(calls) == 1

    def test_facets_of_more_values_than_one_answer_holds(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        facets = "index.engines.opensearch.facets"
        monkeypatch.setattr(f"{facets}.MAX_VALUES", 3)
        monkeypatch.setattr(f"{facets}.PAGE_VALUES", 4)
        index = OpenSearchIndex(Path())
        documents = [document(f"d{n}", "公开", agency=f"局{n % 9}") for n in range(30)]
        documents += [document(f"e{n}", "公开") for n in range(4)]
        engine = filled(index, documents)
        counts = Counter(f"局{n % 9}" for n in range(30))
        # the second time it is known that there are many
        for _ in range(2):
            for facet in (
                FacetRequest("agency", 2),
                FacetRequest("agency", 0),
                FacetRequest("agency", 3, always=("局8", "没有", "局0")),
                FacetRequest("agency", 20),
                FacetRequest("agency", 2, contains="8"),
                FacetRequest("agency", 5_000),
            ):
                [agency] = engine.search(EngineQuery(size=0, facets=(facet,))).facets
                assert agency == counted_by_hand(facet, counts, unknown=4)

    @pytest.mark.parametrize("slots", [2, 8, 1 << 21])
    def test_values_of_an_only_shard_are_told_apart(
        self, monkeypatch: pytest.MonkeyPatch, slots: int
    ) -> None:
        """In a table that holds all of them, and in one that does not."""
        facets = "index.engines.opensearch.facets"
        monkeypatch.setattr(f"{facets}.MAX_VALUES", 3)
        monkeypatch.setattr(f"{facets}.MAX_SLOTS", slots)
        place = cluster.new_place(shards=1)
        writer = cluster.opensearch().open_writer(place, FINGERPRINT)
        counts: Counter[str] = Counter()
        for number in range(30):
            path = (f"省{number % 4}", f"市{number % 9}")
            writer.put(document(f"d{number}", "公开", region=path))
            counts.update(["/".join(path[:1]), "/".join(path)])
        writer.commit()
        engine = cluster.opensearch().open_engine(place)
        facet = FacetRequest("region", 5)
        query = EngineQuery(size=0, facets=(facet,))
        # first nothing is known, then that there are many, then how many there are
        for _ in range(3):
            assert engine.search(query).facets == (counted_by_hand(facet, counts),)

    def test_scores_are_the_same_however_they_are_summed(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        texts = ["公开 信息 公开", "信息 办法", "公公公开 办法 办法", "无"]
        documents = [
            document(f"d{n}", text, f"关于{text[:2]}") for n, text in enumerate(texts)
        ]
        engine = filled(OpenSearchIndex(Path()), documents)
        words = ("公开", "信息", "办法", "关于公开", "没有")
        ranking = Ranking(words, ("公开",), ("公开", "公公", "办"))
        found = []
        for most in (150, 4, 0):
            monkeypatch.setattr("index.engines.opensearch.ranking.MAX_SCORED", most)
            hits = engine.search(EngineQuery(ranking=ranking)).hits
            found.append({hit.id: hit.score for hit in hits})
        assert len(set(found[0].values())) == len(texts)
        assert found[1] == pytest.approx(found[0], rel=1e-6)
        assert found[2] == pytest.approx(found[0], rel=1e-6)


# ---------------------------------------------------------------------- without a cluster
@needs_client
@pytest.mark.parametrize(
    ("node", "field"),
    [
        (Keyword("agency", (NO_VALUE,)), "facet_agency"),
        (PathPrefix("region", (NO_PATH,)), "facet_region"),
        (Keyword("region", (NO_VALUE,)), "whole_region"),
    ],
)
def test_reports_without_a_value_are_those_in_which_the_field_is_not(
    node: Node, field: str
) -> None:
    from index.engines.opensearch.conditions import compiled

    absent = {"bool": {"must_not": [{"exists": {"field": field}}]}}
    assert compiled(node, worded=False) == absent


@needs_client
def test_a_value_and_none_are_two_clauses() -> None:
    from index.engines.opensearch.conditions import compiled

    query = compiled(Keyword("agency", ("甲局", NO_VALUE, "乙局")), worded=False)
    assert query["bool"]["minimum_should_match"] == 1
    assert query["bool"]["should"] == [
        {"terms": {"facet_agency": ["甲局", "乙局"]}},
        {"bool": {"must_not": [{"exists": {"field": "facet_agency"}}]}},
    ]


@needs_client
def test_what_has_no_value_is_counted_beside_the_values() -> None:
    from index.engines.opensearch import facets

    asked = FacetRequest("agency", 5)
    spread = facets.Spread(reports=9, shards=2, total=1)
    aggregations = [
        facets.aggregations_of_all(asked),
        facets.aggregations_of_first(asked, spread),
    ]
    for one in aggregations:
        assert one["facet_agency.unknown"] == {"missing": {"field": "facet_agency"}}
    exact = {"sum_other_doc_count": 0, "doc_count_error_upper_bound": 0}
    values = {**exact, "buckets": [{"key": "甲局", "doc_count": 2}]}
    answered = {"facet_agency": values, "facet_agency.unknown": {"doc_count": 7}}
    first = facets.first_of(asked, answered, 1)
    assert first == facets.answer(asked, {"甲局": 2}, 7)
    assert first.unknown == facets.unknown_of("agency", answered) == 7


@needs_client
def test_counts_of_a_vocabulary_add_up_and_come_back() -> None:
    from index.engines.opensearch import vocabulary

    tally = vocabulary.Tally()
    documents = [document(f"d{n}", f"公开{'信息' * n}", "𠮷野") for n in range(4)]
    for one in documents:
        tally.add(vocabulary.pair_keys_of(one))
    total = tally.total()
    twice = total.plus(total)
    texts = ["公开", "开信", "信息", "息信", "𠮷野", "野公", "没有"]
    keys = vocabulary.keys_of("pair", texts)
    assert total.of(keys) == [4, 3, 3, 2, 4, 0, 0]
    assert twice.of(keys) == [8, 6, 6, 4, 8, 0, 0]
    back = vocabulary.Counts.of_bytes(twice.to_bytes())
    assert back.of(keys) == twice.of(keys)
    assert vocabulary.Counts.nothing().plus(total).of(keys) == total.of(keys)
    assert vocabulary.Counts.nothing().of(keys) == [0] * len(keys)
    words = vocabulary.Tally()
    words.add(vocabulary.word_keys_of(document("w", "公开，信息")))
    asked = vocabulary.keys_of("word", ["公开", "信息", "没有"])
    assert words.total().of(asked) == [1, 1, 0]


def settings(url: str, **given: Any) -> Settings:
    return Settings(
        index=Path("reports"), engine="opensearch", opensearch_url=url, **given
    )


class Answers(http.server.BaseHTTPRequestHandler):
    """A server that gives one answer to everything."""

    status = 200
    body: Any = None

    def do_GET(self) -> None:
        data = json.dumps(self.body).encode()
        self.send_response(self.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *given: Any) -> None:
        pass


@pytest.fixture
def answering() -> Iterator[Callable[[int, Any], str]]:
    """Start such a server; its address, with a user and a password."""
    servers = []

    def start(status: int, body: Any) -> str:
        handler = type("Given", (Answers,), {"status": status, "body": body})
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://reader:secret@127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@needs_client
@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, {}, "refused the user or the password; correct them in GONGKAI_OPENSE"),
        (403, {}, "does not allow this to the user"),
        (503, {}, r"could not answer \(status 503\)"),
        (200, {"version": {"number": "8.1.0"}}, "another product 8.1.0; this engine"),
        (
            200,
            {"version": {"number": "2.19.6", "distribution": "opensearch"}},
            "opensearch 2.19.6; this engine needs OpenSearch 3",
        ),
    ],
)
def test_what_a_server_answers_is_said_with_the_next_step(
    answering: Callable[[int, Any], str], status: int, body: Any, said: str
) -> None:
    url = answering(status, body)
    for opened in (open_engine, open_writer):
        with pytest.raises(IndexUnavailableError, match=said) as caught:
            opened(settings(url))
        assert "secret" not in str(caught.value)
        assert "reader" not in str(caught.value)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A connection that asks nobody yet, and again without a pause."""
    module = import_module("index.engines.opensearch.server")
    for pauses in ("AGAIN_S", "BUSY_S"):
        monkeypatch.setattr(module, pauses, (0.0, 0.0, 0.0))
    return module.Server(module.Place("http://127.0.0.1:9", "reports"))


@needs_client
@pytest.mark.parametrize("lasts", [0, 2, 9])
def test_a_node_without_memory_is_asked_again_after_a_while(
    monkeypatch: pytest.MonkeyPatch, server: Any, lasts: int
) -> None:
    exceptions = import_module("opensearchpy").exceptions
    asked = []

    def perform(*given: Any, **_: Any) -> dict[str, int]:
        asked.append(given)
        if len(asked) <= lasts:
            raise exceptions.TransportError(429, "circuit_breaking_exception", {})
        return {"took": 7}

    monkeypatch.setattr(server.client.transport, "perform_request", perform)
    if lasts > 3:
        with pytest.raises(IndexUnavailableError, match="429"):
            server.call("GET", "/")
        assert len(asked) == 4
    else:
        assert server.call("GET", "/") == {"took": 7}
        assert len(asked) == lasts + 1


def failed(status: int) -> dict[str, Any]:
    return {"status": status, "error": {"type": "node_not_connected_exception"}}


WHOLE = {"status": 200, "_shards": {"failed": 0}, "hits": {"total": {"value": 7}}}


@needs_client
@pytest.mark.parametrize("lasts", [0, 1, 3])
def test_a_question_that_met_an_ending_node_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, server: Any, lasts: int
) -> None:
    """Only that one, and it beside answers that are whole."""
    asked: list[list[int]] = []

    def call(_method: str, _path: str, body: bytes) -> dict[str, Any]:
        sizes = [json.loads(line)["size"] for line in body.splitlines()[1::2]]
        asked.append(sizes)
        is_over = len(asked) > lasts
        return {
            "responses": [WHOLE if n != 1 or is_over else failed(500) for n in sizes]
        }

    monkeypatch.setattr(server, "call", call)
    answers = server.search_many("i", [{"size": n} for n in range(3)])
    assert answers == [WHOLE] * 3
    assert asked == [[0, 1, 2], *[[1]] * lasts]


@needs_client
@pytest.mark.parametrize(
    ("status", "error", "times"),
    [
        (503, IndexUnavailableError, 4),
        (400, IndexUnavailableError, 1),
        (404, IndexMissingError, 1),
    ],
)
def test_a_question_that_stays_unanswered_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
    server: Any,
    status: int,
    error: type[Exception],
    times: int,
) -> None:
    asked = []

    def call(*given: Any) -> dict[str, Any]:
        asked.append(given)
        return {"responses": [failed(status)]}

    monkeypatch.setattr(server, "call", call)
    with pytest.raises(error):
        server.search("i", {})
    assert len(asked) == times


@needs_client
def test_no_server() -> None:
    with pytest.raises(IndexUnavailableError, match="no server answers at http://127"):
        open_engine(settings("http://reader:secret@127.0.0.1:1"))


@needs_client
def test_a_certificate_of_nobody_is_refused(
    tmp_path: Path, answering: Callable[[int, Any], str]
) -> None:
    url = answering(200, {}).replace("http://", "https://")
    with pytest.raises(IndexUnavailableError, match=r"certificate|no server") as caught:
        open_engine(settings(url))
    assert "secret" not in str(caught.value)
    with pytest.raises(SettingsError, match="GONGKAI_OPENSEARCH_CA cannot be read"):
        open_engine(settings(url, opensearch_ca=str(tmp_path / "never.pem")))


@needs_client
@pytest.mark.parametrize(
    "url", ["nonsense", "ftp://a", "http://u:secret@h:port", "h:1"]
)
def test_what_is_no_address_is_said_without_it(url: str) -> None:
    with pytest.raises(SettingsError, match="is no address") as caught:
        open_engine(settings(url))
    assert "secret" not in str(caught.value)


def test_settings_keep_the_password_to_themselves() -> None:
    assert "secret" not in repr(settings("https://reader:secret@host:9200"))


def test_an_unknown_engine_and_a_cluster_without_address(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="GONGKAI_ENGINE is 'lucene'; give whoosh"):
        open_engine(Settings(index=tmp_path, engine="lucene"))
    with pytest.raises(SettingsError, match="set GONGKAI_OPENSEARCH_URL"):
        open_engine(settings(""))


def test_each_engine_of_the_settings_has_a_class() -> None:
    assert tuple(INDEX_CLASSES) == CHOICES["engine"]


def test_the_client_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.engines.opening.find_spec", lambda name: None)
    with pytest.raises(SettingsError, match=r"pip install 'gongkai\[cluster\]'"):
        open_engine(settings("http://127.0.0.1:1"))


def test_a_path_becomes_a_name(tmp_path: Path) -> None:
    names = {alias_of(tmp_path / name) for name in ("a", "b", "报告", "A B", "x" * 200)}
    assert len(names) == 5
    assert all(len(name) < 80 and name == name.lower() for name in names)
    assert alias_of(Path("reports-2018")) == "gongkai-reports-2018"
    assert alias_of(Path("a")) != alias_of(Path("a").absolute())


@needs_client
@pytest.mark.parametrize(
    ("status", "kind", "raised"),
    [
        (401, "", "IndexUnavailableError"),
        (403, "", "IndexUnavailableError"),
        (404, "", "NotThereError"),
        (409, "version_conflict_engine_exception", "ConflictError"),
        (400, "resource_already_exists_exception", "ExistsError"),
        (400, "mapper_parsing_exception", "IndexUnavailableError"),
        (500, "", "IndexUnavailableError"),
    ],
)
def test_what_a_server_answers_is_an_error_of_its_kind(
    status: int, kind: str, raised: str
) -> None:
    from opensearchpy import exceptions

    from index.engines.opensearch import server

    error = exceptions.TransportError(status, kind, {})
    told = server._of_status(error, "http://127.0.0.1:9")
    assert type(told).__name__ == raised
    assert "127.0.0.1" in str(told)


@needs_client
def test_an_index_is_named_without_its_password() -> None:
    from index.engines.opensearch.server import Place

    urls = "https://ann:secret@one:9201, http://two"
    place = Place(urls, "reports")
    assert str(place) == "reports at https://one:9201, http://two:9200"
    assert "secret" not in repr(place)


@needs_client
def test_the_innermost_reason_of_a_server_is_told() -> None:
    from index.engines.opensearch.server import _reason

    inner = {"type": "script_exception", "reason": "too long"}
    shard = {"reason": {"type": "outer", "reason": "x", "caused_by": inner}}
    other = {"reason": {"type": "second", "reason": "y"}}
    assert _reason({"failed_shards": [shard, other]}) == ": script_exception, too long"
    assert _reason({"type": "a", "reason": "b"}) == ": a, b"
    assert _reason("no object") == ""
