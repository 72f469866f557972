package admin

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
)

// happening is an entry of an order's timeline.
type happening struct {
	At   time.Time
	Text string
}

// timeline tells what happened to an order, newest first.
func timeline(o shopifysim.OrderDesk) []happening {
	all := []happening{{o.CreatedAt, "The order was written, " + o.Money(o.Total) + " " + o.Currency + "."}}
	for _, f := range o.Fulfillments {
		text := fmt.Sprintf("%s fulfilled", units(o, f.Lines, func(l shopifysim.FulfillmentLine) (string, int) { return l.LineGID, l.Quantity }))
		if by := strings.TrimSpace(f.Company + " " + strings.Join(f.Numbers, " ")); by != "" {
			text += ", " + by
		}
		all = append(all, happening{f.CreatedAt, text + "."})
		for _, e := range f.Events {
			all = append(all, happening{e.HappenedAt, "The carrier said: " + words(e.Status) + "."})
		}
		if f.Status == "CANCELLED" {
			all = append(all, happening{f.UpdatedAt, "A fulfillment was taken back."})
		}
	}
	for _, r := range o.Refunds {
		text := o.Money(r.Amount()) + " " + o.Currency + " refunded"
		if len(r.Lines) > 0 {
			text += ": " + units(o, r.Lines, func(l shopifysim.RefundLine) (string, int) { return l.LineGID, l.Quantity })
		}
		if r.Note != "" {
			text += " (" + r.Note + ")"
		}
		all = append(all, happening{r.CreatedAt, text + "."})
	}
	if !o.Canceled.IsZero() {
		all = append(all, happening{o.Canceled, "The order was cancelled."})
	}
	slices.SortStableFunc(all, func(a, b happening) int { return b.At.Compare(a.At) })
	return all
}

// units names what lines hold, as "2 × Mug, 1 × Cap".
func units[L any](o shopifysim.OrderDesk, lines []L, of func(L) (line string, n int)) string {
	var named []string
	for _, l := range lines {
		line, n := of(l)
		named = append(named, fmt.Sprintf("%d × %s", n, o.Titled(line)))
	}
	return strings.Join(named, ", ")
}

// words writes a value of Shopify's enums as its admin does: "Partially refunded".
func words(value string) string {
	text := strings.ToLower(strings.ReplaceAll(value, "_", " "))
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
