# Needs python3 (3.11 or newer, with venv) and make, nothing else. Every program runs as `python -m`,
# because a script's first line cannot name an interpreter in a path with a space.

PYTHON ?= python3
VENV := .venv/bin/python
PIP := $(VENV) -m pip install --quiet --disable-pip-version-check
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/django.po))

.PHONY: help install install-dev run test test-deep mutation check format lock messages
.DELETE_ON_ERROR:

help:
	@echo "make run      start Payround here: prepares everything, then http://127.0.0.1:8000/ (PORT=…)"
	@echo "make test     run the whole suite (ARGS='-k promise' for a part)"
	@echo "make test-deep thousands of long random books of money, a thousand races, on PostgreSQL: hours, for the night"
	@echo "make mutation how many deliberate mistakes in the rules of money the tests find"
	@echo "make check    style, types, floors, templates, deployment, migrations"
	@echo "make install  prepare .venv alone"
	@echo "make format   let ruff put files in order"
	@echo "make messages bring locale/ up to the sentences of the product, for translating"
	@echo "make lock     resolve pyproject.toml again into the two lock files"

# --- what is installed: a stamp tells when, so the second time costs nothing --------------------

$(VENV):
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Payround needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	@echo "Making a virtual environment in .venv …"
	@$(PYTHON) -m venv .venv

.venv/product.stamp: requirements.lock | $(VENV)
	@echo "Installing what Payround needs (the first time takes a minute) …"
	@$(PIP) -r requirements.lock
	@touch $@

.venv/dev.stamp: requirements-dev.lock .venv/product.stamp
	@echo "Installing what the tests and checks need …"
	@$(PIP) -r requirements-dev.lock
	@touch $@

%.mo: %.po .venv/product.stamp
	@$(VENV) -m babel.messages.frontend --quiet compile --input-file $< --output-file $@

install: .venv/product.stamp $(CATALOGUES)

install-dev: .venv/dev.stamp $(CATALOGUES)

# --- daily work ---------------------------------------------------------------------------------

run: install
	@exec $(VENV) -m config.run

test: install-dev
	$(VENV) -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal --quiet $(ARGS)

test-deep: install-dev
	LEDGER_EXAMPLES=$${LEDGER_EXAMPLES:-5000} LEDGER_STEPS=$${LEDGER_STEPS:-100} LEDGER_SHRINK=1 \
		$(VENV) -m tests.on_services $(VENV) -m pytest --numprocesses auto --quiet tests/ledger/test_money_machine.py $(ARGS)
	RACE_ROUNDS=1000 $(VENV) -m tests.on_services $(VENV) -m pytest --quiet \
		tests/ledger/test_gate_races.py tests/ledger/test_night_races.py

mutation: install-dev
	$(VENV) -m benchmarks.mutation

PRODUCTION_LIKE := SECRET_KEY=$$($(VENV) -c 'import secrets; print(secrets.token_urlsafe(64))') \
	ALLOWED_HOSTS=payround.example DEBUG=0 DATABASE_URL= REDIS_URL= PAYROUND_DATA_DIR=var/check
# All that a deployment must not get wrong. A missing printing library is told by the plain check.
DEPLOYED := --tag security --tag models --tag urls --tag templates --tag staticfiles --tag translation --tag compatibility --tag caches

check: install-dev
	$(VENV) -m ruff check .
	$(VENV) -m ruff format --check .
	$(VENV) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
	$(VENV) -m djlint templates --quiet --lint
	@mkdir -p var/check
	PAYROUND_DATA_DIR=var/check DATABASE_URL= $(VENV) manage.py check
	PAYROUND_DATA_DIR=var/check DATABASE_URL= $(VENV) manage.py makemigrations --check --dry-run
	@$(PRODUCTION_LIKE) $(VENV) manage.py check --deploy --fail-level WARNING $(DEPLOYED)
	PAYROUND_DATA_DIR=var/check DATABASE_URL= $(VENV) -m mypy .

format: install-dev
	$(VENV) -m ruff check --fix .
	$(VENV) -m ruff format .

BABEL := $(VENV) -m babel.messages.frontend --quiet
LAZY := gettext_lazy _t ngettext_lazy:1,2 pgettext_lazy:1c,2 npgettext_lazy:1c,2,3

messages: install
	@$(BABEL) extract --mapping-file babel.cfg $(addprefix --keywords ,$(LAZY)) --sort-by-file --no-wrap \
		--add-location file --output-file .venv/django.pot .
	@$(BABEL) update --input-file .venv/django.pot --output-dir locale --domain django --no-wrap \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	@echo "locale/ has every sentence. Fill the empty ones; make test names what is missing."

EXTRAS := --extra postgres --extra bank --extra einvoice --extra plan
DEV_EXTRAS := $(EXTRAS) --extra test --extra mutation --extra services --extra browser --extra lint
LOCK := .venv/lock/bin/python -m uv pip compile --universal --python-version 3.11 --no-header --quiet pyproject.toml

lock: | $(VENV)
	$(PYTHON) -m venv .venv/lock
	.venv/lock/bin/python -m pip install --quiet uv
	$(LOCK) $(EXTRAS) --output-file requirements.lock
	$(LOCK) $(DEV_EXTRAS) --constraints requirements.lock --output-file requirements-dev.lock
