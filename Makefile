# One command each: `make demo` shows fitcheck, `make test` proves it. Both set up their own
# virtual environment in .venv; nothing else on the machine is touched.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help setup demo test check lint types bench schemas readme wheel clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("fitcheck needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --group dev
	@touch $(STAMP)

setup: $(STAMP) ## create .venv and install fitcheck with what its tests need

demo: setup ## one model on one card, then cards compared
	$(BIN)/fitcheck model llama-3.1-8b --gpu rtx4090 --format q4_k_m
	$(BIN)/fitcheck model llama-3.1-70b --gpu rtx4090,rtx5090,2xrtx3090,m4-max-40c,h100-sxm --format q4_k_m --unified-memory 128 --exit-zero

test: setup ## run every test
	$(BIN)/python -m pytest -q -n 2 --dist loadfile

check: lint types test ## lint, formatting, types and every test

lint: setup ## ruff: rules and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup ## mypy, strict
	$(BIN)/mypy

bench: setup ## start-up, sweep and memory, measured
	$(BIN)/python benchmarks/run.py

schemas: setup ## write the JSON Schemas that editors use for data/
	$(BIN)/python tools/write_schemas.py

readme: setup ## write the README's screens and tables anew
	$(BIN)/python tools/write_readme.py

wheel: setup ## build dist/*.whl and dist/*.tar.gz
	$(BIN)/python -m build --quiet .

clean: ## remove what the commands above made
	rm -rf $(VENV) .cache build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
