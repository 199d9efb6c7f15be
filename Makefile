# One door. `make demo` and `make test` need Python 3.11 and make, nothing else.

PYTHON ?= python3.11
VENV := .venv
PY := $(VENV)/bin/python
ONCE ?=
PORT ?=

.DEFAULT_GOAL := help
.PHONY: help demo run test check lint fix lock setup setup-dev clean

help:
	@echo "make demo    the whole path on this machine (ONCE=1 ends after the table, PORT=8001)"
	@echo "make run     the platform without the demo's story (PORT=8001)"
	@echo "make test    all tests; installs what they need"
	@echo "make check   what CI runs: lint, then test"
	@echo "make lint    style, types, layers, sizes, migrations, settings"
	@echo "make fix     let ruff repair and format"
	@echo "make lock    renew the lists of exact versions"

demo: setup
	@$(PY) -m tools.demo $(if $(ONCE),--once) $(if $(PORT),--port $(PORT))

run: setup
	@$(PY) -m tools.stack up $(if $(PORT),--web-port $(PORT))

test: setup-dev
	@sh tools/ensure_chromium.sh
	@sh tools/ensure_pango.sh $(PY)
	@$(PY) -m pytest -n 2 --dist loadgroup

check: lint test

lint: setup-dev
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy
	$(VENV)/bin/lint-imports
	$(PY) tools/check_sizes.py
	$(PY) tools/check_templates.py
	$(PY) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(PY) -m tools.check_deploy

fix: setup-dev
	$(PY) -m ruff check --fix
	$(PY) -m ruff format

# Exact versions, without the address of any package index.
COMPILE = $(VENV)/bin/pip-compile --quiet --upgrade --strip-extras --allow-unsafe --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options

lock: setup-dev
	$(COMPILE) --output-file requirements.txt requirements.in
	$(COMPILE) --output-file requirements-dev.txt requirements-dev.in
	cd federation/node && $(CURDIR)/$(COMPILE) --output-file requirements.txt requirements.in

setup: $(VENV)/.installed
	@:

setup-dev: $(VENV)/.installed-dev
	@:

# The stamps are newer than the lists they were made from, or the lists are installed again.
$(VENV)/.installed: requirements.txt pyproject.toml
	@PYTHON="$(PYTHON)" sh tools/install.sh $(VENV) requirements.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --editable . || \
		echo "The command kinhold-node is not there; $(PY) -m federation.node does the same." >&2
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@PYTHON="$(PYTHON)" sh tools/install.sh $(VENV) requirements-dev.txt
	@touch $@

clean:
	@if [ -x $(PY) ]; then $(PY) -m tools.stack remove; fi
	rm -rf staticfiles build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
