# What can be done here; `make` alone says so.
GO ?= go
LINT = $(GO) tool -modfile=.ci/lint/go.mod golangci-lint

help: ## say what can be done here
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

build: ## build the program: ./screener
	$(GO) build -o screener ./cmd/screener

demo: ## screen the sample sheet against the sample lists, offline: demo/report.xlsx
	$(GO) run ./cmd/screener demo --out demo

# A slow or busy machine takes longer than go test's own ten minutes a package.
TEST_TIMEOUT ?= 40m

test: ## run the tests (PostgreSQL's skip where it is not installed)
	$(GO) test -timeout $(TEST_TIMEOUT) ./...

golden: ## write the golden files anew; read the diff
	$(GO) test ./lists ./matching ./reports -update

BENCH_TIMEOUT ?= 60m

bench: ## speed and memory, with how to read them; the README names the sizes that can be set
	$(GO) test -run '^$$' -bench . -benchmem -timeout $(BENCH_TIMEOUT) ./...

FUZZTIME ?= 1000x

fuzz: ## fuzz every target in turn, FUZZTIME=10m for long; what it finds stays in testdata/fuzz
	@for pkg in $$($(GO) list ./...); do \
	  for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 5x $$pkg || exit 1; \
	  done; \
	done

lint: ## vet, formatting, house rules and the arrows between rooms
	$(GO) vet ./...
	@test -z "$$(gofmt -l cmd screening lists matching jobs reports)" || { gofmt -l cmd screening lists matching jobs reports; exit 1; }
	$(GO) tool staticcheck ./...
	$(LINT) run

VERSION ?= 0.0.0+$(shell git rev-parse --short=12 HEAD 2>/dev/null || echo devel)
PACKAGING = cmd/screener/packaging
ARCH ?= amd64

release: ## programs for every platform, with hashes, bill of materials and licences: dist/, VERSION=1.2.3
	$(PACKAGING)/release $(VERSION) $(PLATFORMS)

deb: ## a Debian package: dist/screener_VERSION_ARCH.deb, VERSION=1.2.3 ARCH=arm64
	mkdir -p dist
	$(PACKAGING)/build linux $(ARCH) $(VERSION) dist/screener-$(VERSION)-linux-$(ARCH)
	$(PACKAGING)/licences > dist/THIRD-PARTY-LICENCES.txt
	rm -f dist/screener.toml && $(GO) run ./cmd/screener template dist/screener.toml
	$(PACKAGING)/debian/build dist/screener-$(VERSION)-linux-$(ARCH) $(VERSION) $(ARCH) dist/screener_$(VERSION)_$(ARCH).deb

reproducible: ## build twice, in two folders: the same bytes, or it fails
	$(PACKAGING)/reproducible

vuln: ## known weaknesses of what is built in (asks vuln.go.dev)
	$(GO) tool -modfile=.ci/package/go.mod govulncheck ./...

check: lint test ## what a change must pass

.PHONY: help build demo test golden bench fuzz lint release deb reproducible vuln check
