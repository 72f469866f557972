package loopsim

import (
	"cmp"
	"embed"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/switchbackhq/switchback/internal/sandbox/frame"
)

//go:embed pages/*.html
var pageFiles embed.FS

var pageTemplates = frame.Parse(nil, pageFiles, "pages/*.html")

// ResultHeader carries the Code of a portal page, so that a test need not read HTML. Loop has no such header.
const ResultHeader = "X-Loopsim-Result"

// RefundHeader carries Shopify's id of the refund that a submitted return ended in. Loop has no such header.
const RefundHeader = "X-Loopsim-Refund"

// servePortal is GET {portal}/?order=&zip=: the buyer's way in, with the result on the page. Both parameters may be
// left out, which shows the empty form. POST submits a return.
func (s *Sim) servePortal(w http.ResponseWriter, r *http.Request) {
	portal, ok := s.portalOf(r)
	if !ok {
		w.Header().Set(ResultHeader, string(ShopNotFound))
		http.Error(w, "there is no return portal at this address", http.StatusNotFound)
		return
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		q, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil || !onlyOnce(q, "order", "zip") {
			s.misread(w, r, "the portal takes order and zip, each once")
			return
		}
		view := s.view(portal)
		if q.Has("order") || q.Has("zip") {
			order, l := s.Find(portal.Shop, q.Get("order"), q.Get("zip"))
			view.answer(order, l)
		}
		show(w, view)
	case http.MethodPost:
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		if err := r.ParseForm(); err != nil || r.URL.RawQuery != "" || !formOf(r.PostForm) {
			s.misread(w, r, "the portal takes the fields of its form, each once")
			return
		}
		view := s.view(portal)
		order, l, back := s.submitOnce(r, portal, r.PostForm)
		view.answer(order, l)
		if l.Code == Submitted {
			view.Receipt = receiptOf(back, order)
		}
		w.Header().Set(RefundHeader, back.RefundID)
		show(w, view)
	default:
		w.Header().Set("Allow", "GET, HEAD, POST")
		http.Error(w, "the portal is read, and takes returns", http.StatusMethodNotAllowed)
	}
}

func show(w http.ResponseWriter, view *portalView) {
	if view.Code != "" {
		w.Header().Set(ResultHeader, string(view.Code))
	}
	frame.Show(w, http.StatusOK, pageTemplates, "portal", view)
}

// misread answers a request that the portal does not understand.
func (s *Sim) misread(w http.ResponseWriter, r *http.Request, why string) {
	s.violate(r, why)
	w.Header().Set(ResultHeader, string(ValidationFailed))
	http.Error(w, why, http.StatusBadRequest)
}

// portalView is what the page shows; Code is empty when nothing was asked.
type portalView struct {
	frame.Page
	Code    Code
	Typed   Lookup
	Order   Order
	Items   []itemView
	Failure *failure
	Receipt *receipt
	// Once tells one form from the next, so that the same one sent twice is one return.
	Once string
	// Preset is the quantity that the page proposes.
	Preset            int
	Reasons, Outcomes []option
}

type option struct{ Value, Text, Says string }

// itemView is a line of the order as a buyer reads it.
type itemView struct {
	item
	Line    string // how many can be returned, or why none
	Choices []int
}

// Found tells whether the order is on the page.
func (v *portalView) Found() bool { return v.Order.Name != "" }

// Again tells whether something of the order that was found can be returned.
func (v *portalView) Again() bool {
	return slices.ContainsFunc(v.Items, func(it itemView) bool { return it.Eligible })
}

// reasons are handles of Shopify's return reasons, which Loop's categories are mapped to.
var reasons = []option{
	{Value: "", Text: "I would rather not say"}, {Value: "size_too_small", Text: "It is too small"}, {Value: "defective", Text: "It is broken or does not work"},
	{Value: "not_as_described", Text: "It is not what was shown"}, {Value: "unwanted", Text: "I changed my mind"},
}

// outcomes are what a buyer may choose from.
var outcomes = []option{
	{string(ToPayment), "My money back", "The way you paid: through TikTok."},
	{string(ToGiftCard), "Store credit", "Nothing goes back through TikTok. Switchback's guide has Loop leave this out for TikTok orders."},
	{string(ToExchange), "An exchange", "Likewise: TikTok keeps the money, and another item is sent."},
}

func (s *Sim) view(p Portal) *portalView {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forms++
	return &portalView{
		Page: frame.Page{Look: "loop", Brand: "Returns for " + p.Shop, BrandHref: "?", Title: "Returns", Start: s.opts.Start, Narrow: true},
		Once: strconv.Itoa(s.forms), Reasons: reasons, Outcomes: outcomes,
	}
}

// answer puts what was found, or why nothing was, on the page.
func (v *portalView) answer(o Order, l Lookup) {
	v.Code, v.Typed, v.Order = l.Code, l, o
	for _, it := range items(o) {
		shown := itemView{item: it, Line: fmt.Sprintf("%d can be returned", it.Quantity)}
		if !it.Eligible {
			shown.Line = "Cannot be returned: " + cmp.Or(ineligible[it.IneligibilityCode], it.IneligibilityCode)
		}
		for n := range it.Quantity + 1 {
			shown.Choices = append(shown.Choices, n)
		}
		v.Items = append(v.Items, shown)
	}
	if len(v.Items) == 1 {
		v.Preset = 1
	}
	if l.Code != Found && l.Code != Submitted {
		told := failures[l.Code]
		v.Failure = &failure{told[0], told[1], l.Code, l.Why}
	}
}

// ineligible says to a buyer why a line cannot be returned.
var ineligible = map[string]string{
	orderCancelled: "the order was cancelled", notFulfilled: "it has not been shipped yet",
	noProduct: "it is not one of the shop's products", returned: "it was returned already",
}

// failure is what a buyer reads when something is not possible, and what the simulator knows of it.
type failure struct {
	Title, Text string
	Code        Code
	Why         string
}

// failures are title and text for the buyer; a wrong number and a wrong ZIP are told apart by nobody.
var failures = map[Code][2]string{
	OrderNotFound:          {"We could not find your order", "Please check the order number and the ZIP code, and try again. A new order may take a few minutes to appear."},
	SecondaryInputMismatch: {"We could not find your order", "Please check the order number and the ZIP code, and try again. A new order may take a few minutes to appear."},
	ShopNotFound:           {"This shop takes no returns here", "Please ask the shop."},
	ValidationFailed:       {"Both are needed", "Please enter the order number and the ZIP code."},
	ItemsNotEligible:       {"That cannot be returned", "Please choose what you are sending back, and how many of it."},
	RefundError:            {"Your return could not be processed", "Nothing was recorded. Please try again later."},
	returnsNotOffered:      {"This portal takes no returns", "Please ask the shop."},
}

// receipt is what the buyer reads after a return.
type receipt struct {
	Lines                                   []receiptLine
	Gets, Fee, Reason, Story, RefundID, Tag string
}

type receiptLine struct {
	Title    string
	Quantity int
}

func receiptOf(back Return, o Order) *receipt {
	is := func(value string) func(option) bool { return func(o option) bool { return o.Value == value } }
	r := &receipt{
		Gets:   outcomes[slices.IndexFunc(outcomes, is(string(back.Outcome)))].Text,
		Reason: back.Reason, RefundID: number(back.RefundID), Tag: back.Tag,
		Story: "Loop recorded a refund in Shopify that moves no money there. Switchback asks TikTok to pay the buyer back, once.",
	}
	if back.Outcome != ToPayment {
		r.Story = "Loop recorded the return in Shopify without money. Nothing goes to TikTok: the merchant is asked what to do."
	}
	if i := slices.IndexFunc(reasons, is(back.Reason)); i >= 0 {
		r.Reason = reasons[i].Text
	}
	if back.Fee > 0 {
		r.Fee = fmt.Sprintf("%d.%02d %s", back.Fee/100, back.Fee%100, o.Currency)
	}
	for _, l := range back.Lines {
		if i := slices.IndexFunc(o.Lines, func(of Line) bool { return of.ID == l.ID }); i >= 0 {
			r.Lines = append(r.Lines, receiptLine{o.Lines[i].Title, l.Quantity})
		}
	}
	return r
}

// formOf says whether a form has the portal's fields alone, each once.
func formOf(form url.Values) bool {
	for name, values := range form {
		if len(values) > 1 || !formField(name) {
			return false
		}
	}
	return true
}

// onlyOnce says whether q has no key beside allowed, and none twice.
func onlyOnce(q url.Values, allowed ...string) bool {
	n := 0
	for _, key := range allowed {
		if len(q[key]) > 1 {
			return false
		}
		n += len(q[key])
	}
	return n == len(q)
}
