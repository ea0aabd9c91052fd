# make          builds bin/encode bin/hashgen bin/solve bin/bound bin/report
# make demo     runs the whole pipeline on a real MNIST network
# make check    runs the unit tests and a sample of the properties; takes a minute
# make test     runs all tests
# make race     runs the race detector on the packages with goroutines
# make fuzz     runs all fuzz targets in turn; FUZZTIME=600 for ten minutes in all
# make bench    prints the tables of docs/benchmarks.md; BASE=commit make bench
#               compares the speed of this tree with that of another commit
# make results  counts the MNIST networks and writes docs/results.md; may take hours
# make calibration  tries report's rules on known numbers, for docs/calibration.md
# make bounds   writes docs/bounds-table.md; takes minutes
# make falling  writes docs/falling.md; takes a quarter of an hour
# make lint     gofmt, go vet, staticcheck
# make man      writes man pages and completions of bash, zsh and fish below build/share
# make env      prints the settings that plain go commands need
#
# HIGHS=system uses the system's HiGHS, found with pkg-config, in place of the
# static library that comes as a Go module.

TOOLS = encode hashgen solve bound report
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2

HIGHS ?= bundled
export HIGHS
# cgo asks this stand-in for the flags of the package highs
export PKG_CONFIG = $(CURDIR)/build/highs/pkg-config

.PHONY: all stage demo check test race fuzz bench results bounds falling calibration man lint env clean

all: stage
	go build -buildvcs=auto -o bin/ $(addprefix ./,$(TOOLS))

stage:
	@sh .ci/need cc=gcc -lstdc++=g++ -lz=zlib1g-dev
	@PKG_CONFIG= sh pkg/highs/stage.sh

demo: all
	bin/encode examples/mnist-3-19-10.onnx | bin/bound | bin/hashgen -trials 28 | bin/solve -count | bin/report

check: stage
	go test -short ./...

test: all
	@sh .ci/need jq parallel zstd
	go test ./...

# folders whose code, tests aside, starts goroutines or shares memory
RACE = $(shell grep -rlE --include='*.go' --exclude='*_test.go' '^[[:space:]]*go [a-z]|\.Go\W|AfterFunc|sync/atomic' . | xargs -n1 dirname | sort -u)

race: stage
	go test -race -short $(RACE)

FUZZTIME ?= 60
fuzz: stage
	@sh .ci/fuzz $(FUZZTIME)

bench: all
	@sh .ci/need jq
	bash .ci/measure/bench.sh

results: all
	@sh .ci/need jq
	bash .ci/measure/results.sh

calibration: all
	@sh .ci/need jq
	bash .ci/measure/calibration.sh

bounds: all
	@sh .ci/need jq
	bash .ci/measure/bounds.sh

falling: all
	@sh .ci/need jq
	bash .ci/measure/falling.sh

man: all
	rm -rf build/share
	go run ./pkg/manual/generate build/share docs/records.md $(addprefix bin/,$(TOOLS))

lint: stage
	@test -z "$$(gofmt -l .)" || { echo "gofmt:"; gofmt -l .; exit 1; }
	go vet ./...
	go run $(STATICCHECK) ./...

env: stage
	@echo "export HIGHS=$(HIGHS) PKG_CONFIG=$(PKG_CONFIG)"

clean:
	rm -rf bin build
