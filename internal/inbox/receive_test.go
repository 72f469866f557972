package inbox_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/connections"
	"github.com/switchbackhq/switchback/internal/fulfillments"
	"github.com/switchbackhq/switchback/internal/inbox"
	"github.com/switchbackhq/switchback/internal/installs"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/refunds"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

const (
	demo   shopify.Domain = "demo.myshopify.com"
	tiktak tiktok.ShopID  = "7494000000000010001"
)

var (
	noon    = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	earlier = noon.Add(-time.Hour)
	errDisk = errors.New("disk full")
)

// desk knows one shop with one connection and keeps what it is given.
type desk struct {
	kept   []inbox.Event
	jobs   []inbox.Job
	lookup error
	keep   error
}

func (d *desk) Shop(_ context.Context, domain shopify.Domain) (shops.Shop, error) {
	if domain != demo {
		return shops.Shop{}, errors.Join(shops.ErrNotFound, d.lookup)
	}
	return shops.Shop{Domain: demo}, d.lookup
}

func (d *desk) Connection(_ context.Context, id tiktok.ShopID) (shops.Connection, error) {
	if id != tiktak {
		return shops.Connection{}, shops.ErrNotFound
	}
	return shops.Connection{Shop: demo, TikTokShop: tiktak}, d.lookup
}

func (d *desk) ReceiveEvent(_ context.Context, e inbox.Event, jobs ...inbox.Job) (bool, error) {
	if d.keep != nil {
		return false, d.keep
	}
	d.kept, d.jobs = append(d.kept, e), append(d.jobs, jobs...)
	return len(d.kept) == 1, nil
}

func tiktokEvent(topic string, order tiktok.OrderID) inbox.Event {
	return inbox.Event{Source: inbox.FromTikTok, Account: string(tiktak), Topic: topic, DeliveryID: "d1", Order: order, Body: []byte("{}")}
}

func shopifyEvent(topic string, at time.Time) inbox.Event {
	return inbox.Event{Source: inbox.FromShopify, Account: string(demo), Topic: topic, DeliveryID: "d1", TriggeredAt: at}
}

func TestWhichJobFollowsFromWhichEvent(t *testing.T) {
	t.Parallel()
	imports := []inbox.Job{orders.ImportArgs{Shop: demo, TikTokShop: tiktak, Order: "5769", Cause: "webhook:d1"}}
	settle := refunds.ForwardArgs{Shop: demo, Order: "5769", Cause: "webhook:d1"}
	poll := refunds.PollShopArgs{Shop: demo, TikTokShop: tiktak}
	shopifySettle := []inbox.Job{refunds.ForwardArgs{Shop: demo, ShopifyOrder: "gid://shopify/Order/5", Cause: "webhook:d1"}}
	aboutOrder := func(topic, body string) inbox.Event {
		e := shopifyEvent(topic, earlier)
		e.Body = []byte(body)
		return e
	}
	named := func(topic, data string) inbox.Event {
		e := tiktokEvent(topic, "5769")
		e.Body = []byte(`{"type":` + topic + `,"data":` + data + `}`)
		return e
	}
	approved, withdrawn := settle, settle
	approved.News = refunds.News{Case: "4035", Phase: tiktok.PhaseApproved}
	withdrawn.News = refunds.News{Case: "4036", Phase: tiktok.PhaseClosed}
	expiring := tiktokEvent("7", "")
	expiring.Body = []byte(`{"type":7,"shop_id":"7","data":{"message":"soon","expiration_time":"1797800000"}}`)
	stranger := tiktokEvent("1", "5769")
	stranger.Account = "1"
	cases := map[string]struct {
		event inbox.Event
		want  []inbox.Job
	}{
		"order status":            {tiktokEvent("1", "5769"), imports},
		"address":                 {tiktokEvent("3", "5769"), imports},
		"package":                 {tiktokEvent("4", "5769"), imports},
		"cancellation":            {tiktokEvent("11", "5769"), append(imports, settle)},
		"cancellation of nothing": {tiktokEvent("11", ""), nil},
		"return":                  {tiktokEvent("12", "5769"), []inbox.Job{settle}},
		"return that is named":    {named("12", `{"return_id":"4035","return_status":"RETURN_OR_REFUND_REQUEST_SUCCESS"}`), []inbox.Job{approved}},
		"cancellation, named":     {named("11", `{"cancel_id":"4036","cancel_status":"CANCELLATION_REQUEST_CANCELLED"}`), append(imports[:1:1], withdrawn)},
		"refunded":                {tiktokEvent("67", "5769"), []inbox.Job{settle}},
		"a request, no order":     {tiktokEvent("64", ""), []inbox.Job{poll}},
		"goods, no order":         {tiktokEvent("65", ""), []inbox.Job{poll}},
		"shopify refund":          {aboutOrder("refunds/create", `{"id":7,"order_id":5}`), shopifySettle},
		"shopify cancellation":    {aboutOrder("orders/cancelled", `{"id":5}`), shopifySettle},
		"shopify fulfillment":     {aboutOrder("fulfillments/create", `{"id":7,"order_id":5}`), []inbox.Job{fulfillments.FollowArgs{Shop: demo, ShopifyOrder: "gid://shopify/Order/5", Cause: "webhook:d1"}}},
		"shopify refund, garbled": {aboutOrder("refunds/create", `{}`), nil},
		"permission will end":     {expiring, []inbox.Job{connections.ExpiringArgs{Shop: demo, TikTokShop: tiktak, ExpiresAt: 1797800000}}},
		"deauthorized":            {tiktokEvent("6", ""), []inbox.Job{connections.DeauthorizeArgs{Shop: demo, TikTokShop: tiktak}}},
		"status without an order": {tiktokEvent("1", ""), nil},
		"unknown type":            {tiktokEvent("4711", "5769"), nil},
		"unknown tiktok shop":     {stranger, nil},
		"uninstalled":             {shopifyEvent("app/uninstalled", earlier), []inbox.Job{installs.UninstallArgs{Shop: demo, At: earlier}}},
		"uninstalled, undated":    {shopifyEvent("app/uninstalled", time.Time{}), []inbox.Job{installs.UninstallArgs{Shop: demo, At: noon}}},
		"scopes":                  {shopifyEvent("app/scopes_update", earlier), []inbox.Job{installs.ScopesArgs{Shop: demo}}},
		"redact":                  {shopifyEvent("shop/redact", earlier), []inbox.Job{installs.EraseArgs{Shop: demo, At: earlier}}},
		"another topic":           {shopifyEvent("products/update", earlier), nil},
		"unknown shop":            {inbox.Event{Source: inbox.FromShopify, Account: "else.myshopify.com", Topic: "app/uninstalled"}, nil},
		"unknown source":          {inbox.Event{Source: "fax", Account: string(demo), Topic: "1"}, nil},
	}
	for name, c := range cases {
		d := &desk{}
		receiver := inbox.Receiver{Accounts: d, Keeper: d, Now: func() time.Time { return noon }}
		fresh, err := receiver.Receive(t.Context(), c.event)
		if err != nil || !fresh {
			t.Errorf("%s: fresh %v, error %v", name, fresh, err)
		}
		if diff := cmp.Diff(c.want, d.jobs); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if len(d.kept) != 1 || !d.kept[0].ReceivedAt.Equal(noon) {
			t.Errorf("%s: kept %+v", name, d.kept)
		}
	}
}

func TestWhatIsNotKeptIsAnError(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]*desk{"lookup": {lookup: errDisk}, "keep": {keep: errDisk}} {
		receiver := inbox.Receiver{Accounts: d, Keeper: d, Now: time.Now}
		if _, err := receiver.Receive(t.Context(), tiktokEvent("1", "5769")); !errors.Is(err, errDisk) {
			t.Errorf("%s: got %v", name, err)
		}
		if len(d.kept) != 0 {
			t.Errorf("%s: kept %v", name, d.kept)
		}
	}
}
