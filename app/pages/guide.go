package pages

import (
	"io"
	"slices"
	"time"

	"github.com/switchbackhq/switchback/internal/guide"
	"github.com/switchbackhq/switchback/internal/testorders"
)

// GuidePath is the set-up guide's address.
const GuidePath = "/guide"

// Guide is the page that leads through the set-up.
type Guide struct {
	Frame
	Facts guide.Facts
	Guide guide.Guide
	// Held is what turning a switch on would set free, in words, by the switch's name.
	Held map[string]string
	// Current is the step that was acted on last; it stands open beside the next one.
	Current guide.StepID
	// Typed is the note, or number, that was refused at the current step.
	Typed string
	// Tried is the return URL to look at, with the order and the ZIP that stand in for a buyer's.
	Tried Tried
}

// Tried is a return URL as the validator sees it.
type Tried struct {
	URL string
	// Order is a real order's number, or a made-up one when Real is false.
	Order string
	Real  bool
	ZIP   string
	// Ends is the portal with both filled in. A look at it goes there at once: through the return link it would count as a buyer's.
	Ends string
	// Findings are about the URL, Portal about what it leads to.
	Findings []guide.Finding
	Portal   guide.Finding
}

// All are both.
func (t Tried) All() []guide.Finding { return append(slices.Clip(t.Findings), t.Portal) }

// Good tells whether nothing is to be mended about the URL.
func (t Tried) Good() bool {
	for _, f := range t.Findings {
		if !f.OK {
			return false
		}
	}
	return len(t.Findings) > 0
}

// Example is the URL as TikTok would fill it in.
func (t Tried) Example() string { return guide.Example(t.URL, t.Order, t.ZIP) }

// Render writes the page.
func (g Guide) Render(w io.Writer) error { return renderEmbedded(w, "guide.html", g) }

// GuideSheet is the same for print, for the account manager.
type GuideSheet struct{ Guide }

// Render writes the page.
func (g GuideSheet) Render(w io.Writer) error { return renderEmbedded(w, "guide_print.html", g) }

// GuideStep is a step as the page shows it.
type GuideStep struct {
	guide.Step
	N     int
	Badge Badge
	// Path is where its forms go.
	Path string
	// Shown tells whether it stands open.
	Shown bool
}

// Steps are the guide's, the next one and the current one open.
func (g Guide) Steps() []GuideStep {
	next, _ := g.Guide.Next()
	list := make([]GuideStep, len(g.Guide.Steps))
	for n, step := range g.Guide.Steps {
		list[n] = GuideStep{
			Step: step, N: n + 1, Badge: guideBadge(step), Path: GuidePath + "/" + string(step.ID),
			Shown: step.ID == next.ID || step.ID == g.Current || step.State == guide.Needs,
		}
	}
	return list
}

func guideBadge(s guide.Step) Badge {
	switch {
	case s.State == guide.Done:
		return Badge{"success", "Done"}
	case s.State == guide.Needs:
		return Badge{"warning", "Look here"}
	case s.Optional:
		return Badge{"neutral", "Optional"}
	}
	return Badge{"info", "To do"}
}

// Seen tells whether the app itself knows how far the step is.
func (s GuideStep) Seen() bool { return s.Proof == guide.Seen }

// Is compares the step's name.
func (s GuideStep) Is(id guide.StepID) bool { return s.ID == id }

// ReturnURLs are the addresses that may be pasted into the Return Proxy App.
func (g Guide) ReturnURLs() []guide.Text {
	step, _ := g.Guide.Step(guide.ReturnURL)
	return step.Texts
}

// TestRunning tells whether a test order is under way: then the page follows it.
func (g Guide) TestRunning() bool { return g.Facts.TestOrder.State == testorders.Running }

// TestStep is a step of the test order in words.
type TestStep struct {
	Badge   Badge
	Message string
	At      time.Time
}

// TestSteps are what the last test order did.
func (g Guide) TestSteps() []TestStep {
	var list []TestStep
	for _, step := range g.Facts.TestOrder.Steps {
		badge := Badge{"success", "Done"}
		switch step.Outcome {
		case testorders.Information:
			badge = Badge{"info", "For your information"}
		case testorders.NotOK:
			badge = Badge{"critical", "Failed"}
		}
		list = append(list, TestStep{badge, step.Message, step.At})
	}
	return list
}
