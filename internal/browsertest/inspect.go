package browsertest

import (
	"os"
	"path/filepath"
	"testing"
)

// mostShift is how much of a document may move after it was drawn.
const mostShift = 0.05

// Inspect holds what is in the tab to what every page owes whoever looks at it:
// it fits the window, has no barrier that axe finds, does not jump about, and
// leaves nothing red on the console but what is expected. Where PICTURES names a
// folder, a picture is left there.
func (tab *Tab) Inspect(t testing.TB, axe, name string, views []*View, expected ...string) {
	t.Helper()
	for _, view := range views {
		paint := view.Paint(t)
		t.Logf("%s: the largest part was drawn after %.0f ms, %.3f of it moved", name, paint.LargestMS, paint.Shift)
		if paint.Shift > mostShift {
			t.Errorf("%s %s: %.3f of it moved after it was drawn", name, view.origin, paint.Shift)
		}
		// What is folded is looked at too.
		view.Eval(t, `document.querySelectorAll("details").forEach((d) => { d.open = true })`, nil)
		if pixels := view.Overflows(t); pixels > 0 {
			t.Errorf("%s %s is %d pixels wider than its window", name, view.origin, pixels)
		}
		for _, barrier := range view.Barriers(t, axe) {
			t.Errorf("%s %s: %s", name, view.origin, barrier)
		}
	}
	for _, trouble := range tab.Troubles(expected...) {
		t.Errorf("%s: %s", name, trouble)
	}
	if folder := os.Getenv("PICTURES"); folder != "" {
		if err := os.WriteFile(filepath.Join(folder, name+".png"), tab.Picture(t), 0o600); err != nil { //nolint:gosec // whoever runs the tests names the folder
			t.Fatal(err)
		}
	}
}
