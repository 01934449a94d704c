# SupportNet: everything that one does with it. `make help` lists the targets.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run demo test quick fuzz mutants ci lint fix moments count bench messages lock set-up set-up-dev chromium gettext caddy

PYTHON ?= python3
PORT ?= 8000
DEMO ?= 1
PEOPLE ?= 60
SEED ?= 1
BOUND ?= 60
SAMPLE ?= 150
ONLY ?=
PY := .venv/bin/python
ON_SQLITE := not browser and not faults and not postgres and not fuzz
QUICK := $(ON_SQLITE) and not slow
# What the tests on SQLite asked their database, and so what those on PostgreSQL need not ask again.
STATEMENTS := .pytest_cache/statements
COMPILE := .venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
# A leap day; just before and after midnight; the hours in which Europe's clocks go forward and back; the last night
# of a year; a year ago and in a year.
MOMENTS ?= 2028-02-29T22:30Z 2027-03-28T00:59Z 2027-01-12T23:59:30Z 2027-01-13T00:01Z 2027-10-31T00:59Z \
	2026-12-31T23:30Z 2026-01-12T10:30Z 2028-01-12T10:30Z
# Linters look at the code, not at anybody's data.
NOWHERE := SUPPORTNET_VAR=.venv/nowhere DATABASE_URL=sqlite://:memory: REDIS_URL=memory://
PUBLIC := SITE_URL=https://support.example.org EMAIL_URL=smtps://user:password@mail.example.org \
	SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(50))') \
	SUPPORTNET_VAR=.venv/nowhere REDIS_URL=redis://localhost

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  PORT=8000 (run), DEMO=0 (run: empty start), PEOPLE=60 SEED=1 (demo), SEED=1 BOUND=60 (fuzz), SAMPLE=150 ONLY=requests/visibility/policies (mutants), PYTHON=python3.12"

run: set-up ## Start SupportNet on this machine; Ctrl-C ends it
	@PORT=$(PORT) DEMO=$(DEMO) $(PY) manage.py run

demo: set-up ## Fill the database with a believable demo
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) manage.py demo --people $(PEOPLE) --seed $(SEED)

test: set-up-dev chromium gettext caddy ## Run all tests: on SQLite, then on PostgreSQL what can differ there
	rm -rf $(STATEMENTS)
	TEST_STATEMENTS=$(STATEMENTS) $(PY) -m pytest -n 2 --dist worksteal -m "$(ON_SQLITE)"
	TEST_STATEMENTS=$(STATEMENTS) TEST_DATABASE=postgres \
		$(PY) -m pytest -n 2 --dist worksteal -m "not faults and not fuzz and not anywhere"
	TEST_DATABASE=postgres $(PY) -m pytest -n 2 --dist loadfile -m "faults"

quick: set-up-dev ## Run the quick tests only, on SQLite
	$(PY) -m pytest -n 2 --dist worksteal -m "$(QUICK)"

fuzz: set-up-dev ## Walk through everything by chance, SEED and BOUND (seconds for each walk) given, on both databases
	FUZZ_SEED=$(SEED) FUZZ_SECONDS=$(BOUND) $(PY) -m pytest -n 2 --show-capture=no -m "fuzz and not postgres" tests/fuzz
	FUZZ_SEED=$(SEED) FUZZ_SECONDS=$(BOUND) TEST_DATABASE=postgres $(PY) -m pytest -n 2 --show-capture=no -m fuzz tests/fuzz

mutants: set-up-dev ## Plant small faults, SAMPLE of them by SEED, and see whether the nearest tests notice
	@SEED=$(SEED) SAMPLE=$(SAMPLE) ONLY="$(ONLY)" $(PY) -m tests.mutants

ci: lint test ## Do what CI does: lint, then all tests

lint: set-up-dev gettext ## Look over code, templates, migrations, settings and translations
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/djlint templates --lint --quiet
	$(NOWHERE) $(PY) manage.py makemigrations --check --dry-run
	$(PUBLIC) $(PY) manage.py check --deploy --fail-level WARNING
	for file in locale/*/LC_MESSAGES/*.po; do \
		if [ -e "$$file" ]; then msgfmt --check-format --check-domain -o /dev/null "$$file"; fi; done

fix: set-up-dev ## Mend what the linters can mend by themselves
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	$(PY) -m tests.reflow

moments: set-up-dev chromium gettext caddy ## Run the quick tests at each of MOMENTS, at which suites break, and the others at two
	rm -rf $(STATEMENTS)
	for moment in $(MOMENTS); do TEST_MOMENT=$$moment TEST_STATEMENTS=$(STATEMENTS) \
		$(PY) -m pytest -q -n 2 --dist worksteal -m "$(QUICK)"; done
	for moment in $(wordlist 1,2,$(MOMENTS)); do TEST_MOMENT=$$moment TEST_STATEMENTS=$(STATEMENTS) \
		TEST_DATABASE=postgres $(PY) -m pytest -q -n 2 --dist worksteal \
		-m "not fuzz and (slow or faults or not anywhere)"; done

count: ## Write down how many tests there are, so that none is lost unseen
	@$(PY) -m tests.counting

bench: set-up-dev ## Measure: one JSON line for each budget
	@$(PY) -m tests.performance

messages: set-up-dev gettext ## Gather what is to be translated, and compile the translations
	$(NOWHERE) $(PY) manage.py makemessages --locale es --locale de --locale ar --no-location --ignore .venv --ignore var
	$(NOWHERE) $(PY) manage.py compilemessages --ignore .venv

lock: set-up-dev ## Pin all dependencies anew
	$(COMPILE) requirements.in -o requirements.lock
	$(COMPILE) requirements-dev.in -o requirements-dev.lock

# Set-up: the copy of a lock file in .venv says what is installed there.

set-up: .venv/bin/python
	@$(call install,requirements.lock)

set-up-dev: .venv/bin/python
	@$(call install,requirements-dev.lock)

define install
if ! cmp -s $(1) .venv/$(1); then \
	echo "Installing $(1) ..."; \
	[ -x .venv/bin/uv ] || $(PY) -m pip install -q --disable-pip-version-check uv 2> /dev/null || true; \
	.venv/bin/uv pip install -q --python $(PY) --require-hashes -r $(1) \
		|| $(PY) -m pip install -q --disable-pip-version-check --require-hashes -r $(1); \
	cp $(1) .venv/$(1); \
fi
endef

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "SupportNet needs Python 3.11 or newer. If you have one by another name: make PYTHON=python3.12 run"; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
		echo "Python cannot make a virtual environment here. On Debian and Ubuntu: apt install python3-venv"; exit 1; }

# Programs that tests and linters need: installed where we may, else named.

chromium:
	@$(call need,chromium chromium-browser google-chrome,chromium,browser tests)

gettext:
	@$(call need,msgfmt,gettext,translations)

caddy:
	@$(call need,caddy,caddy,tests of the shipped proxy)

define need
for name in $(1); do if command -v $$name > /dev/null; then exit 0; fi; done; \
if ! command -v apt-get > /dev/null; then echo "The $(3) need $(2): please install it."; exit 1; fi; \
if [ "$$(id -u)" = 0 ]; then as=; elif sudo -n true 2> /dev/null; then as=sudo; \
else echo "The $(3) need $(2): sudo apt-get install $(2)"; exit 1; fi; \
echo "Installing $(2) ..."; \
$$as apt-get update -qq && $$as env DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends $(2) > /dev/null
endef
