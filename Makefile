# Needs Python 3.11+ and make. Everything else is installed into .venv from the pins.

PYTHON ?= python3
PORT ?= 8000
ARGS ?=

BIN := .venv/bin
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock"

export PORT PYTHON
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup run demo stop test check format format-check lint types imports migrations openapi openapi-check docs docs-check audit bench lock upgrade clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' Makefile

setup: ## make the virtual environment (again only when the pins changed)
	@$(PYTHON) config/install.py

run: setup ## the whole stack on PORT (8000), seeded, until Ctrl-C
	@$(BIN)/python -m config.supervisor run

demo: setup ## one learner's whole story over real HTTP on a temporary installation
	@$(BIN)/python -m config.supervisor demo

stop: setup ## stop `make run` and the embedded servers
	@$(BIN)/python -m config.supervisor stop

test: setup ## all tests (ARGS="-k name" and the like)
	@$(BIN)/python -m pytest $(ARGS)

check: format-check lint types imports migrations openapi-check docs-check audit ## everything a change must pass besides the tests

format: setup ## format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix-only --quiet .

format-check: setup ## is the code formatted?
	@echo "== format"
	@$(BIN)/ruff format --check --quiet .

lint: setup ## ruff
	@echo "== lint"
	@$(BIN)/ruff check .

types: setup ## mypy
	@echo "== types"
	@$(BIN)/mypy .

imports: setup ## the layers of the apps
	@echo "== imports"
	@$(BIN)/lint-imports

migrations: setup ## is a migration missing?
	@echo "== migrations"
	@$(BIN)/python manage.py makemigrations --check --dry-run

openapi: setup ## write docs/openapi.yaml
	@$(BIN)/python manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml

openapi-check: setup ## is docs/openapi.yaml what the code says?
	@echo "== openapi"
	@mkdir -p .data
	@$(BIN)/python manage.py spectacular --validate --fail-on-warn --file .data/openapi.yaml
	@diff -u docs/openapi.yaml .data/openapi.yaml || { echo "docs/openapi.yaml differs from the code: run 'make openapi'"; exit 1; }

docs: setup ## write the generated parts of docs/
	@$(BIN)/python manage.py write_docs

docs-check: setup ## are the generated parts of docs/ what the code says?
	@echo "== docs"
	@$(BIN)/python manage.py write_docs --check

audit: setup ## known vulnerabilities in the pins
	@echo "== audit"
	@$(BIN)/python -m config.audit

bench: setup ## the benchmarks, each beside its raw figure
	@$(BIN)/python -m benchmarks $(ARGS)

lock: setup ## pin what pyproject.toml names (keeps the pins that still fit)
	@$(LOCK) --output-file requirements.txt
	@$(LOCK) --extra dev --constraint requirements.txt --output-file requirements-dev.txt

upgrade: setup ## the same with the newest versions
	@$(LOCK) --upgrade --output-file requirements.txt
	@$(LOCK) --upgrade --extra dev --constraint requirements.txt --output-file requirements-dev.txt

clean: ## remove the virtual environment, the data directory and the caches
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m config.supervisor stop && $(BIN)/python -m config.embedded remove; fi
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .schemathesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
