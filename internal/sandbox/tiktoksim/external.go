package tiktoksim

import (
	"fmt"
	"net/http"
	"slices"
)

// ExternalReference is an order number that a tool left at TikTok beside an order.
type ExternalReference struct {
	Platform string // SHOPIFY, …
	ID       string
	Lines    []ExternalLine
}

// ExternalLine ties a line of the outside order to a TikTok line.
type ExternalLine struct {
	ID       string // in the outside system
	OriginID string // TikTok's line id
}

// externalOrder and externalLine are the same on the wire.
type externalOrder struct {
	ID        string         `json:"id"`
	Platform  string         `json:"platform"`
	LineItems []externalLine `json:"line_items,omitempty"`
}

type externalLine struct {
	ID       string `json:"id"`
	OriginID string `json:"origin_id"`
}

// externalAdd is the body of the call that adds references.
type externalAdd struct {
	Orders []struct {
		ID            string        `json:"id"`
		ExternalOrder externalOrder `json:"external_order"`
	} `json:"orders"`
}

// ExternalReferences lists what tools have left beside an order, oldest first.
func (s *Sim) ExternalReferences(orderID string) []ExternalReference {
	s.mu.Lock()
	defer s.mu.Unlock()
	var refs []ExternalReference
	if o := s.orders[orderID]; o != nil {
		for _, e := range o.external {
			ref := ExternalReference{Platform: e.Platform, ID: e.ID}
			for _, l := range e.LineItems {
				ref.Lines = append(ref.Lines, ExternalLine(l))
			}
			refs = append(refs, ref)
		}
	}
	return refs
}

// AddExternalReference leaves a reference as another tool would.
func (s *Sim) AddExternalReference(orderID string, ref ExternalReference) error {
	return s.withOrder("refer to", orderID, func(o *order) error {
		e := externalOrder{ID: ref.ID, Platform: ref.Platform}
		for _, l := range ref.Lines {
			e.LineItems = append(e.LineItems, externalLine(l))
		}
		o.refer(e)
		return nil
	})
}

// refer keeps one entry per platform and outside id; the same again replaces its lines.
func (o *order) refer(e externalOrder) {
	same := func(x externalOrder) bool { return x.Platform == e.Platform && x.ID == e.ID }
	o.external = append(slices.DeleteFunc(o.external, same), e)
}

// addExternal takes what it can and names the rest in data.errors, with code 0 all the same.
func (s *Sim) addExternal(c *call) answer {
	body, err := decodeBody[externalAdd](c)
	if err != nil {
		return breach(http.StatusBadRequest, 36009004, err.Error())
	}
	failed := []map[string]any{}
	for _, in := range body.Orders {
		var why string
		o := s.orderOf(c.shop, in.ID)
		switch {
		case o == nil:
			why = "Invalid order_id"
		case !o.has(in.ExternalOrder.LineItems):
			why = "Invalid origin_id"
		default:
			o.refer(in.ExternalOrder)
			continue
		}
		failed = append(failed, map[string]any{
			"code": "36020001", "message": why,
			"detail": map[string]any{"order_id": in.ID, "external_order": map[string]any{
				"id": in.ExternalOrder.ID, "platform": in.ExternalOrder.Platform,
			}},
		})
	}
	if len(failed) == 0 {
		return success(map[string]any{})
	}
	return success(map[string]any{"errors": failed})
}

func (o *order) has(lines []externalLine) bool {
	return !slices.ContainsFunc(lines, func(l externalLine) bool {
		return !slices.ContainsFunc(o.lines(), func(own map[string]any) bool { return text(own["id"]) == l.OriginID })
	})
}

func (s *Sim) getExternal(c *call) answer {
	o := s.orderOf(c.shop, c.vars["order_id"])
	if o == nil {
		return answer{status: http.StatusOK, code: 36020001, message: "Invalid order_id"}
	}
	found := []externalOrder{}
	for _, e := range o.external {
		if e.Platform == c.query.Get("platform") {
			found = append(found, e)
		}
	}
	return success(map[string]any{"external_orders": found})
}

func (s *Sim) searchExternal(c *call) answer {
	found := []map[string]any{}
	for _, o := range s.search(c.shop, orderFilter{}, "create_time", "ASC") {
		for _, e := range o.external {
			if e.Platform == c.query.Get("platform") && e.ID == c.query.Get("external_order_id") {
				found = append(found, map[string]any{"id": o.id, "external_order": e})
			}
		}
	}
	return success(map[string]any{"orders": found})
}

// String keeps references readable in test failures.
func (r ExternalReference) String() string {
	return fmt.Sprintf("%s %s (%d lines)", r.Platform, r.ID, len(r.Lines))
}
