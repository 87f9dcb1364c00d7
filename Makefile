# Everything a person or a machine does with this project. Needs python3 (3.11 or newer), make and git.
# Paths are relative throughout, so that a checkout in a folder with a space in its name works.

.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
UV := uv==0.13.8
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input --quiet --quiet
REPORTS := .reports

# A virtual environment knows its own absolute path: a checkout that was moved needs a new one.
ifneq ($(shell cat $(VENV)/made-in 2>/dev/null),$(CURDIR))
.PHONY: $(VENV)/made-in
endif

.PHONY: help run test test-full check types lint imports locks fix mutants bless docs bench bench-text bench-peers soak wheel lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 10

run: $(VENV)/runtime-ready ## set up what is missing and start the service
	@$(VENV)/bin/cds-service serve

test: check ## set up what is missing, run the static checks, then the whole suite with coverage
	@$(PY) -m tests.halves --cov --cov-report=
	@$(PY) -m coverage combine --quiet --data-file=$(REPORTS)/joined $(REPORTS)/coverage.servers $(REPORTS)/coverage.others
	@$(PY) -m coverage report --data-file=$(REPORTS)/joined
	@$(PY) -m coverage json --quiet --data-file=$(REPORTS)/joined -o $(REPORTS)/coverage.json
	@$(PY) -m tests.packaging.branch_coverage $(REPORTS)/coverage.json

test-full: check ## the same with ten times the generated patients
	@CDS_TEST_EXAMPLES=10 $(PY) -m pytest --timeout=1800

check: types lint imports locks ## the static checks

types: $(VENV)/dev-ready ## mypy --strict
	@$(PY) -m mypy

lint: $(VENV)/dev-ready ## ruff: rules and format
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check

imports: $(VENV)/dev-ready ## who may import whom
	@$(VENV)/bin/lint-imports --no-logo

locks: $(VENV)/dev-ready ## the lock files cover what pyproject.toml declares
	@$(PY) -m tests.packaging.locks

fix: $(VENV)/dev-ready ## repair what can be repaired
	@$(PY) -m ruff check --fix
	@$(PY) -m ruff format

bench: $(VENV)/dev-ready ## time the hook door beside a bare Flask endpoint
	@$(PY) -m benchmarks.hook_door

bench-text: $(VENV)/dev-ready ## time the reading of hostile texts of 100 kB and 200 kB: it must be linear
	@$(PY) -m benchmarks.text_reading

bench-peers: $(VENV)/dev-ready ## our reader of text beside clinical NLP libraries, each in an environment of its own
	@$(PY) -m benchmarks.text_peers.compare

soak: $(VENV)/dev-ready ## a production server under load for MINUTES=10: errors, times, memory, and do the counts agree
	@MINUTES=$(or $(MINUTES),10) CALLERS=$(CALLERS) STORE=$(STORE) $(PY) -m benchmarks.soak

mutants: $(VENV)/dev-ready ## try the tests of reading and assessing on changed code; MODULE=path for one file, ONE_IN=10 for a tenth
	@$(PY) -m tests.mutants.run $(if $(ONE_IN),--one-in $(ONE_IN)) $(if $(MOST),--most $(MOST)) $(MODULE)

bless: $(VENV)/dev-ready ## write fhir_examples/*/expected.json anew; read the difference before you commit it
	@$(PY) -m tests.examples.bless

docs: $(VENV)/dev-ready ## write the generated pages anew
	@$(PY) -m tests.docs.generate

wheel: $(VENV)/dev-ready ## build dist/*.tar.gz, and dist/*.whl from it
	@$(PY) -m build --no-isolation --outdir dist

lock: ## resolve the dependencies anew, at least a week old
	@$(PYTHON) -m venv .lock && .lock/bin/python -m pip --disable-pip-version-check --quiet --quiet install $(UV)
	@$(COMPILE) pyproject.toml --output-file requirements/runtime.txt
	@$(COMPILE) --group build --constraints requirements/runtime.txt --output-file requirements/build.txt
	@$(COMPILE) pyproject.toml --group dev --constraints requirements/runtime.txt \
		--constraints requirements/build.txt --output-file requirements/dev.txt
	@rm -r .lock

# No index address and no machine's path may enter a lock file; --upgrade because a lock is made on purpose.
COMPILE = .lock/bin/python -m uv pip compile --no-config --quiet --upgrade --universal \
	--python-version 3.11 --generate-hashes --exclude-newer '7 days' \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'

clean: ## remove everything that was made here
	@rm -rf $(VENV) $(REPORTS) .lock dist build .coverage .mypy_cache .ruff_cache .pytest_cache \
		.hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/made-in:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; '$(PYTHON)' is not. Name one: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "Python's venv module is missing; on Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Setting up $(VENV) ..."
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@printf '%s' "$(CURDIR)" > $@

$(VENV)/runtime-ready: $(VENV)/made-in requirements/runtime.txt requirements/build.txt pyproject.toml
	@echo "Installing what the service needs ..."
	@$(PIP) install --require-hashes -r requirements/build.txt -r requirements/runtime.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev-ready: $(VENV)/runtime-ready requirements/dev.txt
	@echo "Installing what the checks and tests need ..."
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@
