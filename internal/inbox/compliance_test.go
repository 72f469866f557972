package inbox_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/inbox"
	"github.com/switchbackhq/switchback/internal/privacy"
	"github.com/switchbackhq/switchback/internal/shopify"
)

// What a customer asks for goes on as numbers; a name never leaves the payload.
func TestWhatCustomersAskFor(t *testing.T) {
	t.Parallel()
	gids := []shopify.GID{"gid://shopify/Order/9007199254740993", "gid://shopify/Order/5"}
	const who = `"shop_domain":"demo.myshopify.com","customer":{"id":7781,"email":"z@mail.example","phone":"+15125550178"}`
	take := privacy.TakeArgs{Shop: demo, ID: "d1", Customer: "7781", ShopifyOrders: gids, At: noon}
	shown, gone := take, take
	shown.Asks, gone.Asks = privacy.DataRequest, privacy.Redaction
	bare := privacy.TakeArgs{Shop: demo, ID: "d1", Asks: privacy.Redaction, At: noon}
	for _, c := range []struct {
		topic, body string
		want        []inbox.Job
	}{
		{"customers/data_request", `{` + who + `,"orders_requested":[9007199254740993,5],"data_request":{"id":9}}`, []inbox.Job{shown}},
		{"customers/redact", `{` + who + `,"orders_to_redact":[9007199254740993,5]}`, []inbox.Job{gone}},
		{"customers/redact", `{"orders_to_redact":null}`, []inbox.Job{bare}},
		{"customers/redact", `{"orders_to_redact":["z@mail.example"]}`, nil},
		{"customers/redact", ``, nil}, // replayed after it was taken up
	} {
		d := &desk{}
		receiver := &inbox.Receiver{Accounts: d, Keeper: d, Now: func() time.Time { return noon }}
		e := shopifyEvent(c.topic, noon)
		e.Body = []byte(c.body)
		if _, err := receiver.Receive(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, d.jobs); diff != "" {
			t.Errorf("%s %s: %s", c.topic, c.body, diff)
		}
	}
}

// A payload is found with its order.
func TestWhichOrderAPayloadIsAbout(t *testing.T) {
	t.Parallel()
	for topic, want := range map[string]shopify.GID{"refunds/create": "gid://shopify/Order/5", "orders/cancelled": "gid://shopify/Order/7", "shop/update": ""} {
		d := &desk{}
		receiver := &inbox.Receiver{Accounts: d, Keeper: d, Now: func() time.Time { return noon }}
		e := shopifyEvent(topic, noon)
		e.Body = []byte(`{"id":7,"order_id":5}`)
		if _, err := receiver.Receive(t.Context(), e); err != nil || d.kept[0].ShopifyOrder != want {
			t.Errorf("%s is about %q, want %q (%v)", topic, d.kept[0].ShopifyOrder, want, err)
		}
	}
}
