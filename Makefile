# Everything a person does here. `make run` and `make test` set up what they need themselves.
# The environment is made by uv from uv.lock where uv can be had, else by pip from pyproject.toml.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
HOST ?= 127.0.0.1
PORT ?= 8080
# `make run` serves the samples of corpus/: no reader may take them for what an office published.
NOTICE ?= 演示样本：这里的报告是编写的，不是机关公布的原件 · Samples: these reports are invented

.PHONY: run test quick check lint types docs docs-write words pictures bench cluster cluster-stop test-cluster setup \
	clean help

help:
	@echo "make run       set up, index corpus/, serve it and print the address (HOST=, PORT=)"
	@echo "make test      set up and run every test"
	@echo "make quick     lint, types and the fast tests, in under a minute"
	@echo "make check     lint, types, docs and every test: most of what CI runs"
	@echo "make lint      ruff"
	@echo "make types     mypy"
	@echo "make docs      check that the generated parts of the documentation are current"
	@echo "make docs-write  make those parts anew"
	@echo "make words     add new texts to the catalogues of words, and compile them"
	@echo "make pictures  take the pictures of the READMEs anew (needs chromium)"
	@echo "make cluster   start three nodes of OpenSearch on this machine (needs Java 21), print how to use them"
	@echo "make cluster-stop   end them; their data go with them"
	@echo "make test-cluster   run the tests of the cluster engine; starts and ends a cluster where none runs"
	@echo "make bench     measure side by side with peers (takes long; results in bench/RESULTS.md)"

setup: $(READY)

$(READY): pyproject.toml uv.lock scripts/kernels_hook.py index/engines/shared/_kernels.c
	@sh scripts/setup.sh "$(PYTHON)" "$(VENV)"
	@touch $(READY)

run: $(READY)
	$(BIN)/gongkai index corpus
	GONGKAI_NOTICE="$${GONGKAI_NOTICE-$(NOTICE)}" $(BIN)/gongkai serve --host $(HOST) --port $(PORT)

test: $(READY)
	$(BIN)/python -m pytest -n auto

# What one edit can break most easily: the direction of the rooms, the model, the query
# language, the reading of text. Slow tests, browsers and whole builds are for `make test`.
quick: lint types
	$(BIN)/python -m pytest -n auto -q -m "not slow and not browser" $(QUICK)

QUICK := tests/test_rooms.py tests/index/model tests/index/query tests/index/analysis tests/index/documents \
	tests/indexer/metadata tests/indexer/test_decode.py tests/indexer/formats/test_text.py

check: lint types docs test

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

docs: $(READY)
	$(BIN)/python scripts/docs.py --check

docs-write: $(READY)
	$(BIN)/python scripts/docs.py

words: $(READY)
	$(BIN)/python scripts/catalogues.py

pictures: $(READY)
	$(BIN)/python scripts/pictures.py

bench: $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check tantivy bm25s duckdb || echo "peers that are missing are skipped"
	$(BIN)/python -m bench --write

cluster: $(READY)
	@$(BIN)/python scripts/cluster.py start

cluster-stop: $(READY)
	@$(BIN)/python scripts/cluster.py stop

test-cluster: $(READY)
	@$(BIN)/python scripts/cluster.py run $(BIN)/python -m pytest -m "$(CLUSTER_TESTS)" tests

# `make test-cluster CLUSTER_TESTS="cluster and not slow"` leaves out what kills nodes
CLUSTER_TESTS ?= cluster

clean:
	rm -rf $(VENV) index/data
