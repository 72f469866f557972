package tiktoksim

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
)

const (
	usShop   = "7494000000000010001"
	gbShop   = "7494000000000010002"
	usCipher = "TTP_cipherUS"
	gbCipher = "ROW_cipherGB"
	openID   = "SELLER1"
)

// clock is a time that tests move by hand.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// rig is a simulator with two sellers on a local server, the first with a token in hand.
type rig struct {
	*Sim
	t      *testing.T
	url    string
	clock  *clock
	script *chaos.Script
	token  string
}

func newRig(t *testing.T, change ...func(*Options)) *rig {
	t.Helper()
	r := &rig{t: t, clock: &clock{at: time.Unix(1_795_100_000, 0)}, script: &chaos.Script{}}
	opts := Options{
		AppKey: "key1", AppSecret: "secret1", ServiceID: "svc1", RedirectURL: "http://app.test/tiktok/callback?keep=1",
		Now: r.clock.now, Script: r.script,
	}
	for _, f := range change {
		f(&opts)
	}
	var err error
	if r.Sim, err = New(opts); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	r.must(r.AddSeller(SellerSpec{OpenID: openID, Name: "Goods", Shops: []ShopSpec{
		{ID: usShop, Name: "Goods US", Cipher: usCipher}, {ID: gbShop, Name: "Goods UK", Region: "GB", Cipher: gbCipher},
	}}))
	r.must(r.AddSeller(SellerSpec{OpenID: "SELLER2", Name: "Other", Shops: []ShopSpec{{ID: "7494000000000010003", Cipher: "TTP_other"}}}))
	srv := httptest.NewServer(r.Handler())
	t.Cleanup(srv.Close)
	r.url = srv.URL
	r.token = r.connect().AccessToken
	return r
}

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) clean() {
	r.t.Helper()
	for _, v := range r.Violations() {
		r.t.Errorf("contract violation: %s", v)
	}
}

// reply is an answer of the platform.
type reply struct {
	Status    int
	Header    http.Header
	Raw       []byte
	Code      int
	Message   string
	RequestID string `json:"request_id"`
	Data      json.RawMessage
}

func into[T any](t *testing.T, r reply) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(r.Data, &v); err != nil {
		t.Fatalf("data of %d %s: %v", r.Code, r.Message, err)
	}
	return v
}

type tokens struct {
	AccessToken    string   `json:"access_token"`
	AccessExpires  int64    `json:"access_token_expire_in"`
	RefreshToken   string   `json:"refresh_token"`
	RefreshExpires int64    `json:"refresh_token_expire_in"`
	OpenID         string   `json:"open_id"`
	Scopes         []string `json:"granted_scopes"`
}

func (r *rig) connect() tokens {
	r.t.Helper()
	code, err := r.Authorize(openID)
	r.must(err)
	rep := r.tokenCall("get", "auth_code", code, "authorized_code")
	if rep.Code != 0 {
		r.t.Fatalf("token: %d %s", rep.Code, rep.Message)
	}
	return into[tokens](r.t, rep)
}

func (r *rig) tokenCall(which, credential, value, grantType string) reply {
	r.t.Helper()
	q := url.Values{"app_key": {"key1"}, "app_secret": {"secret1"}, credential: {value}, "grant_type": {grantType}}
	return r.send(r.request(http.MethodGet, "/api/v2/token/"+which+"?"+q.Encode(), ""))
}

// api makes a correct signed request; edits spoil it, before signing.
func (r *rig) api(method, path string, query url.Values, body string, edits ...func(url.Values)) *http.Request {
	r.t.Helper()
	q := url.Values{"app_key": {"key1"}, "timestamp": {strconv.FormatInt(r.clock.now().Unix(), 10)}}
	for k, v := range query {
		q[k] = v
	}
	for _, edit := range edits {
		edit(q)
	}
	q.Set("sign", requestSign("secret1", path, q, []byte(body)))
	req := r.request(method, path+"?"+q.Encode(), body)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Tts-Access-Token", r.token)
	return req
}

func (r *rig) request(method, pathAndQuery, body string) *http.Request {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.url+pathAndQuery, strings.NewReader(body))
	r.must(err)
	return req
}

func (r *rig) send(req *http.Request) reply {
	r.t.Helper()
	rep, err := r.try(req)
	r.must(err)
	return rep
}

// try does not follow redirects and lets transport errors through.
func (r *rig) try(req *http.Request) (reply, error) {
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	var buf bytes.Buffer
	if _, err := buf.ReadFrom(resp.Body); err != nil {
		return reply{}, err
	}
	rep := reply{Status: resp.StatusCode, Header: resp.Header, Raw: buf.Bytes()}
	_ = json.Unmarshal(rep.Raw, &rep) // not every answer is an envelope
	return rep, nil
}

// do is a correct call for the US shop.
func (r *rig) do(method, path string, query url.Values, body string) reply {
	r.t.Helper()
	q := url.Values{"shop_cipher": {usCipher}}
	for k, v := range query {
		q[k] = v
	}
	return r.send(r.api(method, path, q, body))
}

func (r *rig) place(spec OrderSpec) string {
	r.t.Helper()
	if spec.Units == nil {
		spec.Units = []Unit{SampleUnit()}
	}
	id, err := r.PlaceOrder(usShop, spec)
	r.must(err)
	return id
}

func (r *rig) detail(ids ...string) []map[string]any {
	r.t.Helper()
	rep := r.do(http.MethodGet, "/order/202507/orders", url.Values{"ids": {strings.Join(ids, ",")}}, "")
	if rep.Code != 0 {
		r.t.Fatalf("detail: %d %s", rep.Code, rep.Message)
	}
	return into[struct{ Orders []map[string]any }](r.t, rep).Orders
}
