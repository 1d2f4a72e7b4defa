# Patrol 网格巡查. `make help` lists what can be done here; each line comes from the `##` beside its target.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help setup run test lint format bench soak screenshots lock clean

help: ## Say what can be done here
	@printf 'Patrol 网格巡查\n\n'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r target what; do \
		printf '%-20s %s\n' "$$target" "$$what"; done
	@printf '\nPORT, DATABASE_URL and DATA_DIR are respected by `make run`; the other settings are in the README.\n'

setup: ## Prepare .venv, the front end and the translations; starts nothing
	@$(PYTHON) scripts/setup.py

run: ## Serve the demo city on http://127.0.0.1:8000 (set PORT for another port)
	@$(PYTHON) scripts/setup.py && exec $(BIN)/patrol serve --demo

test: ## Run all that CI runs: linters, types, JS, both databases, and the whole day in a browser
	@$(PYTHON) scripts/setup.py --extra test && exec $(BIN)/python scripts/run_tests.py

lint: ## Check style and types of Python and JavaScript
	@$(PYTHON) scripts/setup.py --extra test && exec $(BIN)/python scripts/run_tests.py --only lint

format: ## Rewrite the Python sources in the house's format
	@$(PYTHON) scripts/setup.py --extra test
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

bench: ## Measure ours beside its peers (every `patrol bench` name; BENCH=web for one)
	@$(PYTHON) scripts/setup.py --extra bench
	@for name in $(or $(BENCH),web routes sync hotspots records venues); do $(BIN)/patrol bench $$name || exit 1; done

soak: ## Kill the server 10,000 times and disturb 100,000 requests, goes on where it was stopped (hours)
	@$(PYTHON) scripts/setup.py --extra test && exec $(BIN)/python scripts/run_tests.py --only soak

screenshots: ## Make the README's pictures again, by the browser tests
	@$(PYTHON) scripts/setup.py --extra test
	@PATROL_SCREENSHOTS=docs/screenshots exec $(BIN)/python scripts/run_tests.py --only story

lock: ## Compile requirements/*.txt again from pyproject.toml
	@$(PYTHON) scripts/setup.py && $(BIN)/python scripts/lock.py

clean: ## Remove everything made here except your data
	rm -rf .venv node_modules static/dist build dist .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find patrol tests scripts -name __pycache__ -prune -exec rm -rf {} +
	find patrol -name '*.mo' -delete
