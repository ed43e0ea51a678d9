# Everything a person or a machine does with this project; `make` alone lists it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
EXTRAS ?= all

# One thread: results do not depend on it, and small machines are faster with it.
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-all check format constraints bench peers clean

help:  ## list these targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 12

setup: $(STAMP)  ## create .venv with everything in it (runs again when the requirements change)

$(STAMP): pyproject.toml constraints.txt scripts/setup
	@scripts/setup "$(PYTHON)" "$(VENV)" "$(EXTRAS)"
	@touch $@

demo: setup  ## fetch MovieLens 100K, fit, evaluate, explain; results in runs/demo
	$(BIN)/python examples/demo.py --out runs/demo

test: check  ## checks and default tests
	$(BIN)/pytest

test-all: check  ## checks and all tests, slow ones too
	$(BIN)/pytest -m ""

check: setup  ## format, lint, types, layers of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup  ## format and mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# torch is held at the newest version of which small CPU builds are to be had everywhere.
constraints: setup  ## pin the newest versions that pyproject.toml allows
	echo 'torch==2.13.0' > .constraints.held
	{ echo '# Exact versions of everything `make setup` installs; made by `make constraints`.'; \
	  $(BIN)/uv pip compile pyproject.toml --extra $(EXTRAS) --group dev --universal \
	    --python-version 3.11 --upgrade --constraint .constraints.held --no-emit-package fewrec --no-annotate --no-header --quiet; } > .constraints.new
	rm .constraints.held
	mv .constraints.new constraints.txt

bench: setup  ## the learning curve on MovieLens 100K, 5 seeds; results in benchmarks/
	$(BIN)/fewrec bench curve --data ml-100k --out runs/bench --json benchmarks/curve-ml-100k.json

peers: setup  ## an environment for each library that fewrec is compared with, in .peers
	@scripts/peers $(BIN)/python $(BIN)/uv .peers

clean:  ## remove what can be made again (not the cache of models and data)
	rm -rf $(VENV) runs dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
