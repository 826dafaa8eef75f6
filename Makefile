# Every task of this repository. `make` alone lists them. Works with GNU make 3.81 (macOS) and later.

PORT ?= 3001
export PORT
# Hundreds of processes start in the tests: each would compile all that it imports, where a shell keeps Python from
# writing down what one of them has compiled. Empty means no.
test browsers prove check: export PYTHONDONTWRITEBYTECODE :=

BIN := .venv/bin
# Whole files side by side, since many share a server; each worker starts its own. tests/conftest.py says how many at
# once, and which come first.
SIDE_BY_SIDE := --numprocesses auto --dist loadfile --no-loadscope-reorder
# Every branch of the layer must be tested: pyproject.toml says so.
MEASURED := --cov --cov-report=term
# What `make test` leaves to `make prove`: pyproject.toml says what the mark means.
SHORT := -m 'not long'
# What the fast part of the tests is: no server, no browser, no worker processes.
FAST := tests/shared tests/lambdas tests/frontend tests/scripts/setup tests/scripts/supply \
	$(wildcard tests/test_*.py tests/scripts/test_*.py) \
	tests/terraform/test_least_privilege.py tests/scripts/deploy/test_package.py tests/local/test_imports.py \
	$(addprefix tests/clients/python/,test_core.py test_sealed_log.py test_lines.py test_package.py)
# The page's tools: what package.json names, by a Node of this machine or of a wheel.
WITH_NODE = node="$$(scripts/setup/node)" && PATH="$$node:$$PATH"
# Each is installed where that can be done; the tests of one that is not there are skipped.
WITH_BROWSERS = CHROMIUM="$$(scripts/setup/browser || :)" && FIREFOX="$$(scripts/setup/browser firefox || :)" \
	&& WEBKIT="$$(scripts/setup/browser webkit || :)" && export CHROMIUM FIREFOX WEBKIT
LINTS := lint-page lint-types lint-css lint-python lint-workflows lint-supply
# By another name than $(MAKE), so that `make -n` only shows it.
AT_ONCE := $(MAKE) --silent --no-print-directory --jobs 2

.PHONY: help dev test browsers prove check format load soak bench cost css screenshots lighthouse package preflight deploy destroy verify \
	resume bootstrap stack stack-test fidelity fidelity-aws lock sbom clean lint $(LINTS) test-page

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

dev: .venv/dev ## run the whole chat on this machine, at http://localhost:3001 (PORT= to change it)
	@exec $(BIN)/python -m local

test: .venv/test ## run everything that CI runs
	@$(WITH_NODE) $(AT_ONCE) $(LINTS) test-page
	@$(WITH_BROWSERS) && CHECKOV="$$(scripts/setup/checkov)" && export CHECKOV \
		&& $(BIN)/python -m pytest $(SIDE_BY_SIDE) $(MEASURED) $(SHORT)

browsers: .venv/test ## run everything that each browser can: all its tests in Chromium, ten stories in Firefox and WebKit too
	@$(WITH_NODE) && $(WITH_BROWSERS) && $(BIN)/python -m pytest $(SIDE_BY_SIDE) -m browser tests/e2e

prove: .venv/test ## run the complete proofs, of which `make test` runs short versions (an hour and more)
	@CHROMIUM="$$(scripts/setup/browser)" && CHECKOV="$$(scripts/setup/checkov)" && export CHROMIUM CHECKOV \
		&& $(BIN)/python -m pytest -v -m long
	@$(BIN)/python -m tests.worlds

check: .venv/test ## run the fast part of it: lint, types, the pure tests
	@$(WITH_NODE) $(AT_ONCE) $(LINTS) test-page
	@$(BIN)/python -m pytest $(SIDE_BY_SIDE) $(MEASURED) $(SHORT) $(FAST)

format: .venv/test ## put the sources into the form that lint asks for
	@$(BIN)/ruff check --fix --quiet
	@$(BIN)/ruff format --quiet
	@$(WITH_NODE) node_modules/.bin/biome check --write --log-level=warn
	@if command -v terraform >/dev/null; then scripts/terraform fmt -recursive; fi

load: .venv/test ## put crowds and troubles on the local chat and check that nothing is lost (20 minutes)
	@$(BIN)/python -m scripts.bench.load
	@$(BIN)/python -m scripts.bench.load --steady
	@$(BIN)/python -m scripts.bench.overload

soak: .venv/test ## let 300 people talk while everything around the functions goes wrong (an hour; SEED=7 for another one)
	@$(BIN)/python -m scripts.soak $(if $(SEED),--seed $(SEED))

bench: .venv/test ## measure all of it beside others' (half an hour; ONLY=fanout,page: parts of it; ROUNDS=3)
	@CHROMIUM="$$(scripts/setup/browser || :)" && export CHROMIUM \
		&& $(BIN)/python -m scripts.bench $(if $(ONLY),--only $(ONLY)) $(if $(ROUNDS),--rounds $(ROUNDS))

cost: .venv/dev ## what a month of your own use costs (USERS= a day, ROOM=, MESSAGES= and MINUTES= of a visit, HISTORY=)
	@$(BIN)/python -m scripts.costs $(foreach name,USERS ROOM MESSAGES MINUTES HISTORY,$(if $($(name)),"--$(name)=$($(name))"))

css: .venv/test ## make the page's style sheets of frontend/style.tailwind and frontend/later.tailwind
	@$(WITH_NODE) for name in style later; do npm run --silent css -- --input frontend/$$name.tailwind --output frontend/$$name.css; done

screenshots: .venv/test ## take the pictures of the page that the documentation shows
	@CHROMIUM="$$(scripts/setup/browser)" && export CHROMIUM && $(BIN)/python -m scripts.docs.screenshots

lighthouse: .venv/test ## let Lighthouse judge the page: the landing and a room, on a phone
	@CHROMIUM="$$(scripts/setup/browser)" && export CHROMIUM && $(WITH_NODE) $(BIN)/python -m scripts.bench.lighthouse

package: ## build the zips that Lambda gets, the same bytes everywhere
	@python3 -m scripts.deploy.package

preflight: .venv/dev ## look at the AWS account before an apply, changing nothing there (AGAIN=1: decide anew)
	@$(BIN)/python -m scripts.deploy.preflight $(if $(AGAIN),--again)

deploy: .venv/dev package ## put the chat into your AWS account: preflight, package, init, apply
	@$(BIN)/python -m scripts.deploy.preflight --ask
	@scripts/terraform init -input=false
	@scripts/terraform apply

destroy: ## take it out again, with everything in it
	@scripts/terraform destroy

verify: .venv/dev ## after a deploy: try the chat, the page and the guardrails, and say what to do
	@$(BIN)/python -m scripts.deploy.verify

resume: .venv/dev ## open the chat again after the breaker has closed it
	@$(BIN)/python -m scripts.deploy.resume

bootstrap: ## once per account: a place for Terraform's state, and roles for GitHub Actions
	@scripts/deploy/bootstrap

stack: .venv/test ## apply the real Terraform to an emulator on this machine, and chat on it
	@$(BIN)/python -m scripts.deploy.stack

stack-test: .venv/test ## the tests of that: apply, chat, change, break, resume, destroy
	@CHROMIUM="$$(scripts/setup/browser)" && export CHROMIUM && $(BIN)/python -m pytest tests/e2e/test_stack.py tests/e2e/test_stack_command.py

fidelity: .venv/test ## ask the local gateway and two emulators what they do (SLOW=25 also what takes minutes)
	@node="$$(scripts/setup/node || :)" && PATH="$$node:$$PATH" $(BIN)/python -m scripts.fidelity --slow $(or $(SLOW),0)

fidelity-aws: .venv/test ## ask your AWS account the same, which costs a few cents and leaves nothing there
	@$(BIN)/python -m scripts.fidelity aws --slow $(or $(SLOW),0)

lock: .venv/test ## write the lock files anew from the .in files and package.json
	@$(WITH_NODE) scripts/lock

sbom: ## write the bill of materials: what is deployed, and what it is developed with
	@python3 -m scripts.supply.sbom

clean: ## remove what was made, .venv included
	rm -rf .venv node_modules build .pytest_cache .coverage .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The checks wait for nothing of each other, so they run side by side; the page's tools are installed before that.
lint: .venv/test
	@$(WITH_NODE) $(AT_ONCE) $(LINTS)

lint-python:
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet

lint-workflows:
	@$(BIN)/actionlint

lint-supply:
	@$(BIN)/python -m scripts.supply.advisories

lint-types:
	@$(BIN)/mypy --no-error-summary

lint-page:
	@npm run --silent lint

lint-css:
	@for name in style later; do \
		npm run --silent css -- --input frontend/$$name.tailwind --output build/$$name.css; \
		cmp -s build/$$name.css frontend/$$name.css \
			|| { echo "frontend/$$name.css is not what Tailwind makes of frontend/$$name.tailwind: make css" >&2; exit 1; }; \
	done

test-page:
	@npm run --silent test

# The two stages of .venv, each installed once and again when its requirements change. The second holds the first.

.venv/dev: local/requirements.txt
	@scripts/setup/python local/requirements.txt
	@touch $@

.venv/test: requirements-dev.txt
	@scripts/setup/python requirements-dev.txt
	@touch .venv/dev $@
