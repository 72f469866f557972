package loopsim

import (
	_ "embed"
	"html/template"
	"net/http"
	"net/url"
	"slices"
)

//go:embed portal.html
var portalHTML string

var portalPage = template.Must(template.New("portal").Parse(portalHTML))

// ResultHeader carries the Code of a portal page, so that a test need not read HTML. Loop has no such header.
const ResultHeader = "X-Loopsim-Result"

// RefundHeader carries Shopify's id of the refund that a submitted return ended in. Loop has no such header.
const RefundHeader = "X-Loopsim-Refund"

// portalView is what the page shows; Lookup is nil when nothing was asked.
type portalView struct {
	Shop   string
	Lookup *Lookup
	Order  Order
	Items  []item
	// Outcomes are what a buyer may choose from.
	Outcomes []Outcome
}

// Again tells whether something of the order that was found can be returned.
func (v portalView) Again() bool {
	return v.Lookup != nil && (v.Lookup.Code == Found || v.Lookup.Code == Submitted) &&
		slices.ContainsFunc(v.Items, func(it item) bool { return it.Eligible })
}

// servePortal is GET {portal}/?order=&zip=: the buyer's way in, with the result on the page. Both parameters may be
// left out, which shows the empty form. POST submits a return.
func (s *Sim) servePortal(w http.ResponseWriter, r *http.Request) {
	portal, ok := s.portalOf(r)
	if !ok {
		w.Header().Set(ResultHeader, string(ShopNotFound))
		http.Error(w, "there is no return portal at this address", http.StatusNotFound)
		return
	}
	view := portalView{Shop: portal.Shop, Outcomes: []Outcome{ToPayment, ToGiftCard, ToExchange}}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		q, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil || !onlyOnce(q, "order", "zip") {
			s.misread(w, r, "the portal takes order and zip, each once")
			return
		}
		if q.Has("order") || q.Has("zip") {
			order, l := s.Find(portal.Shop, q.Get("order"), q.Get("zip"))
			view.Lookup, view.Order, view.Items = &l, order, items(order)
		}
	case http.MethodPost:
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		if err := r.ParseForm(); err != nil || r.URL.RawQuery != "" || !formOf(r.PostForm) {
			s.misread(w, r, "the portal takes the fields of its form, each once")
			return
		}
		order, l, refund := s.submit(r, portal, r.PostForm)
		view.Lookup, view.Order, view.Items = &l, order, items(order)
		w.Header().Set(RefundHeader, refund)
	default:
		w.Header().Set("Allow", "GET, HEAD, POST")
		http.Error(w, "the portal is read, and takes returns", http.StatusMethodNotAllowed)
		return
	}
	if view.Lookup != nil {
		w.Header().Set(ResultHeader, string(view.Lookup.Code))
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = portalPage.Execute(w, view) // fails only when the reader has gone
}

// misread answers a request that the portal does not understand.
func (s *Sim) misread(w http.ResponseWriter, r *http.Request, why string) {
	s.violate(r, why)
	w.Header().Set(ResultHeader, string(ValidationFailed))
	http.Error(w, why, http.StatusBadRequest)
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
