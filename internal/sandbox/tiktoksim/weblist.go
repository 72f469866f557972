package tiktoksim

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox/frame"
)

// ordersOnPage is how many orders a page of the list has.
const ordersOnPage = 25

// choice is an entry of a select.
type choice struct {
	Value, Text string
	Chosen      bool
}

// listRow is an order in the list.
type listRow struct {
	ID, Href, Shop, Buyer, ZIP, Total, Goods, External string
	Placed                                             time.Time
	Units                                              int
	Status                                             badge
	Asked                                              bool // a case waits for the seller
}

// orderList is the page of orders.
type orderList struct {
	frame.Page
	Orders          []listRow
	Pager           pager
	Query           string
	Shops, Statuses []choice
	Filtered        bool
	Connected       bool // some app hears of the shops
}

// webOrders lists orders, newest first: ?status=, ?shop=, ?q= a number, a part of one, or a ZIP.
func (s *Sim) webOrders(w http.ResponseWriter, r *http.Request) {
	s.showOrders(w, r, http.StatusOK, nil)
}

func (s *Sim) showOrders(w http.ResponseWriter, r *http.Request, status int, refused error) {
	q := r.URL.Query()
	view := orderList{Page: s.around(r, "", "Orders"), Query: q.Get("q"), Shops: s.shopChoices(q.Get("shop"))}
	view.Refused = sentence(refused)
	for _, st := range statuses {
		view.Statuses = append(view.Statuses, choice{st, badgeOf(st).Text, st == q.Get("status")})
	}
	view.Filtered = view.Query+q.Get("shop")+q.Get("status") != ""
	ids := s.OrderIDs()
	slices.Reverse(ids)
	s.mu.Lock()
	ids = slices.DeleteFunc(ids, func(id string) bool { return !s.orders[id].fits(q.Get("status"), q.Get("shop"), view.Query) })
	ids, view.Pager = paged(r, ids, ordersOnPage)
	for _, id := range ids {
		view.Orders = append(view.Orders, s.orders[id].row())
	}
	view.Connected = slices.ContainsFunc(s.sellers, func(who *seller) bool { return who.authorized })
	s.mu.Unlock()
	frame.Show(w, status, pageTemplates, "orders", view)
}

func (o *order) fits(status, shopID, query string) bool {
	if o == nil || status != "" && o.status() != status || shopID != "" && o.shop.id != shopID {
		return false
	}
	query = strings.TrimSpace(query)
	return query == "" || strings.Contains(o.id, query) || strings.EqualFold(o.zip(), query)
}

// zip is the postal code that TikTok shows now.
func (o *order) zip() string { return text(object(o.visible()["recipient_address"])["postal_code"]) }

func (o *order) row() listRow {
	address := object(o.visible()["recipient_address"])
	row := listRow{
		ID: o.id, Href: pagesAt + "/orders/" + o.id, Shop: o.shop.name, Buyer: text(address["name"]), ZIP: text(address["postal_code"]),
		Total: text(object(o.doc["payment"])["total_amount"]) + " " + o.currency(), Goods: o.goods(), Units: len(o.lines()),
		Placed: time.Unix(integer(o.doc["create_time"]), 0), Status: badgeOf(o.status()),
		Asked: slices.ContainsFunc(o.cases, func(a *aftersale) bool { return a.deadline != 0 }),
	}
	if len(o.external) > 0 {
		row.External = o.external[len(o.external)-1].ID
	}
	return row
}

// goods names what was bought in a few words.
func (o *order) goods() string {
	var names []string
	for _, l := range o.lines() {
		if name := text(l["product_name"]); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) > 2 {
		names = []string{names[0], fmt.Sprintf("%d more", len(names)-1)}
	}
	return strings.Join(names, ", ")
}

func (s *Sim) shopChoices(chosen string) []choice {
	s.mu.Lock()
	defer s.mu.Unlock()
	var shops []choice
	for _, who := range s.sellers {
		for _, sh := range who.shops {
			shops = append(shops, choice{sh.id, fmt.Sprintf("%s (%s, %s)", sh.name, sh.region, sh.currency), sh.id == chosen})
		}
	}
	return shops
}

// newOrder is the page that sells.
type newOrder struct {
	frame.Page
	Shops    []choice
	Products []Unit
	Groups   []purchaseGroup
}

type purchaseGroup struct {
	Name  string
	Cases []purchase
}

func (s *Sim) webNew(w http.ResponseWriter, r *http.Request) { s.showNew(w, r, http.StatusOK, nil) }

func (s *Sim) showNew(w http.ResponseWriter, r *http.Request, status int, refused error) {
	view := newOrder{Page: s.around(r, "/new", "Place an order"), Shops: s.shopChoices(r.PostForm.Get("shop")), Products: s.products()}
	view.Refused = sentence(refused)
	for _, name := range groups {
		cases := slices.DeleteFunc(catalog(), func(p purchase) bool { return p.Group != name })
		view.Groups = append(view.Groups, purchaseGroup{name, cases})
	}
	frame.Show(w, status, pageTemplates, "new", view)
}

// webPlace is a buyer buying: a case of the catalog, or sku, quantity and zip. Sent twice it is two orders, as it would
// be in a shop.
func (s *Sim) webPlace(w http.ResponseWriter, r *http.Request) {
	shopID, held := r.PostForm.Get("shop"), r.PostForm.Get("start") == "held"
	var id string
	var err error
	if key := r.PostForm.Get("case"); key != "" {
		id, err = s.buy(shopID, key, held)
	} else {
		id, err = s.placeOwn(shopID, r.PostForm.Get("sku"), r.PostForm.Get("quantity"), r.PostForm.Get("zip"), held)
	}
	if err != nil {
		s.showNew(w, r, http.StatusUnprocessableEntity, err)
		return
	}
	s.after(w, r, id, "placed", nil)
}

// placeOwn places an order of one product.
func (s *Sim) placeOwn(shopID, sku, quantity, zip string, held bool) (orderID string, err error) {
	i := slices.IndexFunc(s.products(), func(u Unit) bool { return u.SKUID == sku })
	count := slices.Index([]string{"", "1", "2", "3", "4", "5"}, quantity)
	if i < 0 || count < 0 || len(zip) > 20 {
		return "", errors.New("place order: choose a product, one to five of it, and a ZIP of at most 20 characters")
	}
	s.mu.Lock()
	sh := s.shopByID(shopID)
	s.mu.Unlock()
	if sh == nil {
		return "", fmt.Errorf("place order: no shop %q", shopID)
	}
	unit := s.products()[i]
	unit.Count = max(count, 1)
	spec := parcel(unit)
	spec.Status = startStatus(held)
	if zip != "" {
		home := DefaultAddress(sh.region)
		home.PostalCode = zip
		spec.Address = &home
	}
	return s.PlaceOrder(shopID, spec)
}
