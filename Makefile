# Everything a newcomer needs is one word: `make demo` or `make test`.

BIN := .venv/bin
export BACKDRAFT_HOME ?= $(CURDIR)/.backdraft

.DEFAULT_GOAL := help
.PHONY: help demo demo-down test unit check format docs bench web pictures chromium prepare engine clean

help: ## list what make can do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: prepare web engine ## run the shop stack on this machine, from schema to answering URL
	@scripts/demo up

demo-down: prepare ## remove all of it
	@scripts/demo down

test: prepare web chromium engine ## run every test, on a real engine and in a real browser
	@$(BIN)/python -m pytest -n auto --durations 10 tests/unit tests/plans tests/git
	@$(BIN)/python -m pytest -n 2 --dist loadfile --durations 10 tests/contract tests/integration
	@$(BIN)/python -m pytest tests/e2e

unit: prepare web ## run the tests that need no engine
	@$(BIN)/python -m pytest -n auto --durations 10 tests/unit tests/plans tests/git

check: prepare ## format, lint, types, import contracts, and the tests of the front end
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	scripts/web check

format: prepare ## lay out the code and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	scripts/web format

bench: prepare engine ## measure deploys against Docker Compose
	$(BIN)/python -m bench.deploy

web: ## build the front end, if its sources have changed
	@scripts/web build

pictures: prepare web chromium engine ## take the pictures of the documentation anew
	@$(BIN)/python -m tests.e2e.pictures

chromium: ## make a browser reachable, for the tests of the page
	@scripts/chromium

prepare: ## make .venv
	@scripts/prepare

engine: ## make a Docker engine reachable
	@scripts/engine up

clean: ## remove .venv and caches, never what runs or its state
	rm -rf .venv build dist *.egg-info ui/web/dist ui/web/node_modules ui/web/.node .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
