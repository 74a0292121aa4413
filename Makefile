# Everything a person does here. `make run` and `make test` set up what they need themselves.
# The environment is made by uv from uv.lock where uv can be had, else by pip from pyproject.toml.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
HOST ?= 127.0.0.1
PORT ?= 8080

.PHONY: run test lint types docs words bench setup clean help

help:
	@echo "make run    set up, index corpus/, serve it and print the address (HOST=, PORT=)"
	@echo "make test   set up and run every test"
	@echo "make lint   ruff and mypy"
	@echo "make docs   check that the generated parts of the documentation are current"
	@echo "make words  compile the catalogues of words after a change"
	@echo "make bench  measure side by side with peers (takes long; results in bench/RESULTS.md)"

setup: $(READY)

$(READY): pyproject.toml uv.lock
	@sh scripts/setup.sh "$(PYTHON)" "$(VENV)"
	@touch $(READY)

run: $(READY)
	$(BIN)/gongkai index corpus
	$(BIN)/gongkai serve --host $(HOST) --port $(PORT)

test: $(READY)
	$(BIN)/python -m pytest -n auto

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

docs: $(READY)
	$(BIN)/python scripts/docs.py --check

words: $(READY)
	$(BIN)/python scripts/catalogues.py

bench: $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check tantivy bm25s duckdb || echo "peers that are missing are skipped"
	$(BIN)/python -m bench --write

clean:
	rm -rf $(VENV) index/data
