# Two commands do everything: `make demo` runs the main job on real data, `make test` runs every test.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
VENV := .venv
PY := $(VENV)/bin/python
INPUTS := pyproject.toml packages/azureml/pyproject.toml setup.py constraints.txt $(wildcard src/runwatch/*/*.[ch])

# The last file of those that are built from studio/.
STUDIO := src/runwatch/widget/static/widget.js

.PHONY: setup demo test check bench lock size clean

setup: $(VENV)/.ready $(STUDIO) ## the environment that everything below uses, studio and widget

$(VENV)/.ready: $(INPUTS) .ci/setup
	.ci/setup $(VENV)
	touch $@

$(STUDIO): $(VENV)/.ready $(shell find studio -type f -not -path '*/node_modules/*' -not -path '*/.vite/*' -not -path '*/schema/*')
	.ci/studio $(VENV)

demo: setup                    ## submit the training of a few real models and follow it
	$(VENV)/bin/runwatch --workspace demo-workspace demo

test: setup                    ## everything: system packages, style, types, tests
	.ci/packages
	.ci/native $(PY)
	$(MAKE) --no-print-directory check
	.ci/studio $(VENV) check
	$(PY) -m pytest -rs -n 2 --dist loadfile tests/unit tests/property tests/house tests/contract tests/azureml
	$(PY) -m pytest -rs tests/faults tests/e2e --ignore tests/e2e/studio
	$(PY) -m pytest -rs -n 2 --dist loadfile tests/e2e/studio

check: setup                   ## style and types
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

bench: setup                   ## every benchmark; rewrites the tables in the README
	.ci/native $(PY)
	$(PY) -m pip install --quiet -c constraints.txt -e ".[bench]"
	$(PY) -m bench

lock: setup                    ## pin the newest versions that pass `make test`
	.ci/lock $(VENV)

size: setup                    ## how large the parts, files, functions and classes are
	$(PY) -m tests.house.size

clean:                         ## everything that can be made again
	rm -rf $(VENV) build dist demo-workspace src/*.egg-info packages/*/*.egg-info packages/*/build src/runwatch/studio src/runwatch/widget/static studio/node_modules studio/.vite src/runwatch/*/_native*.so .mypy_cache .ruff_cache
