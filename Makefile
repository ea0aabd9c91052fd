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
# make cluster-test  shares work out over three hosts, made on this machine (Linux, root)
# make gallery  makes the pictures of docs/gallery.md; takes seconds
# make browser  tests pages in Debian's chromium, with axe-core from npm
# make lint     gofmt, go vet, staticcheck, known vulnerabilities, licences
# make install  installs programs, man pages, completions, documents and examples below
#               PREFIX, /usr/local by default; DESTDIR=folder for packagers
# make uninstall  removes what make install has put below PREFIX
# make dist     packs all that for this system: build/dist/relucount-*.tar.gz
# make deb, make rpm  the same as packages for Debian and Fedora and their kin
# make man      writes man pages and completions of bash, zsh and fish below build/share
# make env      prints the settings that plain go commands need
#
# HIGHS=system uses the system's HiGHS, found with pkg-config, in place of the
# static library that comes as a Go module.

TOOLS = encode hashgen solve bound report
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK = golang.org/x/vuln/cmd/govulncheck@v1.1.4

PREFIX ?= /usr/local

# -version names the revision where git knows it
BUILDVCS := $(shell git status >/dev/null 2>&1 && echo auto || echo false)
export BUILDVCS

HIGHS ?= bundled
export HIGHS
# cgo asks this stand-in for the flags of the package highs; go reads the quotes
export PKG_CONFIG = '$(CURDIR)/build/highs/pkg-config'
# go's cache does not know what pkg-config said; this tells it when that may have changed
STAGE := $(HIGHS)_$(shell cksum <pkg/highs/stage.sh | cut -d ' ' -f 1)
export CGO_CPPFLAGS := $(strip $(filter-out -DHIGHS_STAGE=%,$(CGO_CPPFLAGS)) -DHIGHS_STAGE=$(STAGE))

# make -j as make: go uses all processors by itself, and recipes share folders
.NOTPARALLEL:

.PHONY: all stage demo check test race fuzz bench results bounds falling gallery calibration cluster-test browser man install built uninstall dist deb rpm lint env clean

all: stage
	go build -buildvcs=$(BUILDVCS) -o bin/ $(addprefix ./,$(TOOLS))

stage:
	@sh .ci/need cc=gcc -lstdc++=g++ -lz=zlib1g-dev
	@PKG_CONFIG= sh pkg/highs/stage.sh

demo: all
	bin/encode examples/mnist-3-19-10.onnx | bin/bound | bin/hashgen -trials 28 | bin/solve -count | bin/report
	bin/encode -domain=-1,1 examples/spiral-2-32-32-32-2.onnx | bin/solve -regions -vertices -affine | \
		bin/report -format svg -color class > docs/gallery/spiral-class.svg
	@echo "docs/gallery/spiral-class.svg shows the regions of a network of two inputs"

check: stage
	go test -short ./...

test: all
	@sh .ci/need jq parallel python3 zstd
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
	bash .ci/measure/statistics.sh

bounds: all
	@sh .ci/need jq
	bash .ci/measure/bounds.sh

falling: all
	@sh .ci/need jq
	bash .ci/measure/falling.sh

cluster-test: all
	@bash .ci/cluster/test.sh

man: all
	rm -rf build/share
	go run ./pkg/manual/generate build/share docs/records.md $(addprefix bin/,$(TOOLS))

# sudo make install takes what is built: root may have no Go
install: $(if $(SUDO_UID),built,man)
	@sh .ci/install bin "$(DESTDIR)$(PREFIX)"

built:
	@[ -x bin/solve ] && [ -d build/share ] || { echo "run make man first, without sudo" >&2; exit 1; }

uninstall:
	@sh .ci/install -u "$(DESTDIR)$(PREFIX)"

dist: man
	@sh .ci/dist tar

deb rpm: man
	@sh .ci/dist $@

gallery: all
	@sh .ci/need jq
	bash .ci/measure/gallery.sh

browser: stage
	@sh .ci/need chromium npm
	npm install --silent --no-save --prefix build/axe axe-core
	AXE="$(CURDIR)/build/axe/node_modules/axe-core/axe.min.js" go test -count 1 -run TestBrowser -v ./pkg/page

lint: stage
	@test -z "$$(gofmt -l .)" || { echo "gofmt:"; gofmt -l .; exit 1; }
	go vet ./...
	go run $(STATICCHECK) ./...
	@sh .ci/vulnerabilities $(GOVULNCHECK)
	@sh .ci/licences | cmp -s - THIRD_PARTY || { echo "what is linked has changed: look at it, then sh .ci/licences >THIRD_PARTY"; exit 1; }

env: stage
	@echo "export HIGHS=$(HIGHS) PKG_CONFIG=\"$(PKG_CONFIG)\" CGO_CPPFLAGS='$(CGO_CPPFLAGS)'"

clean:
	rm -rf bin build
