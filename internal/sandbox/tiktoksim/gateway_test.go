package tiktoksim

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

const detailPath = "/order/202507/orders"

// gatewayCase is a request for an order's detail that differs from a right one
// as its functions say, and what the gateway makes of it.
type gatewayCase struct {
	edit      func(url.Values)    // of the query, before signing
	after     func(*http.Request) // after signing
	prepare   func(*rig)
	status    int
	code      int
	violation bool
}

func (tc gatewayCase) run(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	if tc.prepare != nil {
		tc.prepare(r)
	}
	edit := tc.edit
	if edit == nil {
		edit = func(url.Values) {}
	}
	req := r.api(http.MethodGet, detailPath, url.Values{"shop_cipher": {usCipher}, "ids": {"1"}}, "", edit)
	if tc.after != nil {
		tc.after(req)
	}
	rep := r.send(req)
	if rep.Status != tc.status || rep.Code != tc.code {
		t.Errorf("answer = %d, code %d (%s), want %d, code %d", rep.Status, rep.Code, rep.Message, tc.status, tc.code)
	}
	if got := len(r.Violations()) > 0; got != tc.violation {
		t.Errorf("violations = %v, want any: %v", r.Violations(), tc.violation)
	}
	if rep.RequestID == "" {
		t.Error("no request_id")
	}
}

func TestGatewayRefusals(t *testing.T) {
	t.Parallel()
	at := func(d time.Duration) func(url.Values) {
		return func(q url.Values) { q.Set("timestamp", strconv.FormatInt(1_795_100_000+int64(d.Seconds()), 10)) }
	}
	set := func(k, v string) func(url.Values) { return func(q url.Values) { q.Set(k, v) } }
	unset := func(k string) func(url.Values) { return func(q url.Values) { q.Del(k) } }
	for name, tc := range map[string]gatewayCase{
		"right":               {status: 200},
		"oldest timestamp":    {edit: at(-5 * time.Minute), status: 200},
		"newest timestamp":    {edit: at(30 * time.Second), status: 200},
		"timestamp too old":   {edit: at(-5*time.Minute - time.Second), status: 400, code: 36009004},
		"timestamp too new":   {edit: at(31 * time.Second), status: 400, code: 36009004},
		"timestamp no number": {edit: set("timestamp", "now"), status: 400, code: 36009004},
		"timestamp missing":   {edit: unset("timestamp"), status: 400, code: 36009004, violation: true},
		"unknown app key":     {edit: set("app_key", "key2"), status: 400, code: 36009004},
		"upper case sign": {after: func(r *http.Request) {
			q := r.URL.Query()
			q.Set("sign", strings.ToUpper(q.Get("sign")))
			r.URL.RawQuery = q.Encode()
		}, status: 401, code: 106001},
		"changed after signing": {after: func(r *http.Request) { r.URL.RawQuery += "&locale=en" }, status: 401, code: 106001},
		"unknown token":         {after: func(r *http.Request) { r.Header.Set("X-Tts-Access-Token", "nope") }, status: 401, code: 36009004},
		"expired token":         {prepare: func(r *rig) { r.must(r.ExpireTokens(openID)) }, status: 401, code: 105002},
		"token of a removed authorization": {prepare: func(r *rig) { r.must(r.Deauthorize(openID)) },
			status: 401, code: 105001},
		"scope missing":           {prepare: func(r *rig) { r.must(r.SetScopes(openID, "seller.shop.info")) }, status: 403, code: 105005},
		"cipher missing":          {edit: unset("shop_cipher"), status: 400, code: 106013, violation: true},
		"cipher unknown":          {edit: set("shop_cipher", "ROW_nobody"), status: 400, code: 106013},
		"cipher of other seller":  {edit: set("shop_cipher", "TTP_other"), status: 401, code: 101000},
		"unknown query parameter": {edit: set("locale", "en"), status: 400, code: 36009004, violation: true},
		"ids as JSON":             {edit: set("ids", `["1"]`), status: 400, code: 36009004, violation: true},
		"51 ids":                  {edit: set("ids", strings.Repeat("1,", 50)+"1"), status: 400, code: 36009004, violation: true},
		"no ids":                  {edit: unset("ids"), status: 400, code: 36009004, violation: true},
		"content type missing":    {after: func(r *http.Request) { r.Header.Del("Content-Type") }, status: 400, code: 36009004, violation: true},
	} {
		t.Run(name, tc.run)
	}
}

func TestCipherIsRefusedWhereTheDocumentHasNone(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	path := "/authorization/202309/shops"
	if rep := r.send(r.api(http.MethodGet, path, nil, "")); rep.Code != 0 {
		t.Fatalf("shops: %d %s", rep.Code, rep.Message)
	}
	r.clean()
	rep := r.send(r.api(http.MethodGet, path, url.Values{"shop_cipher": {usCipher}}, ""))
	if rep.Code != 36009004 || len(r.Violations()) != 1 {
		t.Errorf("code = %d, violations = %v", rep.Code, r.Violations())
	}
}

func TestUnknownPathsAndMethods(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		method, path string
		status, code int
	}{
		"path":          {http.MethodGet, "/order/202508/orders", 404, 36009009},
		"method":        {http.MethodPost, detailPath, 405, 36009010},
		"not simulated": {http.MethodGet, "/seller/202309/permissions", 404, 36009009},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			rep := r.send(r.api(tc.method, tc.path, nil, ""))
			if rep.Status != tc.status || rep.Code != tc.code || len(r.Violations()) != 1 {
				t.Errorf("answer = %d, code %d, violations %v", rep.Status, rep.Code, r.Violations())
			}
		})
	}
}

func TestOversizedBodyIsRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	rep := r.send(r.api(http.MethodPost, "/order/202309/orders/search", nil, strings.Repeat(" ", maxBody+1)))
	if rep.Status != http.StatusRequestEntityTooLarge || len(r.Violations()) != 1 {
		t.Errorf("answer = %d, violations %v", rep.Status, r.Violations())
	}
}

func TestSignatureCoversTheExactBody(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	q := url.Values{"shop_cipher": {usCipher}, "page_size": {"10"}}
	signed := r.api(http.MethodPost, "/order/202309/orders/search", q, `{"order_status":"ON_HOLD"}`)
	other := r.api(http.MethodPost, "/order/202309/orders/search", q, `{ "order_status": "ON_HOLD" }`)
	other.URL.RawQuery = signed.URL.RawQuery
	if rep := r.send(other); rep.Code != 106001 {
		t.Errorf("code = %d, want 106001", rep.Code)
	}
	if rep := r.send(signed); rep.Code != 0 {
		t.Errorf("code = %d %s, want 0", rep.Code, rep.Message)
	}
	r.clean()
}

func TestRequestsKeepNoSecrets(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.detail("1")
	for _, q := range r.Requests() {
		if strings.ContainsAny(q.Path+q.Op, "?=") {
			t.Errorf("request log holds a query: %+v", q)
		}
	}
	if n := len(r.Requests()); n != 2 {
		t.Errorf("requests = %d, want the token call and the detail call", n)
	}
}
