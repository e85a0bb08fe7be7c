# Everything here works on a machine with Python 3.11 or newer and make; nothing needs an AWS account.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCK := requirements.lock
READY := $(VENV)/.ready-$(shell cksum $(LOCK) pyproject.toml 2>/dev/null | cksum | cut -d' ' -f1)
# The user's own AWS set-up stays out of the way of everything that runs here.
CLEAN_ENV := env $(foreach name,AWS_PROFILE AWS_DEFAULT_PROFILE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN \
  AWS_REGION AWS_DEFAULT_REGION AWS_ENDPOINT_URL AWS_ENDPOINT_URL_IAM AWS_ENDPOINT_URL_STS AWS_ROLE_ARN \
  AWS_WEB_IDENTITY_TOKEN_FILE,-u $(name)) AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
SPEC ?= specs/ecr.yaml

.PHONY: run test test-browser check format lock data bench soak clean help
.DEFAULT_GOAL := help

help:
	@echo "make run     the first example on a local sandbox: render, plan, apply, plan, verify, drift"
	@echo "make test    the whole suite"
	@echo "make test-browser  the HTML reports in Chromium"
	@echo "make check   format, lint, types, architecture and fast tests"
	@echo "make bench   counts and ratios"
	@echo "make soak    the long version: many calls at once, storms, kills at every write, the laws, mutated files"
	@echo "make lock    pin the dependencies anew       make data   generate the packaged lists and docs/ anew"
	@echo "make clean   remove what the others made"

$(READY): $(LOCK) pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCK)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@rm -f $(VENV)/.ready-* && touch $@

run: $(READY)
	@$(CLEAN_ENV) XDG_STATE_HOME=$(CURDIR)/$(VENV)/state $(BIN)/reconcile sandbox -- sh -eu -c '\
	  say() { printf "\n\033[1m$$ %s\033[0m\n" "$$*"; "$$@"; }; \
	  say reconcile render $(SPEC); \
	  say reconcile plan $(SPEC); \
	  say reconcile apply $(SPEC) --yes; \
	  say reconcile plan $(SPEC); \
	  say reconcile verify $(SPEC); \
	  say reconcile drift $(SPEC)'

test: $(READY)
	@$(CLEAN_ENV) $(BIN)/python -m pytest -n 3 --dist worksteal

test-browser: $(READY)
	@tests/browser/install.sh $(BIN)/python
	@BROWSER_TESTS=1 $(CLEAN_ENV) $(BIN)/python -m pytest -rs tests/browser

check: $(READY)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(CLEAN_ENV) $(BIN)/python -m pytest -n 2 tests/architecture tests/core tests/kinds tests/aws tests/policy tests/language tests/facets tests/plan tests/spec tests/test_language.py

format: $(READY)
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(READY)
	@$(CLEAN_ENV) $(BIN)/python -m tests.bench

soak: $(READY)
	@SANDBOX_CALLS=$${SANDBOX_CALLS:-10000} $(CLEAN_ENV) $(BIN)/python -m pytest tests/sandbox/test_concurrent_calls.py
	@STORM_SEEDS=$${STORM_SEEDS:-20} SURVIVAL=all $(CLEAN_ENV) $(BIN)/python -m pytest -n 2 -s tests/end_to_end/trouble/test_storms.py tests/end_to_end/trouble/test_survival.py tests/end_to_end/trouble/test_saved_plan_cuts.py tests/end_to_end/consent/test_two_people.py tests/end_to_end/trouble/test_answers.py tests/end_to_end/change/test_permissions.py
	@REAL_SIZE_PAIRS=$${REAL_SIZE_PAIRS:-2000} $(CLEAN_ENV) $(BIN)/python -m pytest -n 2 tests/policy/compare/test_real_size.py
	@EXPORT_ALL=1 $(CLEAN_ENV) $(BIN)/python -m pytest -s tests/end_to_end/change/test_export.py
	@WATCH_ROUNDS=$${WATCH_ROUNDS:-200} $(CLEAN_ENV) $(BIN)/python -m pytest -s tests/end_to_end/drift/test_watch.py
	@FRESH=1 $(CLEAN_ENV) $(BIN)/python -m pytest -n 2 tests/end_to_end
	@FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-7000} SCHEMA_EXAMPLES=$${SCHEMA_EXAMPLES:-1000} LAW_EXAMPLES=$${LAW_EXAMPLES:-60} DELTA_EXAMPLES=$${DELTA_EXAMPLES:-5000} LINT_EXAMPLES=$${LINT_EXAMPLES:-1000} $(CLEAN_ENV) $(BIN)/python -m pytest -n 2 -s tests/laws/test_laws.py tests/end_to_end/trouble/test_crash.py tests/policy/compare/test_delta.py tests/policy/lint/test_rules.py tests/spec/test_schema.py tests/test_fuzz.py

# The lock names packages and hashes only, never where they come from.
lock: $(READY)
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-strip-extras --no-emit-index-url --no-annotate --no-header \
	  --python-version 3.11 --all-extras pyproject.toml -o $(LOCK)
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  --python-version 3.11 tests/browser/requirements.in -o tests/browser/requirements.lock

data: $(READY)
	@$(BIN)/python -m tools.make_limits
	@$(BIN)/python -m tools.make_names
	@$(BIN)/python -m tools.make_practice
	@$(BIN)/python -m tools.make_reference
	@$(BIN)/python -m tools.make_lint
	@$(BIN)/python -m tools.make_escalations
	@$(BIN)/python -m tools.make_architecture

clean:
	@rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
