package tiktoksim

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// statuses in the order in which an order lives through them.
var statuses = []string{"UNPAID", "ON_HOLD", "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING", "AWAITING_COLLECTION",
	"IN_TRANSIT", "DELIVERED", "COMPLETED", "CANCELLED"}

// order is one order: its document as TikTok would serve it, less the address when the order was placed from a spec.
type order struct {
	id       string
	shop     *shop
	doc      map[string]any
	spec     *OrderSpec // nil for an order loaded as JSON
	external []externalOrder
	cases    []*aftersale    // oldest first
	rules    *AftersaleRules // nil: those of the simulator
}

func (o *order) status() string   { return text(o.doc["status"]) }
func (o *order) currency() string { return text(object(o.doc["payment"])["currency"]) }

func (o *order) lines() []map[string]any {
	var lines []map[string]any
	for _, l := range list(o.doc["line_items"]) {
		lines = append(lines, object(l))
	}
	return lines
}

// visible is the document as an API call shows it now. There is no address before the buyer's hour of remorse is over
// (Partner Center, order overview). An order loaded as JSON is otherwise shown as it was given.
func (o *order) visible() map[string]any {
	doc := maps.Clone(o.doc)
	if s := o.status(); s == "UNPAID" || s == "ON_HOLD" {
		delete(doc, "recipient_address")
		return doc
	}
	if o.spec != nil {
		a := *o.spec.Address
		if o.spec.masks() {
			a = a.masked(o.spec.MaskPostalCode)
		}
		doc["recipient_address"] = a.document()
	}
	return doc
}

// Order is what a test wants to see of an order. Amounts are minor units.
type Order struct {
	ID, ShopID, Status     string
	Currency               string
	Total                  int64
	CreateTime, UpdateTime int64 // unix seconds
	LineIDs                []string
	Raw                    json.RawMessage // as order detail serves it now
}

// Order returns an order as it is now; false when there is none.
func (s *Sim) Order(orderID string) (Order, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.orders[orderID]
	if o == nil {
		return Order{}, false
	}
	raw, err := json.Marshal(o.visible())
	if err != nil {
		return Order{}, false // a document came from JSON or from build: it cannot fail
	}
	snap := Order{
		ID: o.id, ShopID: o.shop.id, Status: o.status(), Currency: o.currency(),
		CreateTime: integer(o.doc["create_time"]), UpdateTime: integer(o.doc["update_time"]), Raw: raw,
	}
	snap.Total, _ = parseDecimal(text(object(o.doc["payment"])["total_amount"]), snap.Currency)
	for _, l := range o.lines() {
		snap.LineIDs = append(snap.LineIDs, text(l["id"]))
	}
	return snap, true
}

// OrderIDs lists all orders, oldest first.
func (s *Sim) OrderIDs() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Keys(s.orders), func(a, b string) int {
		created := func(id string) int64 { return integer(s.orders[id].doc["create_time"]) }
		return cmp.Or(cmp.Compare(created(a), created(b)), cmp.Compare(a, b))
	})
}

// PlaceOrder is a buyer buying. Webhook type 1 tells the app, when it is authorized, of the status.
func (s *Sim) PlaceOrder(shopID string, spec OrderSpec) (orderID string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sh := s.shopByID(shopID)
	if sh == nil {
		return "", fmt.Errorf("place order: no shop %q", shopID)
	}
	if err := spec.fill(sh, s.now()); err != nil {
		return "", fmt.Errorf("place order: %w", err)
	}
	status := spec.Status
	if !slices.Contains(statuses, status) {
		return "", fmt.Errorf("place order: no status %q", status)
	}
	id := s.orderID()
	o := &order{id: id, shop: sh, spec: &spec}
	if o.doc, err = s.build(id, sh, &spec); err != nil {
		return "", fmt.Errorf("place order: %w", err)
	}
	s.orders[id] = o
	s.move(o, status)
	o.doc["update_time"] = spec.Created.Unix()
	s.notifyStatus(o)
	return id, nil
}

// LoadOrder takes orders as JSON and serves them as they are: one order object, or an answer with data.orders. No webhook
// is sent. An order whose id exists is replaced.
func (s *Sim) LoadOrder(shopID string, raw []byte) (orderIDs []string, err error) {
	docs, err := orderDocuments(raw)
	if err != nil {
		return nil, fmt.Errorf("load order: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	sh := s.shopByID(shopID)
	if sh == nil {
		return nil, fmt.Errorf("load order: no shop %q", shopID)
	}
	for _, doc := range docs {
		id := text(doc["id"])
		if id == "" || !slices.Contains(statuses, text(doc["status"])) {
			return nil, errors.New("load order: an order without id or with an unknown status")
		}
		s.orders[id] = &order{id: id, shop: sh, doc: doc}
		orderIDs = append(orderIDs, id)
	}
	return orderIDs, nil
}

func orderDocuments(raw []byte) ([]map[string]any, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber() // an int64 must come out as it went in
	var doc map[string]any
	if err := dec.Decode(&doc); err != nil {
		return nil, fmt.Errorf("parse the order: %w", err)
	}
	data, isAnswer := doc["data"]
	if !isAnswer {
		return []map[string]any{doc}, nil
	}
	var docs []map[string]any
	for _, o := range list(object(data)["orders"]) {
		docs = append(docs, object(o))
	}
	return docs, nil
}

// withOrder runs change on an order under the lock, then moves its update_time on.
func (s *Sim) withOrder(verb, orderID string, change func(*order) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.orders[orderID]
	if o == nil {
		return fmt.Errorf("%s order %s: no such order", verb, orderID)
	}
	if err := change(o); err != nil {
		return fmt.Errorf("%s order %s: %w", verb, orderID, err)
	}
	return nil
}

// touch sets update_time to now. Orders loaded from the future keep theirs: it never goes back.
func (s *Sim) touch(o *order) {
	o.doc["update_time"] = max(s.now().Unix(), integer(o.doc["update_time"]))
}

// Reading a document that is part JSON, part ours.

func text(v any) string {
	t, _ := v.(string)
	return t
}

func object(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

func integer(v any) int64 {
	switch n := v.(type) {
	case int64:
		return n
	case json.Number:
		i, _ := n.Int64() // 0 for what is no integer, as for what is absent
		return i
	}
	return 0
}
