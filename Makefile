# One place for every command of the project; `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
.DEFAULT_GOAL := help

# The first interpreter that is new enough; `make PYTHON=... setup` chooses another.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
WORKERS ?= 2
# Which of the slow tests `make test-slice` picks: the same commit picks the same tests.
SEED ?= $(shell git rev-list --count HEAD 2>/dev/null || echo 0)
PYTEST := $(BIN)/python -m pytest
# A few failed tests are run once more, alone, and named where they pass then.
SECOND_TRY := $(BIN)/python -m tools.second_try
DEMO_OPTIONS ?=
ENGINES := engines and not slow
BROWSER := browser and not slow
PUBLISHED := tests/api tests/contract/catalog_api tests/contract/client_api
CONTRACT := $(addprefix tests/api/test_, catalog_products.py catalog_groups.py client_failed_steps.py client_keys.py \
	native_changes.py native_imports.py native_bulk.py quotas.py)

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-14s %s\n", $$1, $$2 }'

# --- Set-up -----------------------------------------------------------------------------------------------------

.PHONY: setup
setup: $(VENV)/.dev $(VENV)/.package ## Make .venv with everything a developer needs (nothing to do when up to date)

$(VENV)/.created:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3.11 setup"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: requirements/runtime.txt | $(VENV)/.created
	@echo "installing what facetry runs on (requirements/runtime.txt)"
	@$(PIP) install --require-hashes --requirement requirements/runtime.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt | $(VENV)/.runtime
	@echo "installing the developers' tools (requirements/dev.txt)"
	@$(PIP) install --require-hashes --requirement requirements/dev.txt
	@touch $@

$(VENV)/.package: pyproject.toml | $(VENV)/.runtime
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: setup-system
setup-system: ## Install the system packages of browser tests, client programs and benchmarks (Debian, as root)
	apt-get update --quiet --quiet
	DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends chromium wrk fonts-dejavu-core php-cli php-curl

.PHONY: lock
lock: setup ## Pin the dependencies of pyproject.toml anew in requirements/
	$(BIN)/python -m pip --disable-pip-version-check --quiet install uv
	$(LOCK) --group build --output-file requirements/runtime.txt
	$(LOCK) --group build --group dev --extra excel --extra otel --extra scale-out --extra semantic --constraints requirements/runtime.txt --output-file requirements/dev.txt
	$(LOCK) --extra excel --extra scale-out --constraints requirements/dev.txt --output-file requirements/scale-out.txt

LOCK = $(BIN)/uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links

# --- Run --------------------------------------------------------------------------------------------------------

.PHONY: demo
demo: $(VENV)/.runtime $(VENV)/.package ## Start a server with a jewelry catalog in it and print how to talk to it
	@exec $(BIN)/facetry serve --demo $(DEMO_OPTIONS)

.PHONY: docs
docs: setup ## Write the generated pages of docs/ anew
	$(BIN)/python -m tools.reference

.PHONY: bench
bench: setup ## Measure, and write the table bench/RESULTS.md
	$(BIN)/python -m bench

# --- Tests ------------------------------------------------------------------------------------------------------

.PHONY: test
test: setup ## Run the tests of the first tier (10 minutes at most)
	$(PYTEST) -n $(WORKERS) $(ARGS)

.PHONY: test-engines
test-engines: setup ## Run the tests that need MongoDB, OpenSearch, Valkey: against servers of their own, or yours
	$(BIN)/python -m tools.engines $(PYTEST) -n $(WORKERS) -m "$(ENGINES)" $(ARGS)

.PHONY: test-contract
test-contract: setup ## Run all that the APIs promise on MongoDB, OpenSearch and Valkey (half an hour)
	$(BIN)/python -m tools.engines $(PYTEST) -n $(WORKERS) --profile scale-out -m "$(ENGINES)" $(PUBLISHED) $(ARGS)

.PHONY: test-browser
test-browser: setup ## Run the journeys through the dashboard in Chromium, on the desktop and on a phone, light and dark
	$(PYTEST) -m "$(BROWSER)" tests/dashboard/browser $(ARGS)

.PHONY: screenshots
screenshots: setup ## Take the pictures of the dashboard for README and docs anew
	$(PYTEST) -m "$(BROWSER)" tests/dashboard/browser/test_pictures.py --screenshots $(ARGS)

.PHONY: test-full
test-full: setup ## Run every test, the long fuzz, race, fault and screenshot runs included, the APIs on both profiles
	$(BIN)/python -m tools.engines $(PYTEST) -n $(WORKERS) -m "slow or not slow" $(ARGS)
	$(BIN)/python -m tools.engines $(PYTEST) -n $(WORKERS) --profile scale-out -m "$(ENGINES)" $(PUBLISHED) $(ARGS)

.PHONY: test-slice
test-slice: setup ## Run a few slow tests, chosen by SEED
	@# Status 5 says that there is no slow test.
	$(SECOND_TRY) $(PYTEST) -n $(WORKERS) -m "slow and not engines" --slow-slice=$(SEED) $(ARGS) || test $$? -eq 5

.PHONY: coverage
coverage: setup ## Run the first tier, tests of engines and of the browser with branch coverage and its gate
	@$(BIN)/coverage erase
	$(BIN)/python -m tools.engines $(SECOND_TRY) $(BIN)/coverage run -m pytest -n $(WORKERS) -m "$(ENGINES)" $(ARGS)
	@# A part of what the APIs promise, on those engines; make test-contract runs all of it.
	$(BIN)/python -m tools.engines $(SECOND_TRY) $(PYTEST) -n $(WORKERS) --profile scale-out -m "$(ENGINES)" $(CONTRACT) $(ARGS)
	$(SECOND_TRY) $(BIN)/coverage run -m pytest -n $(WORKERS) $(ARGS)
	$(SECOND_TRY) $(BIN)/coverage run -m pytest -m "$(BROWSER)" tests/dashboard/browser $(ARGS)
	@# Compiled kernels count as uncovered, so their own suite runs once more as plain Python.
	@if [ -d tests/kernels ]; then NUMBA_DISABLE_JIT=1 $(BIN)/coverage run -m pytest tests/kernels; fi
	@$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

# --- Checks -----------------------------------------------------------------------------------------------------

.PHONY: check
check: lint coverage ## Run every check: style, types, layers, spelling, dependencies, tests with the coverage gate

.PHONY: lint
lint: setup ## Run the checks that need no test run
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell
	@if [ -n "$$(find src -name '*.html' -print -quit)" ]; then $(BIN)/djlint --check --lint src; fi
	$(BIN)/deptry src
	$(BIN)/python -m tools.licences
	$(BIN)/python -m tools.advisories

.PHONY: format
format: setup ## Bring the code into shape
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

.PHONY: clean
clean: ## Remove .venv and everything that tools have made
	rm -rf $(VENV) build dist htmlcov .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
