# make run    the demo: a server with the sample stream, ready to look at
# make test   every check and test, as continuous integration runs them
# make soak   what takes longer: kills, floods, races, whatever the API's document allows
# make bench  quality and speed, measured on this machine beside other libraries; scripts/bench measures parts
# make clean  remove the environment and what was built
#
# The first of each makes an environment in VENV (.venv) with PYTHON (the newest python3 from 3.11 on).

VENV ?= .venv
export VENV

.PHONY: run test soak bench clean

run: $(VENV)/.storyfold-run
	@"$(VENV)/bin/storyfold" demo

test: $(VENV)/.storyfold-dev
	@scripts/check
	@scripts/test

soak: $(VENV)/.storyfold-soak
	@scripts/soak

bench: $(VENV)/.storyfold-bench
	@scripts/bench

clean:
	rm -rf "$(VENV)" build dist htmlcov .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# What is installed follows pyproject.toml; the code itself runs from here.
$(VENV)/.storyfold-run: pyproject.toml
	@scripts/environment .
	@touch "$@"

$(VENV)/.storyfold-soak: pyproject.toml
	@scripts/environment ".[dev,soak]"
	@touch "$@" "$(VENV)/.storyfold-dev" "$(VENV)/.storyfold-run"

$(VENV)/.storyfold-bench: pyproject.toml
	@scripts/environment ".[dev,bench]"
	@touch "$@" "$(VENV)/.storyfold-dev" "$(VENV)/.storyfold-run"

$(VENV)/.storyfold-dev: pyproject.toml
	@scripts/environment ".[dev]"
	@touch "$@" "$(VENV)/.storyfold-run"
