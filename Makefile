# What a developer types. `make` alone lists it.
.DEFAULT_GOAL := help
.PHONY: help setup demo test faults fuzz bench attack check browser timing tour workbooks schemathesis client screenshots docs book sbom

FEATURES := --features postgres-tls,opentelemetry
PROFILE := $(if $(CI),ci,default)

help: ## List the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 22

setup: ## Install what is missing on Debian or Ubuntu: PostgreSQL, Chromium, OpenSSL's headers, cargo-nextest
	@.ci/setup

demo: ## Show a whole survey of a fictional trust, and serve it on http://127.0.0.1:8080
	cargo run --release -- demo

test: setup ## Run every test: unit, integration on both databases, browser
	cargo nextest run $(FEATURES) --profile $(PROFILE)
	cargo test $(FEATURES) --doc
	$(MAKE) browser
	$(MAKE) schemathesis CASES=1

faults: setup ## Break everything around it, the long forms: disks, clocks, databases, processes (about 15 minutes)
	CANDOUR_FAULTS=full CANDOUR_KILLS=100 cargo nextest run $(FEATURES) --profile faults

SECONDS ?= 600
fuzz: ## Throw made-up bytes at every reader, SECONDS (600) for each target (nightly Rust; all targets take over an hour and a half)
	@cargo fuzz --version >/dev/null 2>&1 || { echo "cargo-fuzz is missing; 'cargo install --locked cargo-fuzz' brings it (a minute)" >&2; exit 1; }
	for target in $$(ls fuzz/seeds); do \
		mkdir -p fuzz/corpus/$$target && \
		cargo +nightly fuzz run $$target fuzz/corpus/$$target fuzz/seeds/$$target -- \
			-max_total_time=$(SECONDS) -timeout=10 -rss_limit_mb=1024 -max_len=65536 -print_final_stats=1 || exit 1; \
	done

bench: setup ## Measure pages, submits and tabulation beside references of the same run; pages and submits into docs/performance.md (release build)
	CANDOUR_WRITE_DOCS=1 cargo bench $(FEATURES) --bench service
	test -d target/reference || python3 -m venv target/reference
	target/reference/bin/pip install --quiet -r tests/reference/requirements.txt
	CANDOUR_REFERENCE_PYTHON=target/reference/bin/python cargo bench $(FEATURES) --bench tabulation

attack: ## Attack the release of the demo and a protected table from outside, in Python with another solver (minutes)
	cargo build --release
	test -d target/attack || python3 -m venv target/attack
	target/attack/bin/pip install --quiet -r tests/attack/requirements.txt
	target/release/candour protect docs/examples/answers.toml --out target/attack/cells
	target/attack/bin/python tests/attack/attack.py table docs/examples/answers.toml target/attack/cells/cells.csv
	target/attack/bin/python tests/attack/attack.py release target/release/candour

browser: ## Run the tests in Chromium: the staff form without JavaScript, accessibility of every page
	cargo build $(FEATURES)
	cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund --silent && npm test

timing: ## Time every office page on the demo's release (release build)
	cargo build --release
	cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund --silent && CANDOUR_BINARY=../../target/release/candour node timing.mjs

workbooks: ## Open the demo's workbooks with programs that did not write them: openpyxl, odfpy, LibreOffice where it is there; and hold them against the API
	cargo build $(FEATURES)
	test -d target/reference || python3 -m venv target/reference
	target/reference/bin/pip install --quiet -r tests/reference/requirements.txt
	cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund --silent && mkdir -p ../../target/workbooks && node archive.mjs ../../target/workbooks/release.zip ../../target/workbooks/api.json
	target/reference/bin/python tests/reference/workbooks.py target/workbooks/release.zip target/workbooks/api.json

schemathesis: ## Throw generated requests at the API by its own document (CASES=40 for each route and caller)
	cargo build $(FEATURES)
	CASES=$(or $(CASES),40) tests/schemathesis/run

client: ## Generate a typed Python client from the OpenAPI document, and run the tour with it against the demo
	cargo build $(FEATURES)
	docs/examples/python-client/run

screenshots: ## Write the pictures of docs/screens anew, every page at two sizes (NAMES=policy,wres for some)
	cargo build --release
	cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund --silent && CANDOUR_BINARY=../../target/release/candour npm run screenshots
	test -d target/reference || python3 -m venv target/reference
	target/reference/bin/pip install --quiet pillow==13.0.0
	target/reference/bin/python tests/reference/smaller.py docs/screens

tour: ## Time the tour of docs/tour.md as somebody new walks it, up to the report for the board (release build)
	cargo build --release
	cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund --silent && CANDOUR_BINARY=../../target/release/candour node tour.mjs

check: ## Formatting, lints, licences, documentation; nothing may warn
	cargo fmt --check
	cargo clippy --all-targets $(FEATURES) -- --deny warnings
	@cargo deny --version >/dev/null 2>&1 || { echo "cargo-deny is missing; 'cargo install --locked cargo-deny' brings it (a few minutes)" >&2; exit 1; }
	cargo deny check licenses bans sources
	RUSTDOCFLAGS="--deny warnings" cargo doc --no-deps --document-private-items $(FEATURES)

docs: ## Write what comes from the code: docs/configuration.md, docs/openapi.json
	CANDOUR_WRITE_DOCS=1 cargo nextest run $(FEATURES) the_configuration_reference the_document_is_the_one_in_docs

book: ## Build docs/book, to be read in a browser
	@mdbook --version >/dev/null 2>&1 || { echo "mdBook is missing; 'cargo install --locked mdbook' brings it (a few minutes)" >&2; exit 1; }
	mdbook build docs

sbom: ## Write candour.cdx.json, the list of all parts (CycloneDX)
	@cargo cyclonedx --version >/dev/null 2>&1 || { echo "cargo-cyclonedx is missing; 'cargo install --locked cargo-cyclonedx' brings it (a few minutes)" >&2; exit 1; }
	cargo cyclonedx --format json $(FEATURES)
