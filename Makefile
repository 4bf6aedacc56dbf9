# Everything a person or CI needs: make run, make test, make check, make bench.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test check bench format

.venv/ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

.venv/ready-test: .venv/ready
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	touch $@

run: .venv/ready
	$(BIN)/fromnoise serve

test: .venv/ready-test
	sh tests/browser/ensure_chromium.sh
	$(BIN)/python -m pytest -m "browser" -q
	$(BIN)/python -m pytest -m "not browser"

check: .venv/ready-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/fromnoise check

bench: .venv/ready-test
	$(BIN)/fromnoise bench

format: .venv/ready-test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
