# Every command of the project. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PORT ?= 8000
ITEMS ?= 20000
SERVE ?= 1
HTTPS ?= 0
PY := .venv/bin/python

.PHONY: help setup setup-dev demo serve test proof check day bench bench-floor bench-orders bench-peer year parcels shell messages lock format

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

setup: ## Make .venv with what the site needs (quick when nothing changed)
	@tools/setup.sh run

setup-dev: ## The same with what tests and checks need
	@tools/setup.sh dev

demo: setup ## The demo network, filled and served at http://localhost:8000 (ITEMS=20000 PORT=8000 SERVE=1)
	@PORT=$(PORT) ITEMS=$(ITEMS) SERVE=$(SERVE) HTTPS=$(HTTPS) tools/demo.sh

serve: setup ## Web and worker together, with the data that is there (PORT=8000 HTTPS=0)
	@$(PY) manage.py prepare
	@exec $(PY) manage.py serve --port $(PORT) $(if $(filter 1,$(HTTPS)),--https)

test: setup-dev ## The whole suite on SQLite, and on PostgreSQL where it is found
	@tools/test.sh

proof: setup-dev ## The long, hard proofs (kills, thousands of rows, many processes)
	@tools/test.sh proof

check: setup-dev ## Style, types, imports, templates, translations, migrations, sizes
	@tools/check.sh

day: setup-dev ## A day of four people in a real browser, 30 objects, with its pictures in build/day
	@REBOND_DAY=30 REBOND_SHOTS=build/day $(PY) -m pytest -q tests/journeys/test_played_day.py

bench: setup-dev ## Figures beside their floors in one run (ITEMS=100000)
	@$(PY) -m tools.bench --items $(if $(filter command,$(origin ITEMS)),$(ITEMS),100000)

bench-floor: setup-dev ## 50 stations at work in a large catalogue, then 50 pickers and packing tables, then the shop beside them (ITEMS=1000000)
	@$(PY) -m tools.bench.shift build/floor --items $(if $(filter command,$(origin ITEMS)),$(ITEMS),1000000)
	@$(PY) -m tools.bench.shift build/floor --orders --out build/bench-orders-floor.json
	@$(PY) -m tools.bench.shift build/floor --web

bench-orders: setup-dev ## Buyers who order at given rates, from the basket to a paid order (RATES=5,10,15,20,30,50)
	@$(PY) -m tools.bench.orders build/orders --items 60000 $(if $(RATES),--rates $(RATES))

bench-peer: setup-dev ## The race for unique objects, then django-oscar in the same one (its own environment, from the internet)
	@tools/bench-peer.sh

year: setup-dev ## A simulated year of orders, then the proof of its books, day by day (ORDERS=100000; an hour)
	@REBOND_VAR=build/year PAYMENT_PROVIDER=test PAYOUT_PROVIDER=test $(PY) -m tools.bench.prepare year_data:run $(or $(ORDERS),100000)

parcels: setup-dev ## A simulated day of parcels with kills and a carrier that fails, then its proof (ORDERS=5000 SITES=1 PEOPLE=4)
	@REBOND_VAR=build/parcels PAYMENT_PROVIDER=test $(PY) -m tools.bench.prepare parcels_day:run $(or $(ORDERS),5000) $(or $(SITES),1) $(or $(PEOPLE),4)

shell: setup ## A Python shell with the models at hand
	@exec $(PY) manage.py shell

messages: setup-dev ## Rewrite the translation catalogues from the code (needs GNU gettext), then say what is missing
	@$(PY) tools/messages.py update && $(PY) tools/messages.py check

format: setup-dev ## Format the code
	@.venv/bin/ruff format rebond tests tools manage.py && .venv/bin/ruff check --fix rebond tests tools manage.py

lock: setup-dev ## Compile requirements/*.in again into hash-locked files
	@tools/setup.sh lock
