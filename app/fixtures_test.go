package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// The British merchant of these tests.
const (
	britishShop       = "teapot.myshopify.com"
	britishSeller     = "SELLER-GB"
	britishTikTokShop = "7494000000000020001"
)

// outcome is what becomes of an order. Amounts are minor units, added up by
// hand from what TikTok says of the order.
type outcome struct {
	state, reason        string
	total, tax, shipping int64
	units, lines         int
	zip                  string
	// open is the code that the order is listed under.
	open string
}

// TestOrdersEndAsDecided sends each kind of order through the whole program.
// The cases are those of the conversion's own golden tests.
func TestOrdersEndAsDecided(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{})
	s.furnished(t)
	s.furnishBritain(t)
	sticker := shopifysim.VariantSpec{SKU: "STK-001", ProductTitle: "Sticker", Price: 100, Stock: 100}
	if _, err := s.platforms.Shopify.AddVariant(sandbox.Shop, sticker); err != nil {
		t.Fatal(err)
	}
	american := map[string]outcome{
		// 18.00 + 5.99 + tax 1.48 and 0.49
		"single_item": {"written", "", 2596, 197, 599, 1, 1, "73301", ""},
		// 3 × 24.00 + 19.50 + tax 3 × 1.98 and 1.61; delivered free
		"multi_unit": {"written", "", 9905, 755, 0, 4, 2, "73301", ""},
		// 22.50 + 15.00 after both discounts, tax 1.86 and 1.24
		"discounts_and_tax": {"written", "", 4060, 310, 0, 2, 2, "73301", ""},
		"on_hold":           {"waiting", "on_hold", 0, 0, 0, 0, 0, "", ""},
		"unpaid":            {"waiting", "unpaid", 0, 0, 0, 0, 0, "", ""},
		"cancelled":         {"skipped", "cancelled", 0, 0, 0, 0, 0, "", ""},
		// 24.00 + 5.99 + tax 1.98; TikTok's warehouse has sent it and hides the ZIP
		"fbt_masked_zip":  {"written", "", 3197, 198, 599, 1, 1, "7****", "zip_masked"},
		"fbt_not_shipped": {"waiting", "tiktok_not_shipped", 0, 0, 0, 0, 0, "", ""},
		"sample":          {"written", "", 0, 0, 0, 1, 1, "73301", ""},
		// 24.00 and a gift, + 5.99 + tax 1.98
		"gift": {"written", "", 3197, 198, 599, 2, 2, "73301", ""},
		// 18.00 + 5.99 + tax 1.48
		"zip_plus_4": {"written", "", 2547, 148, 599, 1, 1, "73301-0042", ""},
		// 79.06 less the cancelled cap's 19.50 and its tax 1.61: 2 × 24.00 + 5.99 + tax 2 × 1.98
		"partly_shipped_and_cancelled": {"written", "", 5795, 396, 599, 2, 1, "73301", ""},
		// 2 × 24.00 + 17.50 + 5.99 + tax 2 × 1.98 and 1.44
		"delivered_two_packages": {"written", "", 7689, 540, 599, 3, 2, "73301", ""},
		"zip_missing":            {"held", "zip_missing", 0, 0, 0, 0, 0, "", "zip_missing"},
		"totals_unexplained":     {"held", "totals_mismatch", 0, 0, 0, 0, 0, "", "totals_mismatch"},
	}
	british := map[string]outcome{
		// 15.00 + 3.49; TikTok names no tax
		"uk_gbp": {"written", "", 1849, 0, 349, 1, 1, "SW1A 2AA", ""},
		// 18.00 + 5.99 + 1.97 in dollars, in a shop that sells in pounds
		"currency_mismatch": {"held", "currency_mismatch", 0, 0, 0, 0, 0, "", "currency_mismatch"},
	}
	for name, want := range american {
		s.ends(t, name, sandbox.Shop, sandbox.TikTokShop, want)
	}
	for name, want := range british {
		s.ends(t, name, britishShop, britishTikTokShop, want)
	}
}

// ends lets TikTok tell of the golden case's order and waits for its end.
func (s *stage) ends(t *testing.T, name, shop, tiktokShop string, want outcome) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "internal", "orders", "testdata", name, "tiktok.json"))
	if err != nil {
		t.Fatal(err)
	}
	ids, err := s.platforms.TikTok.LoadOrder(tiktokShop, raw)
	if err != nil || len(ids) != 1 {
		t.Fatalf("%s: %d orders, %v", name, len(ids), err)
	}
	data := map[string]any{"order_id": ids[0], "order_status": "AWAITING_SHIPMENT", "update_time": 1}
	if err := s.platforms.TikTok.Notify(tiktokShop, 1, data, false); err != nil {
		t.Fatal(err)
	}
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		var codes []string
		if want.open != "" {
			codes = append(codes, want.open)
		}
		view := s.orderIs(t, shop, ids[0], want.state, want.reason, codes...)
		got := outcome{state: view.State, reason: view.Reason, open: want.open}
		if written := s.written(shop, ids[0]); len(written) > 0 || want.state == "written" {
			s.weigh(t, shop, ids[0], &got, view)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(outcome{})); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
}

// weigh reads what Shopify has of the order.
func (s *stage) weigh(t *testing.T, shop, id string, got *outcome, view orderView) {
	t.Helper()
	o := s.one(t, shop, id)
	got.total, got.tax, got.shipping, got.lines = o.Total, o.Tax, o.Shipping, len(o.Lines)
	got.zip = o.ShippingAddress.Zip
	for _, line := range o.Lines {
		got.units += line.Quantity
		if line.VariantGID == "" {
			t.Errorf("line %q has no variant", line.Title)
		}
	}
	if o.FinancialStatus != "PAID" || o.Received != o.Total {
		t.Errorf("%s, %d received of %d", o.FinancialStatus, o.Received, o.Total)
	}
	if paid := min(o.Total, 1); len(o.Transactions) != int(paid) {
		t.Errorf("%d transactions for %d", len(o.Transactions), o.Total)
	}
	if o.Name != id || o.GID != view.ShopifyOrderID {
		t.Errorf("name %s, id %s; the API says %s", o.Name, o.GID, view.ShopifyOrderID)
	}
	if total := fmt.Sprintf("%d.%02d", o.Total/100, o.Total%100); view.Total != total {
		t.Errorf("the API says %s, Shopify %s", view.Total, total)
	}
}

// furnishBritain opens a shop that sells in pounds, and its seller at TikTok.
func (s *stage) furnishBritain(t *testing.T) {
	t.Helper()
	err := s.platforms.Shopify.AddShop(shopifysim.ShopSpec{Domain: britishShop, Currency: "GBP", TimeZone: "Europe/London", TaxesIncluded: true})
	if err != nil {
		t.Fatal(err)
	}
	mug := shopifysim.VariantSpec{SKU: "MUG-12-SAGE", ProductTitle: "Stoneware Mug 12oz", Title: "Sage", Price: 1500, Stock: 100}
	if _, err := s.platforms.Shopify.AddVariant(britishShop, mug); err != nil {
		t.Fatal(err)
	}
	err = s.platforms.TikTok.AddSeller(tiktoksim.SellerSpec{OpenID: britishSeller, Name: "Teapot Ltd", Region: "GB", Shops: []tiktoksim.ShopSpec{
		{ID: britishTikTokShop, Name: "Teapot UK", Cipher: "ROW_teapotCipher"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	s.open(t, britishShop)
	if status, body := s.connect(t, britishShop, britishSeller); status != 200 {
		t.Fatalf("connect: %d %s", status, body)
	}
	s.turnOn(t, britishShop)
}
