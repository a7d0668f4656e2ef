# The two commands that most people need are `make run` and `make test`; `make help` lists them all.

ARGS ?=
DATA ?= data
LISTEN ?= 127.0.0.1:8080

SWIFT_BUILD = swift build -c release $(SWIFTFLAGS)
BIN = .build/release/teahouse
SOURCES = Package.swift $(shell find Sources -type f)

.PHONY: help run build test check format bench bench-peers dist clean

help: ## lists these commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s '|'

run: build ## builds, loads the demo shop, tells what it found, serves the console (LISTEN=127.0.0.1:9090 DATA=folder ARGS=--exit)
	@$(BIN) demo --data $(DATA) --listen $(LISTEN) $(ARGS)

build: $(BIN) ## builds the release program

# Only when a source is newer than the program: asking the package manager alone takes longer than the demo's second start.
$(BIN): $(SOURCES)
	@scripts/setup.sh run
	@$(SWIFT_BUILD) --product teahouse
	@touch $(BIN)

test: ## sets up everything that the tests need, and runs them all
	@scripts/setup.sh test
	@scripts/venv.sh
	@TEAHOUSE_TESTING=1 $(SWIFT_BUILD) --scratch-path .build-test --build-tests
	@TEAHOUSE_TESTING=1 swift test -c release $(SWIFTFLAGS) --scratch-path .build-test --skip-build

check: ## format, imports, warnings, house rules
	@scripts/check.sh

format: ## formats the Swift sources in place
	@swift format format --parallel --recursive --in-place Package.swift Sources Tests

bench: build ## measures, and prints the tables of BENCHMARKS.md
	@scripts/setup.sh bench
	@Benchmarks/run.sh $(BIN)

bench-peers: build ## the questions of the benchmark kit beside chdb, DuckDB and Polars (TEAHOUSE_BENCH=folder of the kit)
	@Benchmarks/peers.sh

dist: ## a stripped tarball under dist/ that runs on another Debian without Swift
	@scripts/setup.sh run
	@scripts/dist.sh

clean: ## removes what was built; keeps the data
	@rm -rf .build .build-test .build-dist .venv dist
