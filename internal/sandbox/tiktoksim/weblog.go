package tiktoksim

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/frame"
)

// rowsOnPage is how many notifications or calls a page has.
const rowsOnPage = 50

// entry is one thing that happened. Who is "app" for the seller's systems, "told" for a notification, else empty.
type entry struct {
	At                time.Time
	Who, Text, Detail string
}

// milestones are the times that an order's document keeps.
var milestones = []struct{ field, text string }{
	{"create_time", "The buyer ordered"}, {"paid_time", "The buyer paid"}, {"rts_time", "The last parcel was packed"}, {"collection_time", "The carrier took the parcel"},
	{"delivery_time", "Delivered"}, {"cancel_time", "Cancelled"},
}

// callNames say what a call of an app does.
var callNames = map[string]string{
	OpOrderDetail: "The app read the order", OpPriceDetail: "The app read the prices", OpExternalAdd: "The app left Shopify's order number",
	OpExternalGet: "The app looked for outside order numbers", OpExternalSearch: "The app looked for outside order numbers", OpMarkShipped: "The app marked units as shipped",
	OpUpdateOrderShipping: "The app corrected the tracking", OpUpdatePackageShipping: "The app corrected the tracking",
	OpEligibility: "The app asked what can be refunded", OpCalculate: "The app asked what a refund comes to", OpReturnCreate: "The app asked for a refund",
	OpReturnSearch: "The app looked through the returns", OpReturnApprove: "The app approved the return", OpReturnReject: "The app rejected the return",
	OpReturnRecords: "The app read the return's history", OpCancelCreate: "The app cancelled units", OpCancelSearch: "The app looked through the cancellations",
	OpCancelApprove: "The app approved the cancellation", OpCancelReject: "The app rejected the cancellation",
	OpRejectReasons: "The app asked for reasons to say no", OpDecisions: "The app asked what it may decide",
	OpShops: "The app listed the shops", OpOrderSearch: "The app searched orders", OpWebhookList: "The app listed its notifications",
	OpWebhookPut: "The app subscribed to notifications", OpWebhookDelete: "The app ended notifications", OpProviders: "The app listed the carriers",
	OpTokenGet: "The app was given its tokens", OpTokenRefresh: "The app renewed its tokens",
}

// outcome says how a call ended; empty when it simply worked.
func (c Request) outcome() string {
	switch {
	case c.Status == 0 || c.Fault == chaos.CutBefore || c.Fault == chaos.CutAfter:
		return "the connection was cut"
	case c.Status != http.StatusOK || c.Code != 0:
		return fmt.Sprintf("refused: HTTP %d, code %d", c.Status, c.Code)
	}
	return ""
}

// timelineOf is what happened to an order, oldest first; equal calls one after the other are counted. The lock is held.
func (s *Sim) timelineOf(o *order, deliveries []Delivery) []entry {
	var all []entry
	for _, m := range milestones {
		if at := integer(o.doc[m.field]); at != 0 {
			all = append(all, entry{At: time.Unix(at, 0), Text: m.text})
		}
	}
	for _, a := range o.cases {
		for _, r := range a.records {
			all = append(all, entry{At: time.Unix(r.at, 0), Text: kindName(a.kind) + ": " + strings.ToLower(badgeOf(r.event).Text), Detail: "by " + roleName(r.role)})
		}
	}
	for _, d := range deliveries {
		if bytes.Contains(d.Body, []byte(o.id)) {
			v := d.view()
			all = append(all, entry{At: v.At, Who: "told", Text: "TikTok notified: " + v.Name, Detail: v.Summary()})
		}
	}
	for _, c := range s.requests {
		if slices.Contains(c.OrderIDs, o.id) {
			all = append(all, entry{At: c.At.Truncate(time.Second), Who: "app", Text: cmp.Or(callNames[c.Op], c.Op), Detail: c.outcome()})
		}
	}
	slices.SortStableFunc(all, func(a, b entry) int { return a.At.Compare(b.At) })
	var told []entry
	times := 1
	for _, e := range all {
		last := len(told) - 1
		if last >= 0 && e.Who == "app" && told[last].Who == "app" && strings.HasPrefix(told[last].Text, e.Text) && (told[last].Detail == e.Detail) {
			times++
			told[last].Text = fmt.Sprintf("%s, %d times", e.Text, times)
			continue
		}
		times = 1
		told = append(told, e)
	}
	return told
}

// deliveryView is a notification as pages show it.
type deliveryView struct {
	ID, Name, OrderID, OrderHref, Address, Body string
	Type                                        int
	At                                          time.Time
	Attempts                                    []entry
	Held                                        bool
}

// Summary says what became of it.
func (v deliveryView) Summary() string {
	switch {
	case v.Address == "":
		return "nobody asked for it"
	case v.Held:
		return "held back"
	case len(v.Attempts) == 0:
		return "not sent, or on its way"
	}
	last := v.Attempts[len(v.Attempts)-1].Text
	if n := len(v.Attempts); n > 1 {
		last += fmt.Sprintf(", sent %d times", n)
	}
	return last
}

// Sent tells whether somebody answered 200.
func (v deliveryView) Sent() bool {
	return slices.ContainsFunc(v.Attempts, func(e entry) bool { return e.Text == "answered 200" })
}

func (d Delivery) view() deliveryView {
	var said struct {
		Timestamp int64 `json:"timestamp"`
		Data      struct {
			OrderID string `json:"order_id"`
		} `json:"data"`
	}
	_ = json.Unmarshal(d.Body, &said) // Notify may have sent anything: then it has no order
	v := deliveryView{ID: d.ID, Name: fmt.Sprintf("type %d", d.Type), OrderID: said.Data.OrderID, Address: d.Address, Type: d.Type, At: time.Unix(said.Timestamp, 0)}
	for _, e := range []event{requestChanged, refundPaid} {
		if e.number == d.Type {
			v.Name = e.name
		}
	}
	for name, number := range eventNames {
		if number == d.Type {
			v.Name = name
		}
	}
	v.Name = strings.ToLower(strings.ReplaceAll(v.Name, "_", " "))
	if v.OrderID != "" {
		v.OrderHref = pagesAt + "/orders/" + v.OrderID
	}
	var pretty bytes.Buffer
	if json.Indent(&pretty, d.Body, "", "  ") != nil {
		pretty.Reset()
		pretty.Write(d.Body)
	}
	v.Body = pretty.String()
	for _, a := range d.Attempts {
		text := fmt.Sprintf("answered %d", a.Status)
		if a.Err != nil {
			text = "not delivered"
		}
		v.Attempts = append(v.Attempts, entry{At: a.At, Text: text})
	}
	return v
}

// webNotifications lists what TikTok told the apps, newest first.
func (s *Sim) webNotifications(w http.ResponseWriter, r *http.Request) {
	s.showNotifications(w, r, http.StatusOK, nil)
}

func (s *Sim) showNotifications(w http.ResponseWriter, r *http.Request, status int, refused error) {
	view := struct {
		frame.Page
		Deliveries []deliveryView
		Pager      pager
		Holding    bool
		Held       int
	}{Page: s.around(r, "/notifications", "Notifications")}
	held := s.Held()
	all := s.Deliveries()
	slices.Reverse(all)
	var page []Delivery
	page, view.Pager = paged(r, all, rowsOnPage)
	for _, d := range page {
		v := d.view()
		v.Held = slices.ContainsFunc(held, func(h Delivery) bool { return h.ID == d.ID })
		view.Deliveries = append(view.Deliveries, v)
	}
	s.webhooks.mu.Lock()
	view.Holding, view.Held = s.webhooks.hold, len(s.webhooks.held)
	s.webhooks.mu.Unlock()
	view.Refused = sentence(refused)
	frame.Show(w, status, pageTemplates, "notifications", view)
}

// webHold keeps notifications back or lets them go: hold, flow, and release or drop for all that wait.
func (s *Sim) webHold(w http.ResponseWriter, r *http.Request) {
	act, ok := map[string]func() (string, error){
		"hold":    func() (string, error) { s.HoldWebhooks(true); return "held", nil },
		"flow":    func() (string, error) { s.HoldWebhooks(false); return "flowing", nil },
		"release": func() (string, error) { return "released", s.Release() },
		"drop":    func() (string, error) { return "dropped", s.Drop() },
	}[r.PathValue("action")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	s.afterNotification(w, r, act)
}

// webDeliver sends one notification again, or one that is held on its way or astray.
func (s *Sim) webDeliver(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	act, ok := map[string]func() (string, error){
		"again":   func() (string, error) { return "again", s.Redeliver(id) },
		"release": func() (string, error) { return "released", s.Release(id) },
		"drop":    func() (string, error) { return "dropped", s.Drop(id) },
	}[r.PathValue("action")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	s.afterNotification(w, r, act)
}

func (s *Sim) afterNotification(w http.ResponseWriter, r *http.Request, act func() (string, error)) {
	done, err := act()
	if err != nil {
		s.showNotifications(w, r, http.StatusUnprocessableEntity, err)
		return
	}
	http.Redirect(w, r, pagesAt+"/notifications?said="+done, http.StatusSeeOther)
}

// callView is a call of an app.
type callView struct {
	At                time.Time
	Name, Op, Outcome string
}

// webCalls lists what the apps asked of TikTok, newest first, and what TikTok's documents do not allow.
func (s *Sim) webCalls(w http.ResponseWriter, r *http.Request) {
	view := struct {
		frame.Page
		Calls      []callView
		Pager      pager
		Violations []Violation
	}{Page: s.around(r, "/calls", "API calls"), Violations: s.Violations()}
	all := s.Requests()
	slices.Reverse(all)
	var page []Request
	page, view.Pager = paged(r, all, rowsOnPage)
	for _, c := range page {
		view.Calls = append(view.Calls, callView{c.At, cmp.Or(callNames[c.Op], "A call"), c.Op, cmp.Or(c.outcome(), "answered")})
	}
	frame.Show(w, http.StatusOK, pageTemplates, "calls", view)
}
