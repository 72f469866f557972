package browsertest

import (
	"fmt"
	"testing"
)

// Paint is how a document came onto the screen.
type Paint struct {
	// LargestMS is when the largest part of it was drawn, in milliseconds since the visit began.
	LargestMS float64
	// Shift is how much of it moved after it was drawn (cumulative layout shift).
	Shift float64
}

// Paint measures the document as it was loaded.
func (v *View) Paint(t testing.TB) Paint {
	t.Helper()
	var p Paint
	v.Eval(t, `new Promise((done) => {
		const paint = { LargestMS: 0, Shift: 0 };
		new PerformanceObserver((list) => { for (const e of list.getEntries()) paint.LargestMS = e.startTime; })
			.observe({ type: "largest-contentful-paint", buffered: true });
		new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput) paint.Shift += e.value; })
			.observe({ type: "layout-shift", buffered: true });
		requestAnimationFrame(() => setTimeout(() => done(paint), 100));
	})`, &p)
	return p
}

// Overflows tells by how many pixels the document is wider than its window.
func (v *View) Overflows(t testing.TB) int {
	t.Helper()
	var pixels int
	v.Eval(t, `Math.max(0, document.documentElement.scrollWidth - window.innerWidth)`, &pixels)
	return pixels
}

// Barriers are what axe-core, whose source is given, finds against the Web
// Content Accessibility Guidelines 2.2 at levels A and AA.
func (v *View) Barriers(t testing.TB, axe string) []string {
	t.Helper()
	var found []struct {
		ID, Help string
		Nodes    []struct{ HTML, FailureSummary string }
	}
	off := ""
	if v.part { // it need not have what a whole page has
		off = `region: { enabled: false }, "landmark-one-main": { enabled: false }, "page-has-heading-one": { enabled: false }`
	}
	v.Eval(t, axe+`;axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], rules: {`+off+`} })
		.then((r) => r.violations.map((x) => ({ ID: x.id, Help: x.help, Nodes: x.nodes.map((n) => ({ HTML: n.html, FailureSummary: n.failureSummary })) })))`, &found)
	var barriers []string
	for _, f := range found {
		for _, n := range f.Nodes {
			barriers = append(barriers, fmt.Sprintf("%s (%s): %s %s", f.ID, f.Help, n.HTML, n.FailureSummary))
		}
	}
	return barriers
}
