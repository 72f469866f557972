package browsertest

import (
	"os"
	"path/filepath"
	"testing"
)

// axePath is where npm puts axe-core for the app's pages, from the module's root.
const axePath = "app/pages/assets/node_modules/axe-core/axe.min.js"

// Axe is the source of axe-core. Where npm has not installed it the test is
// skipped, in CI it fails: `make assets` installs it.
func Axe(t testing.TB) string {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; folder != filepath.Dir(folder); folder = filepath.Dir(folder) {
		if source, err := os.ReadFile(filepath.Join(folder, axePath)); err == nil { //nolint:gosec // the module's own file
			return string(source)
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("no axe-core: CI must look for barriers")
	}
	t.Skip("not checked: axe-core is not installed (make assets does it)")
	return ""
}
