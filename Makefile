# Everything a person or CI needs: make run, make test, make check, make bench.
# DEVICE=cpu (for set-up only) takes PyTorch's small CPU-only build, where the default one is for GPUs.
PYTHON ?= python3
DEVICE ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
TORCH = $$(sed -n 's/^ *"\(torch>[^"]*\)",$$/\1/p' pyproject.toml)

.PHONY: run install test check bench format

# PyTorch by itself and not quietly: it is most of the download, and its bar is what there is to wait for.
.venv/ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
		"From Noise needs Python 3.11 or newer; this is %s. Name another: make run PYTHON=python3.12" % sys.version.split()[0])'
	@echo "Setting up in .venv, once. PyTorch is the large part; it can take some minutes."
	@$(PYTHON) -m venv .venv
	@$(PIP) install --quiet --upgrade pip
	@if [ "$(DEVICE)" = cpu ]; then \
		$(PIP) install --quiet 'uv>=0.7,<1' && \
		$(BIN)/uv pip install --python $(BIN)/python --torch-backend cpu "$(TORCH)"; \
	elif ! $(PIP) show --quiet torch 2>/dev/null; then \
		$(PIP) install "$(TORCH)"; \
	fi
	@echo "Now the rest, which is small."
	@$(PIP) install --quiet --editable .
	@touch $@

.venv/ready-test: .venv/ready
	@echo "Installing what the tests and checks need, once."
	@$(PIP) install --quiet --editable '.[test]'
	@touch $@

install: .venv/ready

run: .venv/ready
	@$(BIN)/fromnoise serve

# Browser tests have a process of their own: Playwright's event loop stays behind and breaks async tests.
test: .venv/ready-test
	@sh tests/browser/ensure_chromium.sh $(BIN)/python
	@$(BIN)/python -m pytest -m browser -q; browser=$$?; \
	[ $$browser = 0 ] || echo "The browser tests failed, see above; now the other tests."; \
	$(BIN)/python -m pytest -m "not browser" && exit $$browser

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
