package admin

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/switchbackhq/switchback/internal/sandbox/frame"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
)

// formBytes bounds what a page's form may send.
const formBytes = 1 << 16

// shownOrders is how many orders the list shows.
const shownOrders = 100

// plain is the policy of a page without a frame.
var plain = frame.Policy{Styles: []string{"'self'"}}

func (a *Admin) orders(w http.ResponseWriter, r *http.Request) {
	domain, known := a.domain(r)
	if !known {
		http.NotFound(w, r)
		return
	}
	query := strings.TrimSpace(r.FormValue("query"))
	var shown []shopifysim.OrderDesk
	all := a.Shopify.Orders(domain)
	for _, o := range slices.Backward(all) {
		if query == "" || strings.Contains(o.Name, strings.TrimPrefix(query, "#")) {
			shown = append(shown, shopifysim.OrderDesk{Order: o})
		}
		if len(shown) == shownOrders {
			break
		}
	}
	frame.ShowUnder(plain, w, http.StatusOK, views, "orders", struct {
		shell
		Query  string
		Orders []shopifysim.OrderDesk
		Total  int
	}{a.around(domain, "Orders", "Orders"), query, shown, len(all)})
}

// buy is a buyer of the shop's own store, whose order is none of the app's.
func (a *Admin) buy(w http.ResponseWriter, r *http.Request) {
	domain, known := a.domain(r)
	if !known {
		http.NotFound(w, r)
		return
	}
	order, err := a.Shopify.Buy(domain)
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	http.Redirect(w, r, OrderPath(domain, order), http.StatusSeeOther)
}

// orderView is an order's page.
type orderView struct {
	shell
	shopifysim.OrderDesk
	Path string
	// Happened is the order's timeline, newest first.
	Happened []happening
}

func (a *Admin) order(w http.ResponseWriter, r *http.Request) { a.showOrder(w, r, http.StatusOK, "") }

func (a *Admin) showOrder(w http.ResponseWriter, r *http.Request, status int, refused string) {
	domain, known := a.domain(r)
	desk, err := a.Shopify.OrderDesk(domain, r.PathValue("id"))
	if !known || err != nil {
		http.NotFound(w, r)
		return
	}
	view := orderView{a.around(domain, "Order "+desk.Name, "Orders"), desk, OrderPath(domain, desk.LegacyID()), timeline(desk)}
	view.Refused = refused
	policy := frame.Policy{Styles: []string{"'self'"}, Frames: []string{"'self'"}}
	frame.ShowUnder(policy, w, status, views, "order", view)
}

// press is a merchant pressing a button of the page.
func (a *Admin) press(w http.ResponseWriter, r *http.Request) {
	domain, known := a.domain(r)
	r.Body = http.MaxBytesReader(w, r.Body, formBytes)
	if err := r.ParseForm(); err != nil || !known {
		http.NotFound(w, r)
		return
	}
	err := a.Shopify.Press(domain, r.PathValue("id"), r.PathValue("button"), r.PostForm)
	switch {
	case errors.Is(err, shopifysim.ErrNoOrder):
		http.NotFound(w, r)
	case err != nil:
		a.showOrder(w, r, http.StatusUnprocessableEntity, err.Error())
	default:
		http.Redirect(w, r, OrderPath(domain, r.PathValue("id")), http.StatusSeeOther)
	}
}

// block is the document in which the app's block runs, as an extension runs in
// a world of its own.
func (a *Admin) block(w http.ResponseWriter, r *http.Request) {
	domain, known := a.domain(r)
	desk, err := a.Shopify.OrderDesk(domain, r.PathValue("id"))
	if !known || err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Security-Policy", strings.Join([]string{
		"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self' " + a.AppURL, "frame-ancestors 'self'", "base-uri 'none'",
	}, "; "))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	// The page has begun; a browser that left needs no word.
	_ = views.ExecuteTemplate(w, "block", struct{ Order, Shop, Store, App string }{desk.GID, domain, Store(domain), a.AppURL})
}
