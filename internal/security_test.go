package internal_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	testNamed = regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9_]+)`")
	testMade  = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Za-z0-9_]+)\(`)
)

// TestThreatModel holds SECURITY.md to the tests that it names: each line of its
// table names one, and each that it names is there.
func TestThreatModel(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	made := tests(t)
	lines := 0
	for line := range strings.Lines(string(text)) {
		named := testNamed.FindAllStringSubmatch(line, -1)
		for _, one := range named {
			if !made[one[1]] {
				t.Errorf("SECURITY.md names %s, which is no test", one[1])
			}
		}
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| who |") {
			continue
		}
		if lines++; len(named) == 0 {
			t.Errorf("no test holds %s", line)
		}
	}
	if lines < 15 {
		t.Errorf("only %d threats", lines)
	}
}

// tests are the names of all tests in the tree.
func tests(t *testing.T) map[string]bool {
	t.Helper()
	made := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == ".git"):
			return filepath.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		source, err := os.ReadFile(path)
		for _, one := range testMade.FindAllSubmatch(source, -1) {
			made[string(one[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return made
}
