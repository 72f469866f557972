package pages

import (
	"bytes"
	"encoding/json"
	"html/template"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/reconcile"
	"github.com/switchbackhq/switchback/internal/timeline"
)

// Order is the page of one order.
type Order struct {
	Frame
	Order links.Order
	// TikTokShop is the shop's name.
	TikTokShop string
	// SellerCenter and Admin are the order's pages at TikTok and in Shopify; Admin
	// is empty while the order is not there. ReturnLink begins its return; empty
	// while the settings name no portal.
	SellerCenter, Admin, ReturnLink string
	Lines                           []links.Line
	Shipments                       []links.Shipment
	Refunds                         []links.Refund
	// Money compares both sides; nil where an amount of the ledger cannot be read.
	Money *reconcile.Row
	Open  []exceptions.Exception
	Loop  links.LoopCheck
	// LoopKey tells whether there is a key to ask Loop with.
	LoopKey bool
	// HasZIP tells whether number and ZIP lead a buyer to the order; ZIPProblem why not.
	HasZIP     bool
	ZIPProblem exceptions.Code
	// Story is what happened, the oldest first.
	Story []timeline.Entry
	// Following has the page read itself again while work goes on.
	Following bool
}

// Render writes the page.
func (o Order) Render(w io.Writer) error { return renderEmbedded(w, "order.html", o) }

// Action is the address of something that can be done with the order.
func (o Order) Action(what string) string { return OrderPath(o.Order.ID) + "/" + what }

// Legs are the order's three ways with their states.
func (o Order) Legs() []Leg {
	shipped, shippedWhy := links.ShipmentsLeg(o.Order, o.Shipments)
	refunded, refundedWhy := links.RefundsLeg(o.Refunds)
	return []Leg{
		{"Order", OrderBadge(o.Order.State), Why(o.Order.Reason)},
		{"Shipments", ShipmentsBadge(shipped), Why(shippedWhy)},
		{"Refunds", RefundsBadge(refunded), Why(refundedWhy)},
	}
}

// Leg is one way of an order: how far it is, and why.
type Leg struct {
	Name  string
	Badge Badge
	Why   string
}

// InShopify tells whether the order is there.
func (o Order) InShopify() bool { return o.Order.ShopifyOrder != "" }

// Status is TikTok's, readable.
func (o Order) Status() string { return statusText(o.Order.Status) }

// ZIPWhy says why a buyer cannot find the order.
func (o Order) ZIPWhy() string { return Why(string(o.ZIPProblem)) }

// ShipBy is TikTok's deadline; zero where nothing is left to ship.
func (o Order) ShipBy() time.Time {
	if o.Order.ShipBy == 0 {
		return time.Time{}
	}
	return time.Unix(o.Order.ShipBy, 0)
}

// Difference is what the merchant agreed to have written beside the lines.
func (o Order) Difference() string { return o.Order.Totals.Difference() }

// Causes are the differences between both sides' money in words.
func (o Order) Causes() []Cause {
	var list []Cause
	for _, d := range o.Money.Differences {
		list = append(list, Cause{Amount: d.Amount.Text(), Why: Why(d.Code)})
	}
	return list
}

// Cause is the part of a difference that has one reason.
type Cause struct{ Amount, Why string }

// Unit is one TikTok line item.
type Unit struct{ ID, Status, Package string }

// Units are those behind a line.
func (Order) Units(l links.Line) []Unit {
	list := make([]Unit, len(l.Units))
	for n, u := range l.Units {
		list[n] = Unit{string(u.ID), statusText(u.Status), string(u.Package)}
		if u.Gone != "" {
			list[n].Status += ", taken out of the Shopify order"
		}
	}
	return list
}

// Parcel is a shipment as the page shows it.
type Parcel struct {
	links.Shipment
	Badge    Badge
	Way, Why string
}

var ways = map[links.ShipmentDirection]string{
	links.ToTikTok:    "Shopify → TikTok",
	links.ToShopify:   "TikTok → Shopify",
	links.OnBothSides: "On both sides",
}

// Parcels are the shipments without those forgotten before anything came of them.
func (o Order) Parcels() []Parcel {
	var list []Parcel
	for _, s := range o.Shipments {
		if s.State != links.ShipmentDropped {
			list = append(list, Parcel{s, shipmentBadge(s.State), ways[s.Direction], Why(s.Reason)})
		}
	}
	return list
}

// Payback is a refund as the page shows it.
type Payback struct {
	links.Refund
	Badge Badge
	Why   string
	// Sendable: it is planned and held, and a person may have it sent. Send is the address.
	Sendable bool
	Send     string
	Plan     []Step
}

// Step is one step of a refund's plan.
type Step struct {
	links.RefundStep
	What  string
	Badge Badge
	// Reason is TikTok's name of the reason, readable; Body what is sent.
	Reason, Body string
}

// Paybacks are the refunds with their plans.
func (o Order) Paybacks() []Payback {
	list := make([]Payback, len(o.Refunds))
	for n, r := range o.Refunds {
		list[n] = Payback{
			Refund: r, Badge: RefundsBadge(string(r.State)), Why: Why(r.Reason),
			Sendable: r.State == links.RefundHeld, Send: o.Action("refunds/" + links.RefundNumber(r.ID) + "/approve"),
		}
		for _, s := range r.Steps {
			step := Step{RefundStep: s, What: stepKinds[s.Kind], Badge: stepBadge(s.State), Body: pretty(s.Call.Body)}
			if step.What == "" {
				step.What = word(string(s.Kind))
			}
			if s.Reason != "" {
				step.Reason = reasonText(s.Reason)
			}
			list[n].Plan = append(list[n].Plan, step)
		}
	}
	return list
}

// pretty is JSON for reading; what is none is shown as it is.
func pretty(raw json.RawMessage) string {
	var out bytes.Buffer
	if json.Indent(&out, raw, "", "  ") != nil {
		return string(raw)
	}
	return out.String()
}

// Problem is an open exception with what may be done about it.
type Problem struct {
	exceptions.Exception
	Retry, Resolve string
	Choices        []Choice
	Since          template.HTML
}

// Problems are the open exceptions.
func (o Order) Problems() []Problem {
	list := make([]Problem, len(o.Open))
	for n, e := range o.Open {
		at := o.Action("exceptions/" + e.ID)
		list[n] = Problem{Exception: e, Retry: at + "/retry", Resolve: at + "/resolve", Choices: ChoicesOf(e.Code), Since: o.When(e.OpenedAt)}
	}
	return list
}

// latest is how much of the story is open to the eye.
const latest = 15

// Latest are the newest entries that say what happened and why, the newest first.
func (o Order) Latest() []Told {
	list := o.told(Told.telling)
	return list[:min(len(list), latest)]
}

// Cut tells whether there may be older entries than the page was given.
func (o Order) Cut() bool { return len(o.Story) >= timeline.MostRead }

// Word is a word of TikTok's as a person reads it; any other text stays.
func (Order) Word(text string) string { return factText("", text) }

// All is the whole story, with every call and every look that found nothing new.
func (o Order) All() []Told { return o.told(func(Told) bool { return true }) }

// Stirred is when something last happened to the order; zero for never.
func (o Order) Stirred() time.Time {
	if list := o.told(Told.telling); len(list) > 0 {
		return list[0].At
	}
	return time.Time{}
}

// telling leaves out calls, and the looks that are taken at every order again and again.
func (t Told) telling() bool {
	swept := t.Kind == timeline.EventIn && strings.HasPrefix(t.Facts["cause"], "sweep:")
	return t.Kind != timeline.CallOut && !swept
}

// Told is an entry of the story in words.
type Told struct {
	timeline.Entry
	Badge Badge
	// Known are the entry's facts in the order of their names.
	Known []Fact
	// Took is how long a call was under way; empty for anything else.
	Took string
	When template.HTML
}

// Fact is one of them.
type Fact struct{ Name, Value string }

var kinds = map[timeline.Kind]Badge{
	timeline.EventIn:   {"info", "Event"},
	timeline.Decision:  {"neutral", "Decision"},
	timeline.CallOut:   {"neutral", "Call"},
	timeline.Change:    {"success", "Change"},
	timeline.Exception: {"warning", "Exception"},
}

func (o Order) told(wanted func(Told) bool) []Told {
	var list []Told
	for _, e := range slices.Backward(o.Story) {
		if !wanted(Told{Entry: e}) {
			continue
		}
		t := Told{Entry: e, Badge: kinds[e.Kind], When: o.When(e.At)}
		for _, name := range slices.Sorted(maps.Keys(e.Facts)) {
			t.Known = append(t.Known, Fact{word(name), factText(name, e.Facts[name])})
		}
		if e.Latency > 0 {
			t.Took = e.Latency.Round(time.Millisecond).String()
		}
		list = append(list, t)
	}
	return list
}
