package loopsim

import (
	_ "embed"
	"html/template"
	"net/http"
	"net/url"
)

//go:embed portal.html
var portalHTML string

var portalPage = template.Must(template.New("portal").Parse(portalHTML))

// ResultHeader carries the Code of a portal page, so that a test need not read HTML. Loop has no such header.
const ResultHeader = "X-Loopsim-Result"

// portalView is what the page shows; Lookup is nil when nothing was asked.
type portalView struct {
	Shop   string
	Lookup *Lookup
	Order  Order
	Items  []item
}

// servePortal is GET {portal}/?order=&zip=: the buyer's way in, with the result on the page. Both parameters may be
// left out, which shows the empty form.
func (s *Sim) servePortal(w http.ResponseWriter, r *http.Request) {
	portal, ok := s.portalOf(r)
	if !ok {
		w.Header().Set(ResultHeader, string(ShopNotFound))
		http.Error(w, "there is no return portal at this address", http.StatusNotFound)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "the portal is only read", http.StatusMethodNotAllowed)
		return
	}
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || !onlyOnce(q, "order", "zip") {
		s.violate(r, "the portal takes order and zip, each once")
		w.Header().Set(ResultHeader, string(ValidationFailed))
		http.Error(w, "the portal takes order and zip, each once", http.StatusBadRequest)
		return
	}
	view := portalView{Shop: portal.Shop}
	if q.Has("order") || q.Has("zip") {
		order, l := s.Find(portal.Shop, q.Get("order"), q.Get("zip"))
		view.Lookup, view.Order, view.Items = &l, order, items(order)
		w.Header().Set(ResultHeader, string(l.Code))
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = portalPage.Execute(w, view) // fails only when the reader has gone
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
