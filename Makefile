# The commands of daily work; `make help` lists them. CMake presets do the building.

SHELL := /bin/bash
JOBS ?= $(shell nproc)
CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/weir
# Compile several files of a folder at once; OFF for work on few files.
UNITY ?= ON
FLOWC := build/release/bin/flowc

# Objects are found again when the same files are compiled in another clone.
export CCACHE_BASEDIR := $(CURDIR)
# The Python that has the packages of the tests.
export WEIR_TEST_PYTHON ?= $(CACHE)/test-python/bin/python

# ThreadSanitizer of g++ 12 needs less address-space randomization than new kernels apply.
NO_ASLR := $(shell setarch $$(uname -m) -R true 2>/dev/null && echo setarch $$(uname -m) -R)
# What the sanitizers run: the engine's own unit tests and the flow tests; for ThreadSanitizer what
# has threads.
ASAN_TESTS := ^(unit|flow|fuzz_flow)
TSAN_TESTS := ^(unit_runtime_(exec|operators|base|delivery|server|query|connectors.*)|flow)

CTEST := ctest --output-on-failure --no-tests=error -j $(JOBS)

.DEFAULT_GOAL := help
.PHONY: help build run test oracle bench sanitize asan tsan format install install-tests \
        install-store bench-checkpoints bench-state chaos simulation bench-store bench-kafka clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: ## What the build needs (Debian packages, ANTLR tool)
	@deploy/dev/install.sh

install-tests: ## What the tests need too
	@deploy/dev/install.sh --tests --store

install-store: install ## What build needs and the embedded ClickHouse engine (178 MB, once)
	@deploy/dev/install.sh --store

build: install ## flowc, optimized, as build/release/bin/flowc
	@echo "[build] configuring build/release"
	@cmake --preset release -DBUILD_TESTING=OFF -DWEIR_UNITY=$(UNITY) --log-level=WARNING
	@echo "[build] compiling flowc with $(JOBS) jobs"
	@set -o pipefail; NINJA_STATUS="$${NINJA_STATUS:-[build] %f of %t, %e s: }" \
	  cmake --build --preset release -j $(JOBS) --target flowc $(PLAIN)
	@echo "[build] done: $(FLOWC)"

run: ## The bundled speed layer with generated events, until Ctrl-C
	@# The engine is fetched while flowc compiles; lines of both need a pipe, not a rewritten line.
	@$(MAKE) --no-print-directory -j 2 PLAIN='| cat' install-store build
	@echo "[run] $(FLOWC) run pipelines/speed_layer/speed_layer.flow --profile demo"
	@if [ -e data/demo ]; then echo "[run] a new demo: data/demo of the last one is removed"; \
	  rm -rf data/demo; fi
	@echo "[run] generated events flow through the speed layer; Ctrl-C drains it and ends"
	@exec $(FLOWC) run pipelines/speed_layer/speed_layer.flow --profile demo

test: install-tests ## Everything in release mode, and all its tests
	@echo "[test] configuring build/release"
	@cmake --preset release -DBUILD_TESTING=ON -DWEIR_UNITY=$(UNITY) --log-level=WARNING
	@echo "[test] compiling with $(JOBS) jobs"
	@cmake --build --preset release -j $(JOBS)
	@mkdir -p build/results
	@WEIR_REQUIRE_STORE=1 $(CTEST) --preset release --output-junit $(CURDIR)/build/results/release.xml

sanitize: ## Unit and flow tests under the sanitizers
	@$(MAKE) --no-print-directory asan
	@$(MAKE) --no-print-directory tsan

asan: install-tests ## Unit and flow tests with AddressSanitizer and UBSan
	@echo "[asan] configuring build/dev"
	@cmake --preset dev -DWEIR_UNITY=$(UNITY) --log-level=WARNING
	@echo "[asan] compiling with $(JOBS) jobs"
	@cmake --build --preset dev -j $(JOBS) --target engine_tests
	@mkdir -p build/results
	@$(CTEST) --preset dev -R '$(ASAN_TESTS)' --output-junit $(CURDIR)/build/results/dev.xml

tsan: install-tests ## Execution and flow tests with ThreadSanitizer
	@echo "[tsan] configuring build/tsan"
	@cmake --preset tsan -DWEIR_UNITY=$(UNITY) --log-level=WARNING
	@echo "[tsan] compiling with $(JOBS) jobs"
	@cmake --build --preset tsan -j $(JOBS) --target threaded_tests
	@mkdir -p build/results
	@$(NO_ASLR) $(CTEST) --preset tsan -R '$(TSAN_TESTS)' \
	  --output-junit $(CURDIR)/build/results/tsan.xml

oracle: install-tests build ## The speed layer against DuckDB, 1 M events: files, logs, a real Kafka
	@$(WEIR_TEST_PYTHON) tests/oracle/run_oracle.py --flowc $(FLOWC) --full
	@$(WEIR_TEST_PYTHON) tests/oracle/run_topics_oracle.py --flowc $(FLOWC) --through log \
	  --events 1000000
	@deploy/dev/services up kafka --port auto --dir build/oracle-broker
	@$(WEIR_TEST_PYTHON) tests/oracle/run_topics_oracle.py --flowc $(FLOWC) --through kafka \
	  --events 1000000 --broker build/oracle-broker; \
	  status=$$?; deploy/dev/services down kafka --dir build/oracle-broker --purge; exit $$status

SEEDS ?= 10000
simulation: install-tests ## The whole engine from 10 000 seeds with faults; SEEDS=N for others
	@cmake --preset release -DBUILD_TESTING=ON -DWEIR_UNITY=$(UNITY) --log-level=WARNING
	@cmake --build --preset release -j $(JOBS) --target simulation
	@build/release/bin/simulation --seeds $(SEEDS) --jobs $(JOBS)

chaos: install-store install-tests build ## kill -9 while the speed layer runs: 200 times on 1 M events, and at all kill points
	@deploy/dev/services up kafka --port auto --dir build/chaos-broker
	@chaos() { $(WEIR_TEST_PYTHON) tests/chaos/run_chaos.py --flowc $(FLOWC) \
	    --broker build/chaos-broker "$$@"; }; \
	  chaos --through kafka --kills 200 --per-round 25 --events 1000000 --every 1s && \
	  chaos --points --passages 1 && \
	  chaos --rounds 20 --events 200000; \
	  status=$$?; deploy/dev/services down kafka --dir build/chaos-broker --purge; exit $$status

bench: build ## CPU per event of the job in bench/e2e, 1 M events, one worker
	@python3 bench/e2e/run_job.py --flowc $(FLOWC)

bench-checkpoints: build ## What checkpoints cost, how long they pause, how long a restart takes
	@python3 bench/e2e/run_checkpoints.py --flowc $(FLOWC)
	@python3 bench/e2e/run_restart.py --flowc $(FLOWC)

bench-state: build ## 20 M keys in a state of 256 MiB, each checked; a restart of it; windows; 10 M ids in dedupe
	@python3 bench/e2e/run_state.py --flowc $(FLOWC)
	@python3 bench/e2e/run_state_windows.py --flowc $(FLOWC)
	@python3 bench/e2e/run_dedupe.py --flowc $(FLOWC)
	@python3 bench/e2e/run_dedupe.py --flowc $(FLOWC) --memory 64 --check

bench-store: install-store build ## CPU per event from a file into the embedded store
	@python3 bench/e2e/run_store.py --flowc $(FLOWC)

bench-kafka: build ## CPU per record from and to a Kafka broker, which it starts and stops
	@deploy/dev/install.sh --services
	@python3 bench/e2e/run_kafka.py --flowc $(FLOWC)

format: ## Own C++ code in the project's format (needs clang-format 16)
	@git ls-files -z '*.h' '*.cc' | xargs -0 -r $$(command -v clang-format-16 || echo clang-format) -i

clean: ## Removes build/
	@rm -rf build
