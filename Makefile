# Everything lives in .venv, which is made once for every requirements.lock, from its hashes alone.
PYTHON ?= python3
BIN := .venv/bin
MADE := .venv/made-from-$(firstword $(shell sha256sum requirements.lock))
UV := uv==0.13.9
MAKEFLAGS += --no-print-directory

.PHONY: run test faults fuzz lint lock catalog pictures bench

run: $(MADE)  ## the whole product in one process; with no token it shows demo data
	@grep -qsE '^(DEMO|TELEGRAM_TOKEN|VK_TOKEN)=.' .env || [ -n "$$TELEGRAM_TOKEN$$VK_TOKEN" ] || export DEMO="$${DEMO:-1}" OPS_PORT="$${OPS_PORT:-8081}"; \
	exec $(BIN)/python -m bots run

test: lint  ## every check and every test; the seed is in the first lines
	@$(BIN)/python -m pytest -n auto

faults: $(MADE)  ## everything that can break, broken on purpose, with counts: SEEDS=3 SEED=1 ONLY=01,09 SIZE=full
	@SIZE=$(SIZE) $(BIN)/python -m pytest -n auto --maxschedchunk 1 -o python_files='trial_*.py' -p no:randomly \
	    tests/faults/trials -q --durations 12 \
	    --seeds $(or $(SEEDS),3) $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only $(ONLY),--figures var/faults.md)

fuzz: $(MADE)  ## what no messenger and no person should send, on every way in and on both engines: N=10000 SEED=1
	@$(BIN)/python -m tests.fuzz -n $(or $(N),10000) $(if $(SEED),--seed $(SEED))

lint: $(MADE)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

lock:  ## after a change of pyproject.toml; `make lock UP=--upgrade` takes what is new
	@test -x .venv/lock/bin/uv || { $(PYTHON) -m venv .venv/lock && .venv/lock/bin/pip install -q $(UV); }
	.venv/lock/bin/uv pip compile pyproject.toml --quiet --all-extras --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --no-header --no-annotate -o requirements.lock $(UP)
	.venv/lock/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	    --constraint requirements.lock --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
	    -o deploy/requirements.lock  # what the image needs of it

catalog: $(MADE)  ## brings the .po files in line with what the code says; then translate what is new
	@mkdir -p var
	$(BIN)/pybabel -q extract -F pyproject.toml --no-default-keywords -k line -k lines:1,2 \
	    --no-location --no-wrap --sort-output --omit-header -o var/messages.pot bots dialogs core
	$(BIN)/pybabel -q update -i var/messages.pot -d locales -l ru --init-missing --no-wrap --no-fuzzy-matching --ignore-obsolete \
	    --ignore-pot-creation-date

bench: $(MADE)  ## how fast it is beside what others would be built with; needs PostgreSQL, Redis and a quiet machine
	@$(BIN)/python -m tests.bench $(BENCH)

pictures: $(MADE)  ## every main screen into var/pictures, and the pictures of the README; four minutes
	$(BIN)/python -m tests.browser.pictures

$(MADE):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Otklik needs Python 3.11 or newer: name one with make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
	    { echo "Python cannot make a virtual environment here: apt-get install python3-venv"; exit 1; }
	@echo "Making .venv (once for this requirements.lock; about a minute) ..."
	@rm -rf .venv && $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@touch $@
