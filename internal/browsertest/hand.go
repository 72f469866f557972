package browsertest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Click clicks with the mouse what has the role and the name, such as "button"
// and "Save". It waits until it is there and enabled; a name that is not unique
// is the first one.
func (v *View) Click(t testing.TB, role, name string) {
	t.Helper()
	v.wait(t, fmt.Sprintf("have a %s %q to click", role, name), func(ctx context.Context) error {
		id, err := v.find(ctx, role, name)
		if err != nil {
			return err
		}
		return click(ctx, id)
	})
}

// Fill types text over what a field of that label holds.
func (v *View) Fill(t testing.TB, label, typed string) {
	t.Helper()
	v.wait(t, fmt.Sprintf("have a field %q", label), func(ctx context.Context) error {
		id, err := v.find(ctx, "textbox searchbox spinbutton Date", label)
		if err != nil {
			return err
		}
		if _, err := chromedp.Call(ctx, dom.Focus, dom.FocusParams{BackendNodeID: id}); err != nil {
			return fmt.Errorf("focus: %w", err)
		}
		if err := chromedp.Do(ctx, chromedp.KeyEvent("a", chromedp.KeyModifiers(chromedp.ModifierCtrl)), chromedp.KeyEvent(kb.Backspace)); err != nil {
			return fmt.Errorf("empty the field: %w", err)
		}
		if _, err := chromedp.Call(ctx, input.InsertText, input.InsertTextParams{Text: typed}); err != nil {
			return fmt.Errorf("type: %w", err)
		}
		return nil
	})
}

// Choose picks the option of that name in the list of that label.
func (v *View) Choose(t testing.TB, label, option string) {
	t.Helper()
	v.wait(t, fmt.Sprintf("have a list %q", label), func(ctx context.Context) error {
		id, err := v.find(ctx, "combobox listbox", label)
		if err != nil {
			return err
		}
		if _, err := chromedp.Call(ctx, dom.Focus, dom.FocusParams{BackendNodeID: id}); err != nil {
			return fmt.Errorf("focus: %w", err)
		}
		// Letters that are typed choose the option that begins with them.
		return chromedp.Do(ctx, chromedp.KeyEvent(option))
	})
}

// Press presses a key, such as kb.Enter, wherever the focus is.
func (tab *Tab) Press(t testing.TB, key string) {
	t.Helper()
	if err := chromedp.Do(tab.ctx, chromedp.KeyEvent(key)); err != nil {
		t.Fatalf("press a key: %v", err)
	}
}

// Has tells whether the document offers something of the role and name now.
func (v *View) Has(t testing.TB, role, name string) bool {
	t.Helper()
	_, err := v.find(v.tab.ctx, role, name)
	return err == nil
}

// find looks for the first of several roles with the name, exactly or, where
// there is none, at the beginning.
func (v *View) find(ctx context.Context, roles, name string) (cdp.BackendNodeID, error) {
	nodes, err := v.nodes(ctx)
	if err != nil {
		return 0, err
	}
	var offered []string
	var begins cdp.BackendNodeID
	for _, n := range nodes {
		if !strings.Contains(" "+roles+" ", " "+n.role+" ") || n.disabled {
			continue
		}
		offered = append(offered, n.name)
		if n.name == name {
			return n.id, nil
		}
		if begins == 0 && strings.HasPrefix(n.name, name) {
			begins = n.id
		}
	}
	if begins != 0 {
		return begins, nil
	}
	return 0, fmt.Errorf("it offers %q", offered)
}

func click(ctx context.Context, id cdp.BackendNodeID) error {
	if _, err := chromedp.Call(ctx, dom.ScrollIntoViewIfNeeded, dom.ScrollIntoViewIfNeededParams{BackendNodeID: id}); err != nil {
		return fmt.Errorf("scroll: %w", err)
	}
	box, err := chromedp.Call(ctx, dom.GetContentQuads, dom.GetContentQuadsParams{BackendNodeID: id})
	if err != nil {
		return fmt.Errorf("find the place: %w", err)
	}
	if len(box.Quads) == 0 {
		return fmt.Errorf("it is not shown")
	}
	quad := box.Quads[0]
	return chromedp.Do(ctx, chromedp.MouseClickXY((quad[0]+quad[4])/2, (quad[1]+quad[5])/2))
}

// mostStops is how often Tab is pressed before something counts as out of reach.
const mostStops = 150

// TabTo presses Tab until the focus is on what has the role and the name, or a
// name that begins so, as somebody without a mouse gets there.
func (v *View) TabTo(t testing.TB, role, name string) {
	t.Helper()
	v.See(t) // it is loaded
	var passed []string
	for range mostStops {
		v.tab.Press(t, kb.Tab)
		nodes, err := v.nodes(v.tab.ctx)
		if err != nil {
			t.Fatalf("look for the focus: %v", err)
		}
		for _, n := range nodes {
			if !n.focused {
				continue
			}
			if n.role == role && strings.HasPrefix(n.name, name) {
				return
			}
			passed = append(passed, n.role+" "+n.name)
		}
	}
	t.Fatalf("the page %s does not let Tab reach the %s %q: %q", v.origin, role, name, passed)
}

// Type types where the focus is.
func (tab *Tab) Type(t testing.TB, text string) {
	t.Helper()
	if _, err := chromedp.Call(tab.ctx, input.InsertText, input.InsertTextParams{Text: text}); err != nil {
		t.Fatalf("type: %v", err)
	}
}
