package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

var (
	actionUsed   = regexp.MustCompile(`(?m)^\s*(?:- )?uses:\s*(.*)$`)
	actionPinned = regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
)

// TestActionsArePinned: a tag of somebody else's may be moved, a commit may not.
func TestActionsArePinned(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir("../.github/workflows")
	check(t, err)
	used := 0
	for _, file := range files {
		text := deployed(t, ".github/workflows/"+file.Name())
		for _, action := range actionUsed.FindAllStringSubmatch(text, -1) {
			if used++; !actionPinned.MatchString(action[1]) {
				t.Errorf("%s uses %s: want a commit and its version", file.Name(), action[1])
			}
		}
		var workflow struct {
			Permissions map[string]string
			Jobs        map[string]struct {
				Permissions any
				Steps       []struct{ Run string }
			}
		}
		check(t, yaml.Unmarshal([]byte(text), &workflow))
		if len(workflow.Permissions) == 0 || len(workflow.Jobs) == 0 {
			t.Errorf("%s does not say what it may do: %+v", file.Name(), workflow)
		}
		for name, right := range workflow.Permissions {
			if right != "read" && file.Name() != "release.yml" {
				t.Errorf("%s may %s %s", file.Name(), right, name)
			}
		}
	}
	if used < 5 {
		t.Errorf("only %d actions: is the search still right?", used)
	}
}

// TestChangesAreChecked: what CI runs is what a contributor can run.
func TestChangesAreChecked(t *testing.T) {
	t.Parallel()
	if text := deployed(t, ".github/workflows/check.yml"); !strings.Contains(text, "- run: .ci/run\n") || !strings.Contains(text, "pull_request:") {
		t.Error("changes are not checked")
	}
	info, err := os.Stat("../.ci/run")
	if err != nil || info.Mode().Perm()&0o100 == 0 {
		t.Errorf(".ci/run cannot be run: %v, %v", info, err)
	}
}

// TestReleasesAreSigned: by the workflow that makes them, whose identity the README has people look for.
func TestReleasesAreSigned(t *testing.T) {
	t.Parallel()
	var release struct {
		Checksum struct {
			Name string `yaml:"name_template"`
		}
		Signs []struct {
			Cmd, Artifacts, Signature string
			Args                      []string
		}
	}
	check(t, yaml.Unmarshal([]byte(deployed(t, ".goreleaser.yaml")), &release))
	if len(release.Signs) != 1 {
		t.Fatalf("signatures: %+v", release.Signs)
	}
	sign := release.Signs[0]
	if sign.Cmd != "cosign" || sign.Artifacts != "checksum" || !slices.Equal(sign.Args, []string{"sign-blob", "--bundle=${signature}", "--yes", "${artifact}"}) {
		t.Errorf("%+v", sign)
	}
	bundle := strings.Replace(sign.Signature, "${artifact}", release.Checksum.Name, 1)
	if readme := deployed(t, "README.md"); !strings.Contains(readme, "--bundle "+bundle) || !strings.Contains(readme, `/\.github/workflows/release\.yml@refs/tags/v`) {
		t.Errorf("the README does not say how %s is verified", bundle)
	}
	workflow := deployed(t, ".github/workflows/release.yml")
	for _, part := range []string{"id-token: write", "sigstore/cosign-installer@", "sbom-action/download-syft@", "goreleaser/goreleaser-action@", `tags: ["v*"]`} {
		if !strings.Contains(workflow, part) {
			t.Errorf("the release workflow lacks %s", part)
		}
	}
}

// TestAVulnerabilityFails by govulncheck's exit status, whatever words stand in what it says; only a database that is
// away is told and passes.
func TestAVulnerabilityFails(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("make is not installed")
	}
	const away = "govulncheck: fetching vulnerabilities: Get \"https://vuln.example/index\": dial tcp: lookup vuln.example: no such host"
	for name, c := range map[string]struct {
		says   string
		exit   int
		passes bool
		told   string
	}{
		"nothing found":            {"No vulnerabilities found.", 0, true, "No vulnerabilities found."},
		"a vulnerability":          {"Vulnerability #1: GO-2026-0001\n    A timeout is not kept in a lookup", 3, false, "GO-2026-0001"},
		"one in other words":       {"A finding that is told as it never was before: timeout", 3, false, "as it never was"},
		"one beside a bad network": {away, 3, false, "no such host"},
		"the database away":        {away, 1, true, "not checked: "},
		"the database refuses":     {"govulncheck: fetching vulnerabilities: HTTP GET https://vuln.example/index returned unexpected status: 500", 1, false, "exit status 1"},
		"the program breaks":       {"govulncheck: loading packages: undefined: timeout, and dial tcp stands in it", 1, false, "exit status 1"},
		"it cannot be fetched":     {"go: module: Get \"https://proxy.example\": dial tcp: i/o timeout", 1, false, "exit status 1"},
		"it is called wrongly":     {"no packages matched the provided patterns", 2, false, "exit status 2"},
		"words of a good run":      {"a timeout\nNo vulnerabilities found.", 0, true, "No vulnerabilities found."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tool := filepath.Join(t.TempDir(), "tool")
			script := fmt.Sprintf("#!/bin/sh\ncat <<'END'\n%s\nEND\nexit %d\n", c.says, c.exit)
			check(t, os.WriteFile(tool, []byte(script), 0o600))
			cmd := exec.CommandContext(t.Context(), "make", "--directory=..", "--no-print-directory", "--environment-overrides", "vuln")
			cmd.Env = append(os.Environ(), "TOOL=sh "+tool)
			out, err := cmd.CombinedOutput()
			if (err == nil) != c.passes || !strings.Contains(string(out), c.told) {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}
