package internal_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// licenses are those that the binary may carry, told by a sentence of theirs.
// MPL-2.0 asks for the sources of its own files, which are public and unchanged.
var licenses = map[string]string{
	"Apache-2.0": `Apache License Version 2\.0`,
	"MIT":        `Permission is hereby granted, free of charge, to any person obtaining a copy`,
	"BSD":        `Redistribution and use in source and binary forms`,
	"ISC":        `Permission to use, copy, modify, and/?o?r? distribute this software`,
	"MPL-2.0":    `Mozilla Public License Version 2\.0`,
}

// weak lists the modules whose license asks for more than being named; a new one is a decision.
var weak = []string{"github.com/riverqueue/river", "riverqueue.com/riverui"}

// TestLicenses holds every module in the binary against the list.
func TestLicenses(t *testing.T) {
	t.Parallel()
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Dir}}{{end}}{{end}}", "../app")
	out, err := list.Output()
	if err != nil {
		t.Fatalf("list modules: %v", err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	slices.Sort(lines)
	lines = slices.Compact(lines)
	if len(lines) < 20 {
		t.Fatalf("only %d modules: is the test where it should be?", len(lines))
	}
	for _, line := range lines {
		module, dir, _ := strings.Cut(line, "\t")
		if module == "" {
			continue
		}
		switch name := licenseIn(t, dir); {
		case name == "":
			t.Errorf("%s: no license that is known in %s", module, dir)
		case name == "MPL-2.0" && !slices.ContainsFunc(weak, func(known string) bool { return module == known || strings.HasPrefix(module, known+"/") }):
			t.Errorf("%s is under %s", module, name)
		}
	}
}

var spaces = regexp.MustCompile(`\s+`)

// licenseIn reads a module's license; empty where there is none or another one.
func licenseIn(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		upper := strings.ToUpper(entry.Name())
		if !strings.HasPrefix(upper, "LICENSE") && !strings.HasPrefix(upper, "LICENCE") && !strings.HasPrefix(upper, "COPYING") { //nolint:misspell // how some spell it
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, entry.Name())) //nolint:gosec // a file of the module cache
		if err != nil {
			t.Fatal(err)
		}
		for name, sentence := range licenses {
			if regexp.MustCompile(`(?i)` + sentence).MatchString(spaces.ReplaceAllString(string(text), " ")) {
				return name
			}
		}
	}
	return ""
}
