package tiktoksim

import (
	"cmp"
	"embed"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/switchbackhq/switchback/internal/sandbox/frame"
)

//go:embed pages/*.html
var pageFiles embed.FS

var pageTemplates = frame.Parse(template.FuncMap{
	"iso":   func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"clock": func(t time.Time) string { return t.UTC().Format("2 Jan 15:04:05") },
}, pageFiles, "pages/*.html")

const (
	pagesAt  = "/sandbox/tiktok"
	mostForm = 64 << 10 // bytes of a form that are read
)

// said are the words behind ?said=: no page says what its address tells it to.
var said = map[string]string{
	"placed":   "The order is placed. What happens to it now is yours to decide, below.",
	"moved":    "Done. TikTok has told the app of the new status.",
	"shipped":  "The parcel is packed at TikTok.",
	"carried":  "The carrier's scan is recorded.",
	"tracked":  "The tracking number is changed.",
	"address":  "The address is changed. TikTok says that it changed, and the app has to fetch it.",
	"unmasked": "TikTok no longer hides the address.",
	"asked":    "The buyer's request is with TikTok.",
	"given":    "Done at TikTok. The app hears of it as it would from any other tool.",
	"rules":    "TikTok treats this order as you said from now on.",
	"answered": "Recorded in the case.",
	"again":    "Sent once more, byte for byte.",
	"held":     "From now on notifications wait here until you send or lose them.",
	"flowing":  "Notifications go out again. What was held still waits below.",
	"released": "On its way.",
	"dropped":  "Lost on the way: the app will have to notice by itself.",
	"return":   "Saved. Buyers who return something are sent there.",
}

// Pages serves Seller Center below /sandbox/tiktok: orders to place, to look at and to move along, cases, notifications.
// Serve it on an address of its own or beside Handler; it has no login, like everything in the sandbox.
func (s *Sim) Pages() http.Handler {
	mux := http.NewServeMux()
	for pattern, serve := range map[string]http.HandlerFunc{
		"GET ":                              s.webOrders,
		"GET /new":                          s.webNew,
		"POST /orders":                      s.webPlace,
		"GET /orders/{id}":                  s.webOrder,
		"POST /orders/{id}/{action}":        s.webAct,
		"POST /packages/{id}":               s.webCarry,
		"GET /cases":                        s.webCases,
		"POST /cases/{id}/{action}":         s.webDecide,
		"GET /notifications":                s.webNotifications,
		"POST /notifications/{action}":      s.webHold,
		"POST /notifications/{action}/{id}": s.webDeliver,
		"GET /calls":                        s.webCalls,
		"GET /return-app":                   s.webReturnApp,
		"POST /return-app":                  s.webSetReturnApp,
	} {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" "+pagesAt+path, func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, mostForm)
			if err := r.ParseForm(); err != nil {
				http.Error(w, "The form cannot be read.", http.StatusBadRequest)
				return
			}
			serve(w, r)
		})
	}
	// A page of some other site must not be able to press these buttons.
	return http.NewCrossOriginProtection().Handler(mux)
}

func (s *Sim) products() []Unit {
	if len(s.opts.Products) == 0 {
		return []Unit{SampleUnit()}
	}
	return s.opts.Products
}

// around is the frame of a page of Seller Center.
func (s *Sim) around(r *http.Request, here, title string) frame.Page {
	p := frame.Page{
		Look: "tiktok", Brand: "Seller Center", BrandHref: pagesAt, Title: title,
		Start: s.opts.Neighbors.Start, Said: said[r.URL.Query().Get("said")],
	}
	for _, entry := range []struct{ path, text string }{
		{"", "Orders"}, {"/new", "Place an order"}, {"/cases", "Returns and cancellations"}, {"/notifications", "Notifications"},
		{"/calls", "API calls"}, {"/return-app", "Return app"},
	} {
		p.Nav = append(p.Nav, frame.Link{Text: entry.text, Href: pagesAt + entry.path, Here: here == entry.path})
	}
	return p
}

// after answers a button: back to the order with words, or the order's page again with what was wrong.
func (s *Sim) after(w http.ResponseWriter, r *http.Request, orderID, done string, err error) {
	if err == nil {
		http.Redirect(w, r, pagesAt+"/orders/"+url.PathEscape(orderID)+"?said="+done, http.StatusSeeOther)
		return
	}
	s.showOrder(w, r, http.StatusUnprocessableEntity, orderID, err)
}

// sentence makes an error readable for people.
func sentence(err error) string {
	if err == nil {
		return ""
	}
	said := []rune(err.Error())
	said[0] = unicode.ToUpper(said[0])
	return string(said) + "."
}

// badge is a state in a word and a tone.
type badge struct{ Text, Tone string }

var badges = map[string]badge{
	"UNPAID": {"Unpaid", "warn"}, "ON_HOLD": {"On hold", "warn"}, "AWAITING_SHIPMENT": {"Awaiting shipment", "busy"},
	"PARTIALLY_SHIPPING": {"Partly shipped", "busy"}, "AWAITING_COLLECTION": {"Awaiting collection", "busy"},
	"IN_TRANSIT": {"In transit", "busy"}, "DELIVERED": {"Delivered", "good"}, "COMPLETED": {"Completed", "good"}, "CANCELLED": {"Cancelled", "bad"},

	returnPending: {"Waits for the seller", "warn"}, returnRejected: {"Rejected", "bad"}, returnAwaited: {"Buyer shall send it", "busy"},
	returnShipped: {"Parcel is on its way back", "warn"}, returnNotTaken: {"Parcel not accepted", "warn"}, returnOffered: {"Waits for the buyer", "warn"},
	returnSuccess: {"Money on its way", "busy"}, returnComplete: {"Paid back", "good"}, returnWithdrawn: {"Withdrawn", ""},
	replacePending: {"Waits for the seller", "warn"}, replaceRejected: {"Rejected", "bad"}, replaceRefund: {"Money on its way", "busy"},
	replaceWithdrawn: {"Withdrawn", ""}, replaceComplete: {"Replaced", "good"},
	cancelPending: {"Waits for the seller", "warn"}, cancelSuccess: {"Money on its way", "busy"}, cancelWithdrawn: {"Dropped", ""},
	cancelComplete: {"Cancelled, paid back", "good"},
}

func badgeOf(status string) badge {
	if b, ok := badges[status]; ok {
		return b
	}
	return badge{Text: strings.ReplaceAll(strings.ToLower(status), "_", " ")}
}

// pager leads through a long list.
type pager struct {
	Newer, Older    string // addresses; empty at the ends
	From, To, Total int
}

// paged cuts the page that ?page= asks for out of a list, newest first.
func paged[T any](r *http.Request, all []T, size int) ([]T, pager) {
	q := r.URL.Query()
	n, _ := strconv.Atoi(q.Get("page")) // 0 for what is no number
	n = min(max(n, 1), max(1, (len(all)+size-1)/size))
	from, to := (n-1)*size, min(n*size, len(all))
	p := pager{From: min(from+1, len(all)), To: to, Total: len(all)}
	at := func(n int) string {
		q.Set("page", strconv.Itoa(n))
		q.Del("said")
		return r.URL.Path + "?" + q.Encode()
	}
	if n > 1 {
		p.Newer = at(n - 1)
	}
	if to < len(all) {
		p.Older = at(n + 1)
	}
	return all[from:to], p
}

// amountOf reads money that somebody typed; nothing typed is 0.
func amountOf(typed, currency string) (int64, error) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return 0, nil
	}
	minor, ok := parseDecimal(typed, currency)
	if !ok || minor <= 0 {
		return 0, errors.New("an amount is a number such as 12.50")
	}
	return minor, nil
}

// webReturnApp shows what the return proxy app opens.
func (s *Sim) webReturnApp(w http.ResponseWriter, r *http.Request) {
	s.showReturnApp(w, r, http.StatusOK, nil)
}

func (s *Sim) showReturnApp(w http.ResponseWriter, r *http.Request, status int, err error) {
	s.mu.Lock()
	address := s.returnURL
	s.mu.Unlock()
	view := struct {
		frame.Page
		Address, Preview string
	}{s.around(r, "/return-app", "Return proxy app"), cmp.Or(r.PostForm.Get("address"), address), returnLink(address, "576900000030000001", "73301")}
	view.Refused = sentence(err)
	frame.Show(w, status, pageTemplates, "returnapp", view)
}

func (s *Sim) webSetReturnApp(w http.ResponseWriter, r *http.Request) {
	if err := s.SetReturnURL(r.PostForm.Get("address")); err != nil {
		s.showReturnApp(w, r, http.StatusUnprocessableEntity, err)
		return
	}
	http.Redirect(w, r, pagesAt+"/return-app?said=return", http.StatusSeeOther)
}

// SetReturnURL is the seller pasting a return URL into the return proxy app; empty ends it.
func (s *Sim) SetReturnURL(address string) error {
	address = strings.TrimSpace(address)
	if address != "" && returnLink(address, "1", "1") == "" {
		return errors.New("the return URL must be a whole address that begins with https:// or http://")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.returnURL = address
	return nil
}

// ReturnAddress is what the return proxy app opens for the buyer of an order; empty when there is no such order, or no return URL.
func (s *Sim) ReturnAddress(orderID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.orders[orderID]
	if o == nil {
		return ""
	}
	return returnLink(s.returnURL, o.id, o.buyer().PostalCode)
}

// returnLink fills TikTok's placeholders in; empty when the address is none that a browser should open.
func returnLink(address, orderID, zip string) string {
	filled := strings.NewReplacer("[TT_ORDER_NUM]", url.QueryEscape(orderID), "[TTS_ZIP_CODE]", url.QueryEscape(zip)).Replace(address)
	u, err := url.Parse(filled)
	if err != nil || !slices.Contains([]string{"http", "https"}, u.Scheme) || u.Host == "" || len(filled) > 2000 {
		return ""
	}
	return filled
}
