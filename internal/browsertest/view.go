package browsertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// View is what one document shows: the tab's own, or a frame's.
type View struct {
	tab *Tab
	// origin begins the frame's address; empty for the tab's own document.
	origin string
	part   bool
}

// Part is the same view of a document that is only a part of the page around it.
func (v *View) Part() *View { return &View{v.tab, v.origin, true} }

// View looks at the frame whose address begins with origin, or at the tab's own
// document. The frame is looked for anew each time, so that a View outlives what it shows.
func (tab *Tab) View(origin string) *View { return &View{tab: tab, origin: origin} }

var errNoFrame = errors.New("no such frame")

func (v *View) frame(ctx context.Context) (cdp.FrameID, error) {
	tree, err := chromedp.Call(ctx, page.GetFrameTree, cdp.Empty{})
	if err != nil {
		return "", fmt.Errorf("list frames: %w", err)
	}
	if v.origin == "" {
		return tree.FrameTree.Frame.ID, nil
	}
	seen := []string{tree.FrameTree.Frame.URL}
	waiting := tree.FrameTree.ChildFrames
	for len(waiting) > 0 {
		next := waiting[0]
		waiting = append(waiting[1:], next.ChildFrames...)
		seen = append(seen, next.Frame.URL)
		if strings.HasPrefix(next.Frame.URL, v.origin) {
			return next.Frame.ID, nil
		}
	}
	return "", fmt.Errorf("%w among %q", errNoFrame, seen)
}

// Address is the document's own.
func (v *View) Address(t testing.TB) string {
	t.Helper()
	var address string
	v.wait(t, "have an address", func(ctx context.Context) error { return v.eval(ctx, "location.href", &address) })
	return address
}

// node is an entry of the accessibility tree.
type node struct {
	role, name        string
	disabled, focused bool
	id                cdp.BackendNodeID
}

// nodes reads the document as somebody hears it.
func (v *View) nodes(ctx context.Context) ([]node, error) {
	frame, err := v.frame(ctx)
	if err != nil {
		return nil, err
	}
	tree, err := chromedp.Call(ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{FrameID: frame})
	if err != nil {
		return nil, fmt.Errorf("read the accessibility tree: %w", err)
	}
	list := make([]node, 0, len(tree.Nodes))
	for _, n := range tree.Nodes {
		if n.Ignored {
			continue
		}
		found := node{role: text(n.Role), name: strings.Join(strings.Fields(text(n.Name)), " "), id: n.BackendDOMNodeID}
		for _, property := range n.Properties {
			if property.Value == nil {
				continue
			}
			switch property.Name {
			case accessibility.PropertyNameDisabled:
				found.disabled = string(property.Value.Value) == "true"
			case accessibility.PropertyNameFocused:
				found.focused = string(property.Value.Value) == "true"
			}
		}
		list = append(list, found)
	}
	return list, nil
}

func text(v *accessibility.Value) string {
	var s string
	if v == nil || json.Unmarshal(v.Value, &s) != nil {
		return ""
	}
	return s
}

// Text is what the document says, from top to bottom.
func (v *View) Text(t testing.TB) string {
	t.Helper()
	var said string
	v.wait(t, "be read", func(ctx context.Context) error {
		var err error
		said, err = v.text(ctx)
		return err
	})
	return said
}

func (v *View) text(ctx context.Context) (string, error) {
	nodes, err := v.nodes(ctx)
	if err != nil {
		return "", err
	}
	var said []string
	for _, n := range nodes {
		if n.role == "StaticText" {
			said = append(said, n.name)
		}
	}
	return strings.Join(said, " "), nil
}

// See waits until the document says all of the texts.
func (v *View) See(t testing.TB, texts ...string) {
	t.Helper()
	v.wait(t, fmt.Sprintf("say %q", texts), func(ctx context.Context) error {
		said, err := v.text(ctx)
		if err != nil {
			return err
		}
		for _, want := range texts {
			if !strings.Contains(said, want) {
				return fmt.Errorf("%q is not said: %s", want, said)
			}
		}
		return nil
	})
}

// Gone waits until the document does not say the text any more.
func (v *View) Gone(t testing.TB, gone string) {
	t.Helper()
	v.wait(t, fmt.Sprintf("not say %q", gone), func(ctx context.Context) error {
		said, err := v.text(ctx)
		if err == nil && strings.Contains(said, gone) {
			err = fmt.Errorf("it is said: %s", said)
		}
		return err
	})
}

// Eval computes an expression in a world of its own beside the document's
// scripts, and waits for a promise.
func (v *View) Eval(t testing.TB, expression string, into any) {
	t.Helper()
	v.wait(t, "be asked", func(ctx context.Context) error { return v.eval(ctx, expression, into) })
}

func (v *View) eval(ctx context.Context, expression string, into any) error {
	frame, err := v.frame(ctx)
	if err != nil {
		return err
	}
	world, err := chromedp.Call(ctx, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: frame, WorldName: "browsertest"})
	if err != nil {
		return fmt.Errorf("enter the frame: %w", err)
	}
	yes := true
	answer, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{
		Expression: expression, ContextID: world.ExecutionContextID, AwaitPromise: &yes, ReturnByValue: &yes,
	})
	switch {
	case err != nil:
		return fmt.Errorf("evaluate: %w", err)
	case answer.ExceptionDetails != nil:
		return fmt.Errorf("evaluate: %s", answer.ExceptionDetails.Text)
	case into == nil:
		return nil
	}
	if err := json.Unmarshal(answer.Result.Value, into); err != nil {
		return fmt.Errorf("read what came out: %w", err)
	}
	return nil
}

// wait tries until it works, and fails the test with the last reason.
func (v *View) wait(t testing.TB, what string, try func(ctx context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(v.tab.ctx, patience)
	defer cancel()
	ticks := time.NewTicker(50 * time.Millisecond)
	defer ticks.Stop()
	for {
		err := try(ctx)
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("the page %s does not %s: %v", v.origin, what, err)
		case <-ticks.C:
		}
	}
}
