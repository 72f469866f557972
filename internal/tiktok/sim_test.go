package tiktok_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

const (
	usShop    = "7494000000000010001"
	gbShop    = "7494000000000010002"
	openID    = "SELLER1"
	appSecret = "app-secret-of-the-test"
)

var (
	usSeat = tiktok.Seat{Holder: "holder", OpenID: openID, Shop: usShop, Cipher: "TTP_cipherUS"}
	gbSeat = tiktok.Seat{Holder: "holder", OpenID: openID, Shop: gbShop, Cipher: "ROW_cipherGB"}
)

func TestAuthorizationGoesRound(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	grant := r.keeper.grant
	if grant.OpenID != openID || grant.SellerName != "Goods" || grant.Region != "US" || grant.UserType != tiktok.SellerUser ||
		!slices.Contains(grant.Scopes, "seller.order.info") {
		t.Errorf("grant is %+v", grant)
	}
	// The field is called "expire in" and holds a moment.
	if left := time.Until(grant.AccessExpiresAt); left < 6*24*time.Hour || left > 8*24*time.Hour {
		t.Errorf("access token lives %v, want about 7 days", left)
	}
	shops, err := r.AuthorizedShops(t.Context(), grant.Access)
	check(t, err)
	if len(shops) != 2 || shops[0].ID != usShop || shops[0].Cipher != usSeat.Cipher || shops[1].Region != "GB" {
		t.Errorf("shops are %+v", shops)
	}
	link, err := r.AuthorizeLink("state-1 &x")
	check(t, err)
	want := r.BaseURL + "/open/authorize?service_id=svc1&state=state-1+%26x"
	if link != want {
		t.Errorf("link is %s, want %s", link, want)
	}
}

func TestRefreshRotatesAndRefusals(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first := r.keeper.grant
	second, err := r.RefreshGrant(t.Context(), first.Refresh)
	check(t, err)
	if second.Access == first.Access || second.Refresh == first.Refresh {
		t.Error("a token was not replaced")
	}
	_, usedRefresh := r.RefreshGrant(t.Context(), first.Refresh)
	code, err := r.sim.Authorize(openID)
	check(t, err)
	_, err = r.ExchangeCode(t.Context(), code)
	check(t, err)
	_, usedCode := r.ExchangeCode(t.Context(), code)
	_, noCode := r.ExchangeCode(t.Context(), "")
	for name, err := range map[string]error{"used refresh token": usedRefresh, "used code": usedCode, "no code": noCode} {
		if !errors.Is(err, tiktok.ErrGrantRefused) {
			t.Errorf("%s: %v, want ErrGrantRefused", name, err)
		}
	}
	if fault.Of(usedRefresh) != fault.Asks {
		t.Errorf("used refresh token has fate %s", fault.Of(usedRefresh))
	}
	r.AppSecret = secret.New("wrong")
	if _, err := r.RefreshGrant(t.Context(), second.Refresh); err == nil || errors.Is(err, tiktok.ErrGrantRefused) {
		t.Errorf("wrong app secret: %v, want an error that does not blame the seller", err)
	}
}

func TestExpiredTokenIsRenewedOnceAndTheCallRepeated(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.place(t, usShop)
	check(t, r.sim.ExpireTokens(openID))
	order, err := r.Order(t.Context(), usSeat, id)
	check(t, err)
	if order.ID != id || r.keeper.renewed != 1 {
		t.Errorf("order %s after %d renewals, want %s after 1", order.ID, r.keeper.renewed, id)
	}
	r.script.Add(tiktoksim.OpOrderDetail, chaos.Fault{Kind: chaos.TokenExpired}, 2)
	_, err = r.Order(t.Context(), usSeat, id)
	if !tiktok.IsTokenExpired(err) || actCode(err) != "connection_expired" || r.keeper.renewed != 2 {
		t.Errorf("fresh token refused too: %v after %d renewals", err, r.keeper.renewed)
	}
	check(t, r.sim.Deauthorize(openID))
	if _, err = r.Order(t.Context(), usSeat, id); actCode(err) != "connection_expired" {
		t.Errorf("deauthorized: %v, want connection_expired", err)
	}
}

func actCode(err error) string {
	var act *fault.Act
	if errors.As(err, &act) {
		return act.Code
	}
	return ""
}

func TestOrders(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	us, gb := r.place(t, usShop), r.place(t, gbShop)
	orders, err := r.Orders(t.Context(), usSeat, []tiktok.OrderID{us, gb})
	check(t, err)
	if len(orders) != 1 || orders[0].ID != us {
		t.Errorf("%d orders, want the US shop's alone", len(orders))
	}
	_, err = r.Order(t.Context(), usSeat, "576900000000099999")
	if !errors.Is(err, tiktok.ErrOrderNotFound) || !tiktok.IsNotFound(err) {
		t.Errorf("unknown order: %v", err)
	}
	before := len(r.sim.Requests())
	for name, ids := range map[string][]tiktok.OrderID{"none": nil, "51": make([]tiktok.OrderID, 51), "hostile": {"1,2"}} {
		if _, err := r.Orders(t.Context(), usSeat, ids); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := r.Order(t.Context(), tiktok.Seat{Holder: "holder", OpenID: openID, Shop: usShop}, us); err == nil {
		t.Error("a seat without a cipher: no error")
	}
	if len(r.sim.Requests()) != before {
		t.Error("a call that could not be right was sent")
	}
}

func TestEverySampleOrderIsServed(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	files, err := filepath.Glob("testdata/orders/order_detail_*.json")
	check(t, err)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		check(t, err)
		ids, err := r.sim.LoadOrder(usShop, raw)
		check(t, err)
		order, err := r.Order(t.Context(), usSeat, tiktok.OrderID(ids[0]))
		check(t, err)
		if order.Payment.TotalAmount == "" || len(order.LineItems) == 0 || order.RecipientAddress == nil {
			t.Errorf("%s: %+v", file, order)
		}
	}
}

func TestSearchOrdersPages(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	began := time.Now()
	var want []tiktok.OrderID
	for range 5 {
		want = append(want, r.place(t, usShop))
	}
	search := tiktok.OrderSearch{
		ByUpdateTime: true, PageSize: 2, Status: tiktok.AwaitingShipment, ShippingType: tiktok.ShippingBySeller,
		UpdatedFrom: began.Add(-time.Minute), UpdatedBefore: began.Add(time.Hour), CreatedFrom: began.Add(-time.Minute),
	}
	var got []tiktok.OrderID
	for token, pages := "", 0; ; pages++ {
		page, err := r.SearchOrders(t.Context(), usSeat, search, token)
		check(t, err)
		if page.Total != 5 || pages > 2 {
			t.Fatalf("page %d of a total of %d", pages, page.Total)
		}
		for _, o := range page.Orders {
			got = append(got, o.ID)
		}
		if token = page.Next; token == "" {
			break
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	none, err := r.SearchOrders(t.Context(), usSeat, tiktok.OrderSearch{CreatedBefore: began.Add(-time.Hour), NewestFirst: true}, "")
	check(t, err)
	if len(none.Orders) != 0 || none.Next != "" {
		t.Errorf("orders before there were any: %+v", none)
	}
}

func TestExternalOrders(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.place(t, usShop)
	order, err := r.Order(t.Context(), usSeat, id)
	check(t, err)
	note := tiktok.ExternalOrder{ID: "6200000000001", Lines: []tiktok.ExternalLine{{ID: "155", Origin: order.LineItems[0].ID}}}
	check(t, r.AddExternalOrder(t.Context(), usSeat, id, note))
	got, err := r.ExternalOrders(t.Context(), usSeat, id)
	check(t, err)
	note.Platform = "SHOPIFY"
	if diff := cmp.Diff([]tiktok.ExternalOrder{note}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	err = r.AddExternalOrder(t.Context(), usSeat, "576900000000099999", note)
	var partial *tiktok.PartialError
	if !errors.As(err, &partial) || partial.Refused[0].Order != "576900000000099999" || partial.RequestID == "" || fault.Of(err) != fault.Asks {
		t.Errorf("unknown order: %v, want a PartialError that names it", err)
	}
	for name, err := range map[string]error{
		"path":        second(r.ExternalOrders(t.Context(), usSeat, "1/../2")),
		"hostile id":  r.AddExternalOrder(t.Context(), usSeat, "1/../2", note),
		"no order id": r.AddExternalOrder(t.Context(), usSeat, id, tiktok.ExternalOrder{}),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestExternalOrderSendsNoMoreLinesThanAllowed(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	unit := tiktoksim.SampleUnit()
	unit.Count = tiktok.MostExternalLines + 1
	placed, err := r.sim.PlaceOrder(usShop, tiktoksim.OrderSpec{Units: []tiktoksim.Unit{unit}, Status: "AWAITING_SHIPMENT"})
	check(t, err)
	id := tiktok.OrderID(placed)
	order, err := r.Order(t.Context(), usSeat, id)
	check(t, err)
	note := tiktok.ExternalOrder{ID: "6200000000001"}
	for _, line := range order.LineItems {
		note.Lines = append(note.Lines, tiktok.ExternalLine{ID: "155", Origin: line.ID})
	}
	check(t, r.AddExternalOrder(t.Context(), usSeat, id, note))
	got, err := r.ExternalOrders(t.Context(), usSeat, id)
	check(t, err)
	if len(got[0].Lines) != tiktok.MostExternalLines || len(note.Lines) != tiktok.MostExternalLines+1 {
		t.Errorf("%d lines noted of %d", len(got[0].Lines), len(note.Lines))
	}
}

func TestWebhookSubscriptions(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, event := range tiktok.Subscribed() {
		check(t, r.SetWebhook(t.Context(), usSeat, event, "https://app.test/webhooks/tiktok"))
	}
	check(t, r.DeleteWebhook(t.Context(), usSeat, tiktok.PackageUpdate))
	check(t, r.DeleteWebhook(t.Context(), gbSeat, tiktok.PackageUpdate))
	hooks, err := r.Webhooks(t.Context(), usSeat)
	check(t, err)
	var got []tiktok.EventType
	for _, h := range hooks {
		got = append(got, h.EventType)
		if h.Address != "https://app.test/webhooks/tiktok" {
			t.Errorf("%s goes to %s", h.EventType, h.Address)
		}
	}
	want := slices.DeleteFunc(tiktok.Subscribed(), func(e tiktok.EventType) bool { return e == tiktok.PackageUpdate })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := r.SetWebhook(t.Context(), usSeat, tiktok.PackageUpdate, "https://app.test/"+string(make([]byte, 300))); err == nil {
		t.Error("an address of 300 bytes is sent")
	}
}

func TestScopeAndCipherRefusals(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.place(t, usShop)
	wrong := usSeat
	wrong.Cipher = "TTP_of_nobody"
	if _, err := r.Order(t.Context(), wrong, id); fault.Of(err) != fault.Asks {
		t.Errorf("wrong cipher: %v", err)
	}
	check(t, r.sim.SetScopes(openID, "seller.authorization.info"))
	if _, err := r.Order(t.Context(), usSeat, id); !tiktok.IsScopeMissing(err) || actCode(err) != "scope_missing" {
		t.Errorf("missing scope: %v", err)
	}
	r.AppSecret = secret.New("wrong")
	if _, err := r.Order(t.Context(), usSeat, id); actCode(err) != "api_rejected" {
		t.Errorf("bad signature: %v", err)
	}
}

func TestTroubleOnTheWay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault chaos.Fault
		want  fault.Fate
	}{
		"cut before":        {chaos.Fault{Kind: chaos.CutBefore}, fault.Retry},
		"cut after":         {chaos.Fault{Kind: chaos.CutAfter}, fault.Retry},
		"500":               {chaos.Fault{Kind: chaos.ServerError, Status: http.StatusInternalServerError}, fault.Retry},
		"503":               {chaos.Fault{Kind: chaos.ServerError}, fault.Retry},
		"malformed":         {chaos.Fault{Kind: chaos.Malformed}, fault.Retry},
		"throttled":         {chaos.Fault{Kind: chaos.Throttled}, fault.Later},
		"throttled, a time": {chaos.Fault{Kind: chaos.Throttled, RetryAfter: 90 * time.Second}, fault.Later},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			id := r.place(t, usShop)
			r.script.Add(tiktoksim.OpOrderDetail, c.fault, 1)
			_, err := r.Order(t.Context(), usSeat, id)
			if fault.Of(err) != c.want {
				t.Fatalf("fate %s, want %s: %v", fault.Of(err), c.want, err)
			}
			var delayed *fault.Delayed
			if errors.As(err, &delayed) && c.fault.RetryAfter != 0 && delayed.Wait != c.fault.RetryAfter {
				t.Errorf("waits %v, want %v", delayed.Wait, c.fault.RetryAfter)
			}
			sent := len(r.sim.Requests())
			_, err = r.Order(t.Context(), usSeat, id)
			if c.want == fault.Retry {
				check(t, err)
			} else if fault.Of(err) != fault.Later || len(r.sim.Requests()) != sent {
				t.Errorf("called again while TikTok asked to wait: %v", err)
			}
		})
	}
}

func TestCancelledContextStopsACall(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.script.Add(tiktoksim.OpOrderDetail, chaos.Fault{Kind: chaos.Slow, After: time.Hour}, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := r.Order(ctx, usSeat, "576900000000010001")
	if !errors.Is(err, context.DeadlineExceeded) || fault.Of(err) != fault.Retry {
		t.Errorf("got %v (%s), want the context's end", err, fault.Of(err))
	}
}
