# The two commands of the README, and those of a developer. Presets: CMakePresets.json.
.PHONY: help run hello check-fresh-machine check-package test test-tsan fuzz build deb deps test-deps \
  bench bench-peers bench-build web web-dev web-test web-pictures web-deps clean

# One for each core, as far as memory goes: a unit of the release takes up to 1.6 GB to compile.
JOBS ?= $(shell awk -v cores=$$(nproc) '/^MemAvailable/ { fit = int($$2 / 1700000); \
  print fit < 1 ? 1 : fit < cores ? fit : cores }' /proc/meminfo)
SERVER = build/release/parleyd

help:
	@echo "make run    install what is missing, build, start the server on http://127.0.0.1:8080"
	@echo "make hello  two people chat on that server: docs/examples/hello.mjs"
	@echo "make test   install what is missing, build and run every test"
	@echo "make fuzz   run each fuzz target for ten minutes"
	@echo "make build  the release build: $(SERVER)"
	@echo "make web    build the web client anew: web/dist, which the server carries"
	@echo "make deb    a Debian package of it: build/release/parleyd.deb"
	@echo "make bench  build and run the benchmarks: bench/README.md; make bench-peers adds the peers"

run: build
	@mkdir -p -m 700 data
	@scripts/dev-secret data/secret
	PARLEY_AUTH__HS256_SECRET_FILE=$${PARLEY_AUTH__HS256_SECRET_FILE:-data/secret} \
	PARLEY_AUTH__ACCOUNTS=$${PARLEY_AUTH__ACCOUNTS:-true} exec $(SERVER) serve

hello:
	@scripts/install-packages nodejs npm
	@cd docs/examples && ../../scripts/with-node npm ci --no-audit --no-fund --loglevel=error
	@cd docs/examples && ../../scripts/with-node node hello.mjs $(URL)

# Installs, runs, upgrades and purges it in a minimal Debian, as root.
check-package: deb
	@scripts/install-packages $(shell cat scripts/packages-deb-check)
	scripts/check-package

check-fresh-machine:
	@scripts/install-packages $(shell cat scripts/packages-ci)
	scripts/check-fresh-machine

build: deps
	@test -x $(SERVER) || echo "building for the first time: 5 to 8 min of CPU, shared by $(JOBS) jobs"
	@test -f build/release/build.ninja || cmake --preset release
	@cmake --build --preset release -j $(JOBS)

# build/release/parleyd.deb, for the Debian it is built on.
deb: build
	@scripts/install-packages $(shell cat scripts/packages-deb)
	@cd build/release && rm -f *.deb && cpack -G DEB >/dev/null
	@mv build/release/parleyd_*.deb build/release/parleyd.deb && echo build/release/parleyd.deb

deps:
	@scripts/install-packages $(shell cat scripts/packages)

test-deps: deps
	@scripts/install-packages $(shell cat scripts/packages-test)

test: test-deps
	scripts/run-tests

fuzz: test-deps
	@test -f build/asan/build.ninja || cmake --preset asan
	@cmake --build --preset asan -j $(JOBS) --target fuzz_targets
	tests/fuzz/run --seconds 600 --jobs $(JOBS)

test-tsan: test-deps
	scripts/run-tsan-tests

bench-build: test-deps
	@test -f build/bench/build.ninja || cmake --preset bench
	@cmake --build --preset bench -j $(JOBS)

bench: bench-build
	bench/run.py bench --minutes 18 --seconds 3 --warmup 1

# Peers are measured, never needed: Debian's services of the same name are not started by this.
bench-peers: bench-build
	@scripts/install-packages $(shell cat scripts/packages-peers)
	@npm ci --prefix bench/peers/socketio --no-audit --no-fund
	@if command -v dotnet >/dev/null; then \
	  dotnet publish bench/peers/aspnet -c Release -o build/peers/aspnet --nologo -v quiet; fi
	bench/run.py peers --peers nchan,nats,socketio,aspnet,ejabberd

# web/dist is committed: a server is built without Node.
web: web-deps
	@cd web && ../scripts/with-node npm run --silent build

# The pages at http://127.0.0.1:4200, everything else from the server at PARLEY_URL (http://127.0.0.1:8080).
web-dev: web-deps
	@cd web && ../scripts/with-node npm run --silent dev

web-test: web-deps
	@cd web && ../scripts/with-node npm run --silent test

# Takes the pictures of README.md anew.
web-pictures: web-deps
	@cd web && ../scripts/with-node node --test e2e/readme-pictures.mjs

web-deps:
	@scripts/install-packages nodejs npm
	@cd web && { [ node_modules/.package-lock.json -nt package-lock.json ] || \
	  ../scripts/with-node npm ci --no-audit --no-fund --ignore-scripts --loglevel=error; }

clean:
	rm -rf build
