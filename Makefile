# Everything that a person or a machine does with this repository. `make help` lists it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= ../shared/data/dev
FUZZ_S ?= 600
CHAOS_S ?= 3600
CHAOS_SEED ?= 1
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
# Debian keeps mosquitto in /usr/sbin, which is not on everyone's path.
export PATH := $(PATH):/usr/sbin:/sbin
export PYTHON VENV

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-long test-hardware test-peers test-system test-image check bench fuzz chaos image lock clean

help: ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: ## system packages where it may, .venv, the project
	@.ci/setup

demo: setup ## a spoken conversation, end to end, on this machine alone
	@$(BIN)/oyez demo $(ARGS)

# Two at a time: stories mostly wait for sound to be played.
test: check ## everything that must hold; ARGS are pytest's
	@$(BIN)/python -m pytest --cov --cov-report=term-missing:skip-covered \
	    -n 2 --dist worksteal -m "not long" --ignore=tests/peers --ignore=tests/system --ignore=tests/image $(ARGS)

check: setup ## style, types, floor plan, scripts, units
	@$(BIN)/ruff format --check --quiet . || { echo "style: run $(BIN)/ruff format" >&2; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@mkdir -p build
	@$(BIN)/lint-imports --no-logo > build/lint-imports.log 2>&1 || { cat build/lint-imports.log >&2; exit 1; }
	@PYTHONPATH=image $(BIN)/lint-imports --no-logo --config image/.importlinter > build/lint-imports.log 2>&1 \
	    || { cat build/lint-imports.log >&2; exit 1; }
	@git ls-files -z .ci image '*.sh' | xargs -0 -r grep -lZ '^#!.*sh' | xargs -0 -r shellcheck
	@.ci/verify-units

test-long: setup ## stories that take long (every row of the table of ends, every moment of a cut), properties on other examples
	@OYEZ_RANDOM=1 $(BIN)/python -m pytest --no-cov -q tests/unit $(ARGS)
	@$(BIN)/python -m pytest --no-cov -v -m long --ignore=tests/peers --ignore=tests/system --ignore=tests/image $(ARGS)

test-hardware: setup ## tests/hardware on the board that ARGS name (--board NAME --rig rig.toml; see its README), and a report
	@$(BIN)/python -m pytest --no-cov -v tests/hardware $(ARGS)

test-peers: setup ## six other Realtime clients against oyez-local, our client against two other servers, the device in a real Home Assistant; ARGS are pytest's
	@$(BIN)/python -m tests.peers.install
	@$(BIN)/python -m tests.peers.servers.install
	@$(BIN)/python -m tests.peers.home_assistant.install
	@$(BIN)/python -m tests.peers.node_red.install
	@$(BIN)/python -m pytest --no-cov -v tests/peers $(ARGS)

test-system: setup ## the units under a real systemd in containers, and in a QEMU guest with a kernel and a sound card of its own; ARGS are pytest's
	@$(BIN)/python -m tests.system.install
	@$(BIN)/python -m tests.system.root
	@$(BIN)/python -m pytest --no-cov -v --durations=0 --durations-min=1 tests/system $(ARGS)

test-image: setup ## the image booted by QEMU through U-Boot: first boot, updates and rollback, power cuts, a dying card; ARGS are pytest's
	@$(BIN)/python -m tests.image.install
	@$(BIN)/python -m tests.image.images
	@code=0; $(BIN)/python -m pytest --no-cov -v -s --durations=15 --durations-min=5 tests/image $(ARGS) || code=$$?; \
	    cat build/test-image/boots.md; exit $$code

bench: setup ## all measurements on DATA, one JSON each under build/bench, and a table
	@$(BIN)/python -m tests.bench --data $(DATA) --out build/bench

fuzz: setup ## changed messages of the voice service and of MQTT, changed oyez.toml, FUZZ_S seconds long (600)
	@$(BIN)/python -m tests.fuzz --seconds $(FUZZ_S) --work build/fuzz

chaos: setup ## CHAOS_S seconds of conversation (3600) in less time, a fault every few seconds by CHAOS_SEED (1)
	@$(BIN)/python -m tests.chaos --seconds $(CHAOS_S) --seed $(CHAOS_SEED) --out build/chaos/report.json

image: setup ## the SD card's image and the bundle for updates, under build/image (as root); ARGS: docs/image.md
	@PYTHONPATH=image $(BIN)/python -m oyez_image $(ARGS)

lock: setup ## pin the newest versions that pyproject.toml allows
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    --all-extras pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    --constraint requirements.lock requirements-build.in -o requirements-build.lock
	@for kind in plain local; do extras="--extra board --extra backend"; \
	    [ $$kind = plain ] || extras="$$extras --extra local"; \
	    $(BIN)/uv pip compile --quiet --python-version 3.13 --python-platform aarch64-manylinux_2_39 $$extras \
	        --generate-hashes --no-header --no-annotate --constraint requirements.lock pyproject.toml \
	        -o image/locks/$$kind.lock; done

clean: ## forget everything that was made here
	@rm -rf build dist .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage
