package pages_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	action    = regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	component = regexp.MustCompile(`(?s)<(s-[a-z-]+)([^<>]*)>`)
	attribute = regexp.MustCompile(`([A-Za-z][\w-]*)(?:="([^"]*)")?`)
)

// Polaris ignores what it does not know, so that an attribute with a slip in it would only
// be missed by whoever looks closely.
func TestPagesUseWhatPolarisHas(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/polaris.json")
	if err != nil {
		t.Fatal(err)
	}
	var polaris struct {
		Values map[string][]string
		Tags   map[string]map[string]string
	}
	if err := json.Unmarshal(raw, &polaris); err != nil {
		t.Fatal(err)
	}
	// App Bridge's, not Polaris'.
	polaris.Tags["s-app-nav"] = map[string]string{}
	polaris.Tags["s-link"]["rel"] = ""
	paths, err := filepath.Glob("templates/*/*.html")
	if err != nil || len(paths) == 0 {
		t.Fatal(err, paths)
	}
	used := 0
	for _, path := range append(paths, "templates/layout.html") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, tag := range component.FindAllStringSubmatch(action.ReplaceAllString(string(text), "§"), -1) {
			used++
			known, ok := polaris.Tags[tag[1]]
			if !ok {
				t.Errorf("%s: Polaris has no <%s>", path, tag[1])
				continue
			}
			for _, a := range attribute.FindAllStringSubmatch(strings.ReplaceAll(tag[2], "§", " "), -1) {
				check(t, path+": "+tag[1], strings.ToLower(a[1]), a[2], known, polaris.Values)
			}
		}
	}
	if used < 10 {
		t.Errorf("only %d components were found", used)
	}
}

func check(t *testing.T, where, name, value string, known map[string]string, values map[string][]string) {
	t.Helper()
	if slices.Contains([]string{"id", "class", "slot", "hidden"}, name) || strings.HasPrefix(name, "data-") {
		return
	}
	set, ok := known[name]
	if !ok {
		t.Errorf("%s has no attribute %s", where, name)
		return
	}
	if takes := values[set]; set != "" && strings.TrimSpace(value) != "" && !slices.Contains(takes, value) {
		t.Errorf("%s: %s is %q, and takes %v", where, name, value, takes[:min(len(takes), 12)])
	}
}
