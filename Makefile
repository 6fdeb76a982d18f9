# The whole developer interface. `make demo` and `make test` need Python >= 3.11 (with venv) and nothing else.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.ready
# Python keeps what it compiled, whatever the machine's habit: a service then starts in half the time.
export PYTHONDONTWRITEBYTECODE :=
NODE_TOOLS := tests/asyncapi/node_modules/.package-lock.json

.PHONY: setup demo docs test test-deployment test-examples check asyncapi generated bench figures up down lock
.DEFAULT_GOAL := demo

setup: $(STAMP)

$(STAMP): requirements-dev.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup
	@$(BIN)/talentloop demo

up: setup
	@$(BIN)/talentloop up

down: setup
	@$(BIN)/talentloop down

# Two processes, each with its own PostgreSQL and Kafka, and one for what starts whole services: it mostly waits.
test: setup
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

# Needs Docker with Compose; builds the image, starts whole deployments and kills them.
test-deployment: setup
	@docker info >/dev/null 2>&1 && docker compose version >/dev/null 2>&1 \
	 || { echo "make test-deployment needs Docker with Compose 2.24 or newer, and a daemon that answers this user"; exit 2; }
	@$(BIN)/python -m pytest tests/deployment -p no:randomly -v --durations 15 --timeout 900

# The platforms in examples/, in each language whose toolchain is there; `make test` runs them, too.
test-examples: setup
	@$(BIN)/python -m pytest tests/e2e/test_platform_examples.py -v

check: setup
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/talentloop contracts check
	@$(BIN)/python -m pytest -q tests/test_deployment_files.py tests/observability tests/test_words.py \
	    tests/test_rule_book.py
	@$(BIN)/python -m bench.figures

# The reference site, read from its folder: no server, no network.
docs: setup
	@$(BIN)/python -m reference
	@echo "Open site/index.html"

# What other languages' tools make of the committed contracts; needs Node.
$(NODE_TOOLS): tests/asyncapi/package-lock.json
	@cd tests/asyncapi && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error

asyncapi: setup $(NODE_TOOLS) generated  # AsyncAPI's own parser reads the document, ajv every sample
	@cd tests/asyncapi && node validate.js ../../shared/contracts/schema/asyncapi.json
	@cd tests/asyncapi && ! node validate.js broken.json 2>/dev/null
	@$(BIN)/python -m pytest -q tests/contracts/test_patterns.py

generated: $(NODE_TOOLS)  # code for five languages by two generators, compiled where Java, Go, Python or .NET are there
	@cd tests/asyncapi && node generate.js ../../shared/contracts/schema

bench: setup
	@$(BIN)/python -m bench

# How much there is to hold in mind: names, imports, lengths, and what four ways through the product pass.
figures: setup
	@$(BIN)/python -m bench.house

lock: setup
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
	    pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
	    --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
