module relucount

go 1.26.0

require (
	github.com/bartolsthoorn/gohighs v0.1.0
	github.com/klauspost/compress v1.20.3
	github.com/lanl/highs v1.0.0
	github.com/rogpeppe/go-internal v1.16.0
	golang.org/x/sync v0.12.0
	golang.org/x/term v0.47.0
	gonum.org/v1/gonum v0.17.0
	google.golang.org/protobuf v1.36.12
)

require (
	golang.org/x/exp v0.0.0-20221217163422-3c43f8badb15 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/tools v0.30.0 // indirect
)
