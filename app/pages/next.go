package pages

import (
	"cmp"
	"maps"
	"net/url"
	"slices"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/guide"
)

// Next is the one thing to do next.
type Next struct {
	Heading, Text string
	// Path and Link lead there; Connect has a TikTok shop connected instead.
	Path, Link string
	Connect    bool
	Tone       string
}

// Next picks it: what stops everything, then what a buyer waits for, then what
// is left of the set-up.
func (h Home) Next() Next {
	code, waiting := h.first()
	switch {
	case len(h.Connections) == 0:
		return Next{Heading: "Connect your TikTok shop", Text: "No TikTok shop is connected yet. Orders, shipments and refunds begin to flow once one is.", Connect: true, Tone: "info"}
	case !h.syncing():
		return Next{"No TikTok shop is synced", "Every connected shop is off; below stands why.", "/settings", "Look at the connections", false, "warning"}
	case waiting:
		text := exceptions.Describe(code)
		return Next{text.Sentence, text.Fix, "/exceptions", "Look at what waits for you", false, "warning"}
	}
	if step, ok := h.step(); ok {
		at := GuidePath + "?" + url.Values{"step": {string(step.ID)}}.Encode()
		return Next{step.Title, step.What, at, "Go on with the set-up guide", false, "info"}
	}
	return Next{"Nothing waits for you", "Orders, shipments and refunds flow by themselves.", "/orders", "Look at the orders", false, "success"}
}

// step is the first of the guide that is left to do. One that was begun and
// waits for somebody else, as TikTok's approval does, comes after the others.
func (h Home) step() (guide.Step, bool) {
	for _, step := range h.Guide.Steps {
		begun := slices.ContainsFunc(step.Ticks, func(t guide.Tick) bool { return !t.At.IsZero() })
		if !step.Optional && step.State != guide.Done && !begun {
			return step, true
		}
	}
	return h.Guide.Next()
}

func (h Home) syncing() bool {
	return slices.ContainsFunc(h.Shops(), func(c Connected) bool { return c.On })
}

// urgent are the codes that come before any number of others.
var urgent = []exceptions.Code{
	exceptions.ConnectionExpired, exceptions.ShipByMissed, exceptions.PartlySent, exceptions.ShipBySoon, exceptions.ConnectionExpiring,
}

// first is the code to begin with: an urgent one, else the most frequent.
func (h Home) first() (exceptions.Code, bool) {
	for _, code := range urgent {
		if h.Open[code] > 0 {
			return code, true
		}
	}
	codes := slices.DeleteFunc(slices.Collect(maps.Keys(h.Open)), func(c exceptions.Code) bool { return h.Open[c] == 0 })
	if len(codes) == 0 {
		return "", false
	}
	return slices.MinFunc(codes, func(a, b exceptions.Code) int {
		return cmp.Or(cmp.Compare(h.Open[b], h.Open[a]), cmp.Compare(a, b))
	}), true
}
