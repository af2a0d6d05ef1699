# Two commands are all the set-up there is: `make demo` and `make test`.
# Each makes its own virtual environment in .venv, from whatever index pip is set to.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input

# The first Python that runs and is new enough; 3.12 and 3.11 come before the newer ones
# because durable-rules can be built for them as it stands. `make PYTHON=... test` overrides it.
CANDIDATES := python3 python3.12 python3.11 python3.13 python3.14 python
NEW_ENOUGH := -c 'import sys; sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(shell for each in $(CANDIDATES); do \
	if $$each $(NEW_ENOUGH) 2>/dev/null; then echo $$each; break; fi; done)

export PYTHONUTF8 := 1

# As many tests at once as there are cores; `make PYTEST_ARGS=tests/feel unit` runs some, in turn.
PYTEST_ARGS ?= --numprocesses auto --dist worksteal

.PHONY: help
help: ## What can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | \
		while IFS=$$'\t' read -r name words; do printf '  make %-14s %s\n' "$$name" "$$words"; done

.PHONY: demo
demo: $(VENV)/runtime.stamp ## Evaluate the shipped account list, print a summary
	@mkdir -p out
	$(BIN)/keyaccount batch classification policies/examples/accounts.csv \
		--output out/accounts.csv --rejects out/rejects.csv

.PHONY: test
test: $(VENV)/development.stamp ## Run every check
	@$(MAKE) --no-print-directory --keep-going checks

# With --keep-going each check runs though one before it failed; pytest comes last,
# so that its counts close the output.
.PHONY: checks
checks: lint types layers policies unit

.PHONY: lint
lint: $(VENV)/development.stamp ## Style and format of the code
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .

.PHONY: types
types: $(VENV)/development.stamp ## Static types
	$(BIN)/mypy --no-error-summary

.PHONY: layers
layers: $(VENV)/development.stamp ## Which package may import which
	@$(BIN)/lint-imports --no-logo 2>&1 | grep -v '^$$'

.PHONY: policies
policies: $(VENV)/development.stamp ## The shipped policies and their own tests
	$(BIN)/keyaccount check policies
	$(BIN)/keyaccount --policies policies test

.PHONY: unit
unit: $(VENV)/development.stamp ## pytest: code, docs, schemas, packaging
	$(BIN)/python -m pytest $(PYTEST_ARGS)

.PHONY: differential
differential: $(VENV)/development.stamp ## All backends against each other, 100,000 accounts a policy
	KEYACCOUNT_DIFFERENTIAL_ROWS=100000 $(BIN)/python -m pytest tests/differential

.PHONY: kills
kills: $(VENV)/development.stamp ## Workers killed at 500 random moments on each database
	KEYACCOUNT_KILLS=500 $(BIN)/python -m pytest tests/cases/test_kills.py

.PHONY: deadlines
deadlines: $(VENV)/development.stamp ## Deadlines against a count of every minute, 100,000 cases
	KEYACCOUNT_DEADLINE_CASES=100000 $(BIN)/python -m pytest tests/deadlines

.PHONY: replays
replays: $(VENV)/development.stamp ## Random event logs against an oracle, 150,000 cases
	KEYACCOUNT_REPLAY_CASES=150000 $(BIN)/python -m pytest tests/cases/replay/test_waits.py

.PHONY: approvals
approvals: $(VENV)/development.stamp ## 20,000 random requests in an organisation of 5,000 people
	KEYACCOUNT_APPROVAL_RUNS=20000 $(BIN)/python -m pytest tests/cases/plan/test_approvals.py

.PHONY: rehearsal
rehearsal: $(VENV)/development.stamp ## 100,000 filings over ten years of virtual time
	KEYACCOUNT_REHEARSAL_CASES=100000 $(BIN)/python -m pytest tests/cases/rehearsal -k ten_years

.PHONY: fuzz
fuzz: $(VENV)/development.stamp ## Random and hostile FEEL on both interpreters, some minutes
	KEYACCOUNT_FUZZ_EXAMPLES=$(or $(EXAMPLES),10000) $(BIN)/python -m pytest tests/fuzz

.PHONY: event-engines
event-engines: $(VENV)/development.stamp ## durable-rules against the plain matcher, 100,000 random rule sets
	KEYACCOUNT_EVENT_WORLDS=100000 $(BIN)/python -m pytest -s tests/backends/events/test_engines_agree.py

.PHONY: event-soak
event-soak: $(VENV)/development.stamp ## A million sessions of durable-rules in one process
	KEYACCOUNT_EVENT_SESSIONS=1000000 $(BIN)/python -m pytest -s tests/backends/events/test_soak.py

.PHONY: event-fuzz
event-fuzz: $(VENV)/development.stamp ## Ten minutes of hostile events through durable-rules
	KEYACCOUNT_EVENT_FUZZ_SECONDS=600 $(BIN)/python -m pytest -s tests/backends/events/test_hostile.py

.PHONY: service-kills
service-kills: $(VENV)/development.stamp ## The decision service killed 200 times under load, on each database
	KEYACCOUNT_KILLS=200 $(BIN)/python -m pytest tests/service/test_kills.py

.PHONY: service-log
service-log: $(VENV)/development.stamp ## 100,000 logged decisions replayed, 10,000 tampered logs found
	KEYACCOUNT_REPLAYS=100000 KEYACCOUNT_TAMPERINGS=10000 $(BIN)/python -m pytest tests/service/test_log.py

.PHONY: service-fuzz
service-fuzz: $(VENV)/development.stamp ## schemathesis over the OpenAPI document, many examples
	KEYACCOUNT_SCHEMATHESIS=200 $(BIN)/python -m pytest tests/service/test_openapi.py

.PHONY: benchmark
benchmark: $(VENV)/benchmark.stamp ## Measure speed and memory, as ratios in one run; renew the README
	$(BIN)/python benchmarks $(SUITES) --readme README.md

.PHONY: format
format: $(VENV)/development.stamp ## Format the code and mend what ruff can mend
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .

.PHONY: docs
docs: $(VENV)/development.stamp ## Renew the outputs shown in the README
	$(BIN)/python tests/docs/console_blocks.py README.md

.PHONY: holidays
holidays: $(VENV)/development.stamp ## Renew the table of China's holidays from chinesecalendar
	$(BIN)/python tests/deadlines/china_table.py

.PHONY: clean
clean: ## Remove what was made, the virtual environment too
	rm -rf $(VENV) build dist out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@if [ -z "$(PYTHON)" ] || ! $(PYTHON) $(NEW_ENOUGH); then \
		echo "keyaccount needs Python 3.11 or newer: install one, or name it: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2; \
		exit 1; fi
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "$(PYTHON) cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv" >&2; \
		exit 1; }
	@$(PIP) install --upgrade 'pip>=25.1' # the first with --group

COMPILER_HINT := { echo "where pip could not build durable-rules: it needs a C compiler \
(on Debian and Ubuntu: apt install build-essential)" >&2; exit 1; }

$(VENV)/runtime.stamp: pyproject.toml | $(BIN)/python
	@echo "installing keyaccount into $(VENV)"
	@$(PIP) install --editable . || $(COMPILER_HINT)
	@touch $@

$(VENV)/development.stamp: pyproject.toml | $(BIN)/python
	@echo "installing keyaccount and its tools into $(VENV)"
	@$(PIP) install --editable . --group dev || $(COMPILER_HINT)
	@touch $@ $(VENV)/runtime.stamp

$(VENV)/benchmark.stamp: $(VENV)/development.stamp
	@$(PIP) install --group benchmark
	@$(BIN)/python -c "import sys; sys.path.insert(0, 'benchmarks'); import feel_peers; feel_peers.install()"
	@touch $@
