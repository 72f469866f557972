package connections_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/switchbackhq/switchback/internal/connections"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

func (w *world) SetConnectionOff(_ context.Context, _ shopify.Domain, id tiktok.ShopID, reason shops.OffReason, jobs ...connections.Job) error {
	connection := w.connections[id]
	connection.Off = reason
	w.connections[id] = connection
	w.calls = append(w.calls, "off "+string(id)+" "+string(reason))
	for _, job := range jobs {
		w.calls = append(w.calls, job.Kind())
	}
	return nil
}

func TestSwitch(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.connections = map[tiktok.ShopID]shops.Connection{
		"1": {Shop: demo, TikTokShop: "1"}, "2": {Shop: demo, TikTokShop: "2", Off: shops.OffOtherCurrency},
		"3": {Shop: "other.myshopify.com", TikTokShop: "3"},
	}
	c := w.connector()
	c.Renewed = func(shopify.Domain) []connections.Job { return []connections.Job{connections.ReviewArgs{}} }
	for range 2 { // said twice, done once
		if err := c.Switch(t.Context(), demo, "1", false); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Switch(t.Context(), demo, "1", true); err != nil {
		t.Fatal(err)
	}
	want := []string{"off 1 by_merchant", "connection_review", "off 1 ", "connection_review", "connection_review"}
	if !slices.Equal(w.calls, want) {
		t.Errorf("did %q, want %q", w.calls, want)
	}
	for id, want := range map[tiktok.ShopID]error{"2": connections.ErrNotSwitched, "3": shops.ErrNotFound, "4": shops.ErrNotFound} {
		if err := c.Switch(t.Context(), demo, id, true); !errors.Is(err, want) {
			t.Errorf("tiktok shop %s: %v, want %v", id, err, want)
		}
	}
}
