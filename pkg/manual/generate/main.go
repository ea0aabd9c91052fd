// Generate writes man pages and completions of shells below a folder. It asks the
// tools that it is given, built, for their descriptions:
//
//	go run ./pkg/manual/generate build/share docs/records.md bin/encode bin/solve ...
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"relucount/pkg/cli"
	"relucount/pkg/manual"
)

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: generate FOLDER RECORDS TOOL ...")
		os.Exit(2)
	}
	if err := generate(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func generate(folder, records string, programs []string) error {
	page, err := os.ReadFile(records)
	if err != nil {
		return err
	}
	var tools []cli.Description
	for _, program := range programs {
		text, err := exec.Command(program, "-describe").Output()
		if err != nil {
			return fmt.Errorf("%s -describe: %w", program, err)
		}
		var d cli.Description
		if err := json.Unmarshal(text, &d); err != nil {
			return fmt.Errorf("%s -describe: %w", program, err)
		}
		tools = append(tools, d)
	}
	for name, text := range manual.Files(tools, string(page)) {
		file := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			return err
		}
	}
	return nil
}
