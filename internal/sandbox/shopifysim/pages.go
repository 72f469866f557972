package shopifysim

import (
	"embed"
	"html/template"
	"net/http"
	"slices"
)

//go:embed pages/*.html
var pageFiles embed.FS

var pageTemplates = template.Must(template.New("").Funcs(template.FuncMap{"money": fixed, "legacy": legacyID}).
	ParseFS(pageFiles, "pages/*.html"))

// pageUser is the staff member who opens the app from the pages.
const pageUser = "1"

// shopPage is one shop in the list.
type shopPage struct {
	Spec   ShopSpec
	Orders []Order // newest first
}

// Pages serves plain pages to look around in: the shops with their orders, one order with buttons to ship, refund and
// cancel it, and a way into the app. Links are relative, so the handler may be mounted below any path that ends in a slash.
func (s *Sim) Pages() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		var shops []shopPage
		for _, spec := range s.Shops() {
			orders := s.Orders(spec.Domain)
			slices.Reverse(orders)
			shops = append(shops, shopPage{spec, orders})
		}
		render(w, "shops.html", shops)
	})
	mux.HandleFunc("GET /{shop}/orders/{id}", func(w http.ResponseWriter, r *http.Request) {
		orders := s.Orders(r.PathValue("shop"))
		i := slices.IndexFunc(orders, func(o Order) bool { return legacyID(o.GID) == r.PathValue("id") })
		if i < 0 {
			http.NotFound(w, r)
			return
		}
		render(w, "order.html", newOrderPage(orders[i]))
	})
	mux.HandleFunc("POST /{shop}/orders/{id}/{action}", s.actOnOrder)
	mux.HandleFunc("GET /{shop}/open", s.openApp)
	// A page of some other site must not be able to press the buttons.
	return http.NewCrossOriginProtection().Handler(mux)
}

// openApp sends the browser into the app as the admin would, with a fresh session token.
func (s *Sim) openApp(w http.ResponseWriter, r *http.Request) {
	domain := r.PathValue("shop")
	known := slices.ContainsFunc(s.Shops(), func(spec ShopSpec) bool { return spec.Domain == domain })
	if !known || s.appURL() == "" {
		http.NotFound(w, r)
		return
	}
	http.Redirect(w, r, s.EmbeddedURL(domain, pageUser), http.StatusSeeOther)
}

func render(w http.ResponseWriter, name string, data any) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	_ = pageTemplates.ExecuteTemplate(w, name, data) // the page has begun; a browser that left needs no word
}
