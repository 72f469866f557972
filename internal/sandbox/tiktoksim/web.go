package tiktoksim

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"html/template"
	"net/http"
)

//go:embed web.html
var webHTML string

// page is what web.html shows.
type page struct {
	Shops    []pageShop
	Products []Unit
	Orders   []pageOrder
	Cases    []pageCase
	Statuses []string
}

type pageShop struct{ ID, Name, Region string }

type pageOrder struct {
	ID, Shop, Status, Total, Currency, PostalCode, External string
	Units                                                   int
	Packages                                                []pagePackage
	Unshipped                                               []string // lines
}

// Pages serves /sandbox/tiktok: a plain page that lists the orders, places new ones and moves them along. Serve it on an
// address of its own or beside Handler; it has no login, like everything in the sandbox.
func (s *Sim) Pages() http.Handler {
	tmpl := template.Must(template.New("web").Parse(webHTML))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sandbox/tiktok", func(w http.ResponseWriter, _ *http.Request) {
		var out bytes.Buffer
		if err := tmpl.Execute(&out, s.page()); err != nil {
			http.Error(w, "The page could not be drawn.", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(out.Bytes()) // the browser has gone: nothing to tell it
	})
	mux.HandleFunc("POST /sandbox/tiktok/orders", s.webPlace)
	mux.HandleFunc("POST /sandbox/tiktok/orders/{id}/status", s.webMove)
	mux.HandleFunc("POST /sandbox/tiktok/orders/{id}/ship", s.webShip)
	mux.HandleFunc("POST /sandbox/tiktok/packages/{id}", s.webCarry)
	mux.HandleFunc("POST /sandbox/tiktok/orders/{id}/ask", s.webAsk)
	mux.HandleFunc("POST /sandbox/tiktok/cases/{id}/{action}", s.webAct)
	// A page of some other site must not be able to press these buttons.
	return http.NewCrossOriginProtection().Handler(mux)
}

func (s *Sim) products() []Unit {
	if len(s.opts.Products) == 0 {
		return []Unit{SampleUnit()}
	}
	return s.opts.Products
}

func (s *Sim) page() page {
	p := page{Products: s.products(), Cases: s.pageCases(), Statuses: []string{"AWAITING_SHIPMENT", "AWAITING_COLLECTION", "IN_TRANSIT",
		"DELIVERED", "COMPLETED", "CANCELLED"}}
	s.mu.Lock()
	for _, who := range s.sellers {
		for _, sh := range who.shops {
			p.Shops = append(p.Shops, pageShop{ID: sh.id, Name: sh.name, Region: sh.region})
		}
	}
	s.mu.Unlock()
	ids := s.OrderIDs()
	for i := len(ids) - 1; i >= 0; i-- {
		if o, ok := s.Order(ids[i]); ok {
			p.Orders = append(p.Orders, s.pageOrder(o))
		}
	}
	return p
}

func (s *Sim) pageOrder(o Order) pageOrder {
	var shown struct {
		RecipientAddress struct {
			PostalCode string `json:"postal_code"`
		} `json:"recipient_address"`
	}
	_ = json.Unmarshal(o.Raw, &shown) // an order without a readable address shows none
	row := pageOrder{
		ID: o.ID, Shop: o.ShopID, Status: o.Status, Total: decimal(o.Total, o.Currency), Currency: o.Currency,
		PostalCode: shown.RecipientAddress.PostalCode, Units: len(o.LineIDs),
	}
	row.Packages, row.Unshipped = pageParcels(o.Raw)
	if refs := s.ExternalReferences(o.ID); len(refs) > 0 {
		row.External = refs[len(refs)-1].String()
	}
	return row
}

func (s *Sim) webPlace(w http.ResponseWriter, r *http.Request) {
	spec := OrderSpec{Shipping: Shipping{Original: 599}, Units: []Unit{s.products()[0]}}
	for _, u := range s.products() {
		if u.SKUID == r.PostFormValue("sku") {
			spec.Units = []Unit{u}
		}
	}
	if r.PostFormValue("quantity") == "2" {
		spec.Units[0].Count = 2
	}
	if zip := r.PostFormValue("zip"); zip != "" {
		s.mu.Lock()
		sh := s.shopByID(r.PostFormValue("shop"))
		s.mu.Unlock()
		if sh != nil {
			a := DefaultAddress(sh.region)
			a.PostalCode = zip
			spec.Address = &a
		}
	}
	_, err := s.PlaceOrder(r.PostFormValue("shop"), spec)
	back(w, r, err)
}

func (s *Sim) webMove(w http.ResponseWriter, r *http.Request) {
	back(w, r, s.SetStatus(r.PathValue("id"), r.PostFormValue("status")))
}

func back(w http.ResponseWriter, r *http.Request, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	http.Redirect(w, r, "/sandbox/tiktok", http.StatusSeeOther)
}
