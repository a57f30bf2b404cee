# The two commands of the README, and those of a developer. Presets: CMakePresets.json.
.PHONY: help run test test-tsan build deps test-deps bench bench-peers bench-build clean

JOBS ?= $(shell nproc)
SERVER = build/release/parleyd

help:
	@echo "make run    install what is missing, build, start the server on http://127.0.0.1:8080"
	@echo "make test   install what is missing, build and run every test"
	@echo "make build  the release build: $(SERVER)"
	@echo "make bench  build and run the benchmarks: bench/README.md; make bench-peers adds the peers"

run: build
	@mkdir -p data
	@scripts/dev-secret data/secret
	PARLEY_AUTH__HS256_SECRET_FILE=$${PARLEY_AUTH__HS256_SECRET_FILE:-data/secret} exec $(SERVER) serve

build: deps
	@test -f build/release/build.ninja || cmake --preset release
	@cmake --build --preset release -j $(JOBS)

deps:
	@scripts/install-packages $(shell cat scripts/packages)

test-deps: deps
	@scripts/install-packages $(shell cat scripts/packages-test)

test: test-deps
	scripts/run-tests

test-tsan: test-deps
	scripts/run-tsan-tests

bench-build: test-deps
	@test -f build/bench/build.ninja || cmake --preset bench
	@cmake --build --preset bench -j $(JOBS)

bench: bench-build
	bench/compare.py --parleyd build/bench/parleyd --store mysql

# Peers are measured, never needed: Debian's services of the same name are not started by this.
bench-peers: bench-build
	@scripts/install-packages $(shell cat scripts/packages-peers)
	@npm ci --prefix bench/peers/socketio --no-audit --no-fund
	@if command -v dotnet >/dev/null; then \
	  dotnet publish bench/peers/aspnet -c Release -o build/peers/aspnet --nologo -v quiet; fi
	bench/compare.py --parleyd build/bench/parleyd --store mysql \
	  --peers nchan,nats,socketio,aspnet,ejabberd --rounds 3 --shapes 10x10w1,1x100w1,1x1000w1,10x10w16,1x100w16,1x1000w16

clean:
	rm -rf build
