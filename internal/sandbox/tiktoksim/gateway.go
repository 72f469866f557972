package tiktoksim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"

	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
)

// The operations that are simulated, named as a chaos.Script and Requests name them.
const (
	OpTokenGet       = "GET /api/v2/token/get"
	OpTokenRefresh   = "GET /api/v2/token/refresh"
	OpShops          = "GET /authorization/202309/shops"
	OpOrderDetail    = "GET /order/202507/orders"
	OpOrderSearch    = "POST /order/202309/orders/search"
	OpPriceDetail    = "GET /order/202407/orders/{order_id}/price_detail"
	OpExternalAdd    = "POST /order/202406/orders/external_orders"
	OpExternalGet    = "GET /order/202406/orders/{order_id}/external_orders"
	OpExternalSearch = "POST /order/202406/orders/external_order_search"
	OpWebhookList    = "GET /event/202309/webhooks"
	OpWebhookPut     = "PUT /event/202309/webhooks"
	OpWebhookDelete  = "DELETE /event/202309/webhooks"

	OpProviders             = "GET /logistics/202309/delivery_options/{delivery_option_id}/shipping_providers"
	OpMarkShipped           = "POST /fulfillment/202309/orders/{order_id}/packages"
	OpUpdateOrderShipping   = "POST /fulfillment/202309/orders/{order_id}/shipping_info/update"
	OpUpdatePackageShipping = "POST /fulfillment/202309/packages/{package_id}/shipping_info/update"

	OpEligibility   = "GET /return_refund/202512/orders/{order_id}/aftersale_eligibility"
	OpCalculate     = "POST /return_refund/202309/refunds/calculate"
	OpReturnCreate  = "POST /return_refund/202309/returns"
	OpReturnSearch  = "POST /return_refund/202309/returns/search"
	OpReturnApprove = "POST /return_refund/202309/returns/{return_id}/approve"
	OpReturnReject  = "POST /return_refund/202309/returns/{return_id}/reject"
	OpReturnRecords = "GET /return_refund/202309/returns/{return_id}/records"
	OpCancelCreate  = "POST /return_refund/202309/cancellations"
	OpCancelSearch  = "POST /return_refund/202309/cancellations/search"
	OpCancelApprove = "POST /return_refund/202309/cancellations/{cancel_id}/approve"
	OpCancelReject  = "POST /return_refund/202309/cancellations/{cancel_id}/reject"
	OpRejectReasons = "GET /return_refund/202309/reject_reasons"
	OpDecisions     = "GET /return_refund/202601/decision_eligibility"
)

// endpoint is what stands behind a documented operation.
type endpoint struct {
	scope string
	serve func(*Sim, *call) answer // runs with Sim.mu held
}

var endpoints = map[string]endpoint{
	OpShops:          {"seller.authorization.info", (*Sim).listShops},
	OpOrderDetail:    {"seller.order.info", (*Sim).orderDetail},
	OpOrderSearch:    {"seller.order.info", (*Sim).orderSearch},
	OpPriceDetail:    {"seller.order.info", (*Sim).priceDetail},
	OpExternalAdd:    {"seller.order.info", (*Sim).addExternal},
	OpExternalGet:    {"seller.order.info", (*Sim).getExternal},
	OpExternalSearch: {"seller.order.info", (*Sim).searchExternal},
	OpWebhookList:    {"seller.authorization.info", (*Sim).listWebhooks},
	OpWebhookPut:     {"seller.authorization.info", (*Sim).putWebhook},
	OpWebhookDelete:  {"seller.authorization.info", (*Sim).deleteWebhook},

	OpProviders:             {"seller.logistics", (*Sim).listProviders},
	OpMarkShipped:           {"seller.fulfillment.basic", (*Sim).markShipped},
	OpUpdateOrderShipping:   {"seller.fulfillment.basic", (*Sim).updateOrderShipping},
	OpUpdatePackageShipping: {"seller.fulfillment.basic", (*Sim).updatePackageShipping},

	OpEligibility:   {"seller.return_refund.basic", (*Sim).eligibility},
	OpCalculate:     {"seller.return_refund.basic", (*Sim).calculate},
	OpReturnCreate:  {"seller.return_refund.basic", (*Sim).createReturn},
	OpReturnSearch:  {"seller.return_refund.basic", (*Sim).returnSearch},
	OpReturnApprove: {"seller.return_refund.basic", (*Sim).approveReturn},
	OpReturnReject:  {"seller.return_refund.basic", (*Sim).rejectReturn},
	OpReturnRecords: {"seller.return_refund.basic", (*Sim).returnRecords},
	OpCancelCreate:  {"seller.return_refund.basic", (*Sim).createCancellation},
	OpCancelSearch:  {"seller.return_refund.basic", (*Sim).cancelSearch},
	OpCancelApprove: {"seller.return_refund.basic", (*Sim).approveCancellation},
	OpCancelReject:  {"seller.return_refund.basic", (*Sim).rejectCancellation},
	OpRejectReasons: {"seller.return_refund.basic", (*Sim).rejectReasons},
	OpDecisions:     {"seller.return_refund.basic", (*Sim).decisionEligibility},
}

// call is one request on its way through the gateway. seller and shop are set once token and cipher are known.
type call struct {
	op     string
	r      *http.Request
	query  url.Values
	body   []byte
	vars   map[string]string
	route  *routers.Route
	seller *seller
	shop   *shop
}

func (c *call) isJSON() bool {
	return strings.HasPrefix(c.r.Header.Get("Content-Type"), "application/json")
}

// decodeBody reads a body that has passed the document; an absent one is the zero value.
func decodeBody[T any](c *call) (T, error) {
	var v T
	if len(c.body) == 0 {
		return v, nil
	}
	dec := json.NewDecoder(bytes.NewReader(c.body))
	if err := dec.Decode(&v); err != nil {
		return v, errors.New("the body does not fit its document")
	}
	return v, nil
}

const (
	maxBody      = 1 << 20
	earliestSign = 5 * time.Minute  // how old a timestamp may be
	latestSign   = 30 * time.Second // how far ahead
)

// Handler serves every host role of the platform: the API, the token endpoints and the authorize page.
func (s *Sim) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /open/authorize", s.authorizePage)
	mux.HandleFunc("/", s.serveAPI)
	return mux
}

func (s *Sim) serveAPI(w http.ResponseWriter, r *http.Request) {
	c, refusal := s.open(w, r)
	fault, _ := s.opts.Script.Next(c.op)
	if fault.Kind == chaos.Slow && !chaos.Wait(r, fault.After) {
		chaos.Cut(w)
	}
	a, stopped := faulted(fault)
	if !stopped {
		a = s.answer(c, refusal)
	}
	if fault.Kind == chaos.TimedOut {
		why := a.violation
		a = gatewayTimeout
		a.violation = why
	}
	s.record(c, a, fault)
	s.write(w, a, fault)
}

// open reads the request and finds its operation. A refusal is kept for later: faults come first.
func (s *Sim) open(w http.ResponseWriter, r *http.Request) (*call, *answer) {
	c := &call{op: r.Method + " " + r.URL.Path, r: r}
	no := func(a answer) (*call, *answer) { return c, &a }
	var err error
	if c.body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody)); err != nil {
		return no(breach(http.StatusRequestEntityTooLarge, 36009022, "the body is over 1 MiB or was cut short"))
	}
	if c.query, err = parseQuery(r.URL.RawQuery); err != nil {
		return no(breach(http.StatusBadRequest, 36009004, err.Error()))
	}
	if c.op == OpTokenGet || c.op == OpTokenRefresh {
		return c, nil
	}
	c.route, c.vars, err = s.contract.router.FindRoute(r)
	switch {
	case errors.Is(err, routers.ErrMethodNotAllowed):
		return no(breach(http.StatusMethodNotAllowed, 36009010, "Invalid method."))
	case err != nil:
		return no(breach(http.StatusNotFound, pathUnknown.code, pathUnknown.message))
	}
	c.op = r.Method + " " + c.route.Path
	return c, nil
}

func (s *Sim) answer(c *call, refusal *answer) answer {
	if refusal != nil {
		return *refusal
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answerOverdue()
	switch c.op {
	case OpTokenGet:
		return s.tokenGet(c)
	case OpTokenRefresh:
		return s.tokenRefresh(c)
	}
	return s.admit(c)
}

// admit does what TikTok's gateway does, in its order: app key, time, signature, token; then shape, scope and shop.
func (s *Sim) admit(c *call) answer {
	if a, ok := s.authenticate(c); !ok {
		return a
	}
	if c.query.Get("shop_cipher") == "" && needsCipher(c.route.Operation) {
		return breach(http.StatusBadRequest, 106013, "Missing 'shop_cipher'.")
	}
	if err := s.contract.check(c); err != nil {
		return breach(http.StatusBadRequest, 36009004, err.Error())
	}
	if err := checkDemands(c); err != nil {
		return breach(http.StatusBadRequest, 36009004, err.Error())
	}
	e, ok := endpoints[c.op]
	if !ok {
		return breach(http.StatusNotFound, 36009009, "Not simulated: "+c.op)
	}
	if !slices.Contains(c.seller.scopes, e.scope) {
		return scopeDenied
	}
	if a, ok := s.findShop(c); !ok {
		return a
	}
	return e.serve(s, c)
}

// needsCipher: every call on behalf of one shop names that shop, although most documents call the parameter optional;
// calls about the seller (/authorization, /seller) have no such parameter and are refused when they carry it.
func needsCipher(op *openapi3.Operation) bool {
	return op.Parameters.GetByInAndName(openapi3.ParameterInQuery, "shop_cipher") != nil
}

// authenticate answers the first of app key, timestamp, signature and token that is wrong.
func (s *Sim) authenticate(c *call) (answer, bool) {
	for _, name := range gatewayParams {
		if c.query.Get(name) == "" {
			return breach(http.StatusBadRequest, 36009004, fmt.Sprintf("Missing '%s' query parameter.", name)), false
		}
	}
	if c.query.Get("app_key") != s.opts.AppKey {
		return appKeyWrong, false
	}
	now := s.now()
	sec, err := strconv.ParseInt(c.query.Get("timestamp"), 10, 64)
	at := time.Unix(sec, 0)
	if err != nil || at.Before(now.Add(-earliestSign)) || at.After(now.Add(latestSign)) {
		return timestampWrong, false
	}
	signed := c.body
	if strings.HasPrefix(c.r.Header.Get("Content-Type"), "multipart/form-data") {
		signed = nil
	}
	if c.query.Get("sign") != requestSign(s.opts.AppSecret, c.r.URL.Path, c.query, signed) {
		return signWrong, false
	}
	g := s.access[c.r.Header.Get("X-Tts-Access-Token")]
	switch {
	case g == nil:
		return tokenInvalid, false
	case g.revoked:
		return tokenRevoked, false
	case !now.Before(g.accessExpires):
		return tokenExpired, false
	}
	c.seller = g.seller
	return answer{}, true
}

// findShop turns the cipher into a shop. A cipher that nobody has and one that belongs to another seller differ in
// their code, as they do at TikTok.
func (s *Sim) findShop(c *call) (answer, bool) {
	cipher := c.query.Get("shop_cipher")
	if cipher == "" {
		return answer{}, true
	}
	found := s.shopByCipher(cipher)
	switch {
	case found == nil:
		return cipherUnknown, false
	case found.seller != c.seller:
		return otherShop, false
	}
	c.shop = found
	return answer{}, true
}

// Violation is a request that TikTok's contract does not allow.
type Violation struct {
	Op  string
	Why string // fields and rules, never values
}

func (v Violation) String() string { return v.Op + ": " + v.Why }

func (s *Sim) record(c *call, a answer, f chaos.Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.violation != "" {
		s.violations = append(s.violations, Violation{Op: c.op, Why: a.violation})
	}
	switch f.Kind {
	case chaos.CutBefore, chaos.CutAfter, chaos.LateCommit:
		a.status, a.code = 0, 0
	}
	s.requests = append(s.requests, Request{
		At: s.now(), Op: c.op, Method: c.r.Method, Path: c.r.URL.Path, Status: a.status, Code: a.code, Fault: f.Kind, OrderIDs: s.namedBy(c),
	})
}

var anyID = regexp.MustCompile(`[0-9]{16,20}`)

// namedBy are the orders that a call names, by their own id or by that of a case.
func (s *Sim) namedBy(c *call) []string {
	var ids []string
	for _, id := range slices.Concat(anyID.FindAllString(c.r.URL.Path+" "+c.query.Get("ids"), -1), anyID.FindAllString(string(c.body), -1)) {
		if a := s.cases[id]; a != nil {
			id = a.order.id
		}
		if s.orders[id] != nil && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}
