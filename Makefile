# What a newcomer types. Needs Python 3.11 or newer, git and make; everything else goes into .venv.

VENV ?= .venv
BIN := $(VENV)/bin
INSTALL = $(BIN)/pip install --quiet --constraint constraints.txt
# The newest Python that is new enough; PYTHON=... overrides it.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)

.PHONY: help demo test lint bench clean
.DEFAULT_GOAL := help

help:
	@echo "make demo    play a scenario in the simulated world and write its report"
	@echo "make test    run the tests"
	@echo "make lint    style, import contracts, types"
	@echo "make bench   compare speed with the real nats-server"
	@echo "make clean   remove what the others made"

demo: $(VENV)/.natsim
	$(BIN)/natsim run demo

test: $(VENV)/.test
	$(BIN)/pytest -n auto

lint: $(VENV)/.lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/pyright --warnings --pythonpath $(BIN)/python

bench: $(VENV)/.test
	$(BIN)/python -m benchmarks

$(VENV)/.pip:
	@test -n "$(PYTHON)" || { echo "natsim needs Python 3.11 or newer; install one, or name it: make PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) --upgrade "pip>=25.1"
	@touch $@

$(VENV)/.natsim: $(VENV)/.pip pyproject.toml constraints.txt
	$(INSTALL) --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.natsim
	$(INSTALL) --editable . --group test
	-$(INSTALL) --group clients  # not for every machine; tests that miss one are skipped
	@touch $@

$(VENV)/.lint: $(VENV)/.natsim
	$(INSTALL) --editable . --group lint
	@touch $@

clean:
	rm -rf $(VENV) .tox .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist runs
