# What one types. Everything else is in tools/daybook, which needs nothing but Python's standard library.

PYTHON = $(or $(shell command -v python3),$(error Daybook needs Python 3.11 or newer: apt-get install python3))
DAYBOOK = PYTHONPATH=tools/daybook/src $(PYTHON) -m daybook

.DEFAULT_GOAL := help
.PHONY: help up start stop status logs demo admin test browser chaos fuzz bench containers check fix lock env docs doctor clean

help: ## this list
	@sed -n 's/^\([a-z][a-z ]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name says; do printf '  make %-10s %s\n' "$$name" "$$says"; done
	@echo '  Ports: DAYBOOK_APP_PORT (3000), DAYBOOK_API_PORT (8000). Engines of your own: DATABASE_URL, REDIS_URL, RABBITMQ_URL.'

up: ## set up what is missing and start everything here; Ctrl-C stops it
	@$(DAYBOOK) up

start: ## the same in the background; returns when everything is ready
	@$(DAYBOOK) start

stop: ## stop everything, wherever it was started
	@$(DAYBOOK) stop

status: ## what runs where
	@$(DAYBOOK) status

logs: ## what it wrote; s=todos for one service
	@$(DAYBOOK) logs $(s)

demo: ## an account with 200 todos in it
	@$(DAYBOOK) demo

admin: ## a service's own commands: s=auth do="keys list"
	@$(DAYBOOK) admin $(s) $(do)

test: ## every test; only=python, only=frontend or only=e2e for one suite
	@$(DAYBOOK) test $(if $(only),--only $(only))

browser: ## every browser test and Lighthouse, and a picture of each page in frontend/screenshots
	@$(DAYBOOK) browser

chaos: ## the promises in full size, for hours; promise=P8 for one. Writes docs/evidence
	@$(DAYBOOK) chaos $(promise)

fuzz: ## bad input for every operation, 1,000 requests each. Writes docs/evidence/P12.json
	@$(DAYBOOK) chaos P12

bench: ## what requests cost, beside nginx, and open streams. Writes docs/evidence
	@$(DAYBOOK) bench

containers: ## the images built and started with Docker, and tested. Writes docs/evidence/containers.json
	@$(DAYBOOK) containers

check: ## lint, format, types, import contracts, shape
	@$(DAYBOOK) check

fix: ## mend what a machine can mend
	@$(DAYBOOK) fix

lock: ## write requirements*.txt anew, after a change of dependencies
	@$(DAYBOOK) lock

env: ## passwords and keys for docker compose
	@$(DAYBOOK) env

doctor: ## what this machine has and lacks
	@$(DAYBOOK) doctor

docs: ## what a library's documentation says: lib=fastapi about="lifespan events"
	@$(DAYBOOK) docs $(lib) $(about)

clean: ## remove what was installed and built; data stays
	@$(DAYBOOK) clean
