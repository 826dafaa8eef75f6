# Every task of this repository. `make` alone lists them. Works with GNU make 3.81 (macOS) and later.

PORT ?= 3001
export PORT

BIN := .venv/bin
# What the fast part of the tests is: no server, no browser, no worker processes.
FAST := tests/shared tests/lambdas $(wildcard tests/test_*.py)

.PHONY: help dev test check load bench lock clean lint

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-7s %s\n", $$1, $$2 }'

dev: .venv/dev ## run the whole chat on this machine, at http://localhost:3001 (PORT= to change it)
	@exec $(BIN)/python -m local

test: lint ## run everything that CI runs
	@CHROMIUM="$$(scripts/setup-browser)" && export CHROMIUM && $(BIN)/python -m pytest

check: lint ## run the fast part of it: lint, types, the pure tests
	@$(BIN)/python -m pytest $(FAST)

load: .venv/test ## put a crowd on the local chat and check that nothing is lost
	@$(BIN)/python -m scripts.load

bench: .venv/test ## measure the fan-out beside boto3
	@$(BIN)/python -m scripts.bench

lock: ## write the hashed requirements anew from the .in files
	@scripts/lock

clean: ## remove what was made, .venv included
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

lint: .venv/test
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy --no-error-summary

# The two stages of .venv, each installed once and again when its requirements change. The second holds the first.

.venv/dev: local/requirements.txt
	@scripts/setup-python local/requirements.txt
	@touch $@

.venv/test: requirements-dev.txt
	@scripts/setup-python requirements-dev.txt
	@touch .venv/dev $@
