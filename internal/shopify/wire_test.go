package shopify

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/graphql/admin"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
)

var update = flag.Bool("update", false, "write the golden requests anew")

// fullOrder fills what package orders fills, and leaves out what it leaves out.
func fullOrder(name string) (admin.OrderCreateOrderInput, admin.OrderCreateOptionsInput) {
	money := func(amount string) *admin.MoneyBagInput {
		return &admin.MoneyBagInput{ShopMoney: &admin.MoneyInput{Amount: amount, CurrencyCode: admin.CurrencyCodeUsd}}
	}
	tax := func(rate, amount string) []*admin.OrderCreateTaxLineInput {
		return []*admin.OrderCreateTaxLineInput{{Title: "State tax", Rate: rate, PriceSet: money(amount), ChannelLiable: ptr(true)}}
	}
	order := admin.OrderCreateOrderInput{
		Name: ptr(name), SourceIdentifier: ptr(name), SourceName: ptr("tiktok-shop"),
		SourceUrl: ptr("https://seller-us.tiktok.com/order/detail?order_no=" + name),
		Tags:      []string{"tiktok-shop"}, Currency: ptr(admin.CurrencyCodeUsd), TaxesIncluded: ptr(false), Test: ptr(false),
		ProcessedAt:      ptr("2026-11-20T10:00:00Z"),
		CustomAttributes: []*admin.OrderCreateCustomAttributeInput{{Key: "TikTok Shop Order ID", Value: name}},
		Metafields: []*admin.MetafieldInput{{
			Namespace: ptr(MetafieldNamespace), Key: ptr(MetafieldKey), Type: ptr(MetafieldType), Value: ptr(name),
		}},
		LineItems: []*admin.OrderCreateLineItemInput{
			{Title: ptr("Mug"), Sku: ptr("MUG"), Quantity: 2, PriceSet: money("10.00"), RequiresShipping: ptr(true), TaxLines: tax("0.08", "1.60")},
			{Title: ptr("Gift"), Quantity: 1, PriceSet: money("0.00"), RequiresShipping: ptr(true)},
		},
		ShippingLines:   []*admin.OrderCreateShippingLineInput{{Title: "Standard", PriceSet: money("5.00"), TaxLines: tax("0", "0.00")}},
		ShippingAddress: &admin.MailingAddressInput{FirstName: ptr("Ada"), Zip: ptr("10001-1234"), CountryCode: ptr(admin.CountryCodeUs)},
		Transactions: []*admin.OrderCreateOrderTransactionInput{{
			AmountSet: money("26.60"), Gateway: ptr("TikTok Shop"), Kind: ptr(admin.OrderTransactionKindSale), Status: ptr(admin.OrderTransactionStatusSuccess),
		}},
	}
	behavior := admin.OrderCreateInputsInventoryBehaviorDecrementIgnoringPolicy
	return order, admin.OrderCreateOptionsInput{InventoryBehaviour: &behavior, SendReceipt: ptr(false), SendFulfillmentReceipt: ptr(false)}
}

// fullRefund fills what package orders fills.
func fullRefund(order GID) admin.RefundInput {
	return admin.RefundInput{
		OrderId: string(order), Note: ptr("Cancelled at TikTok Shop"), Notify: ptr(false), Shipping: &admin.ShippingRefundInput{FullRefund: ptr(true)},
		RefundLineItems: []*admin.RefundLineItemInput{
			{LineItemId: "gid://shopify/LineItem/2", Quantity: 1, RestockType: ptr(admin.RefundLineItemRestockTypeCancel)},
		},
		Transactions: []*admin.OrderTransactionInput{{
			OrderId: string(order), ParentId: ptr("gid://shopify/OrderTransaction/3"), Gateway: "TikTok Shop", Kind: admin.OrderTransactionKindRefund, Amount: "26.60",
		}},
	}
}

// TestGoldenRequests pins every operation's body to the byte, above all that an
// input that was not set is absent rather than null. What the bodies contain is
// held against the schema by the simulator, in TestGoldenRequestsFitTheSchema.
func TestGoldenRequests(t *testing.T) {
	t.Parallel()
	for name, call := range goldenCalls() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got bytes.Buffer
			client, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				if err != nil || got.Len() > 0 {
					t.Errorf("read request: %v, or a second one", err)
				}
				if err := json.Indent(&got, body, "", "  "); err != nil {
					t.Errorf("request is no JSON: %v", err)
				}
				saying(http.StatusNotFound, `{"errors":"Not Found"}`)(w, r)
			})
			call(t, client)
			got.WriteByte('\n')
			file := filepath.Join("testdata", name+".json")
			if *update {
				if err := os.WriteFile(file, got.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("request changed (-want +got):\n%s", diff)
			}
			if bytes.Contains(got.Bytes(), []byte("null")) {
				t.Error("an absent input is sent as null")
			}
		})
	}
}

func TestGoldenRequestsFitTheSchema(t *testing.T) {
	t.Parallel()
	b := simulated(t, shopifysim.Options{}, shopifysim.ShopSpec{})
	for _, call := range goldenCalls() {
		call(t, b.client)
	}
	if got := len(b.sim.Requests()); got < len(goldenCalls()) {
		t.Errorf("the simulator saw %d requests", got)
	}
}

// goldenCalls send one request each; what comes back does not matter.
func goldenCalls() map[string]func(*testing.T, *Client) {
	const order = GID("gid://shopify/Order/1")
	calls := shippingCalls(order)
	maps.Copy(calls, orderCalls(order))
	return calls
}

func orderCalls(order GID) map[string]func(*testing.T, *Client) {
	return map[string]func(*testing.T, *Client){
		"order_create": func(t *testing.T, c *Client) {
			in, options := fullOrder(tiktokID)
			_, _ = c.CreateOrder(t.Context(), testShop, in, options)
		},
		"order_create_least": func(t *testing.T, c *Client) {
			_, _ = c.CreateOrder(t.Context(), testShop, admin.OrderCreateOrderInput{}, admin.OrderCreateOptionsInput{})
		},
		"order_by_tiktok_id": func(t *testing.T, c *Client) { _, _ = c.OrderByTikTokID(t.Context(), testShop, tiktokID) },
		"order_by_id":        func(t *testing.T, c *Client) { _, _ = c.OrderByID(t.Context(), testShop, order) },
		"order_lines": func(t *testing.T, c *Client) {
			_, _ = admin.OrderLines(t.Context(), c.at(testShop, 1), string(order), pageLines, nil)
		},
		"find_orders": func(t *testing.T, c *Client) { _, _ = c.FindOrders(t.Context(), testShop, tiktokID) },
		"variants_by_sku": func(t *testing.T, c *Client) {
			_, _ = c.VariantsBySKU(t.Context(), testShop, []string{"B", "A", "B", "", " ", `say "hi" \ OR sku:*`})
		},
		"variant": func(t *testing.T, c *Client) {
			_, _ = c.Variants(t.Context(), testShop, []GID{"gid://shopify/ProductVariant/7"})
		},
		"metafields_set": func(t *testing.T, c *Client) { _ = c.SetTikTokOrderID(t.Context(), testShop, order, tiktokID) },
		"tags_add":       func(t *testing.T, c *Client) { _ = c.AddTags(t.Context(), testShop, order, []string{"tiktok-shop"}) },
		"shop":           func(t *testing.T, c *Client) { _, _ = c.ShopInfo(t.Context(), testShop) },
		"order_standing": func(t *testing.T, c *Client) { _, _ = c.Standing(t.Context(), testShop, order, 2) },
		"order_address":  func(t *testing.T, c *Client) { _, _ = c.OrderAddress(t.Context(), testShop, order) },
		"order_update_address": func(t *testing.T, c *Client) {
			_ = c.UpdateAddress(t.Context(), testShop, order, admin.MailingAddressInput{LastName: ptr("Byron"), Zip: ptr("10002")})
		},
		"refund_create": func(t *testing.T, c *Client) {
			_, _ = c.CreateRefund(t.Context(), testShop, fullRefund(order), "key-1")
		},
		"order_cancel": func(t *testing.T, c *Client) {
			_, _ = c.CancelOrder(t.Context(), testShop, order, admin.OrderCancelReasonCustomer, false, "Cancelled at TikTok Shop")
		},
		"order_delete":    func(t *testing.T, c *Client) { _ = c.DeleteOrder(t.Context(), testShop, order) },
		"active_variants": func(t *testing.T, c *Client) { _, _ = c.ActiveVariant(t.Context(), testShop) },
		"job_done":        func(t *testing.T, c *Client) { _, _ = c.JobDone(t.Context(), testShop, "gid://shopify/Job/1") },
		"granted_scopes":  func(t *testing.T, c *Client) { _, _ = c.GrantedScopes(t.Context(), testShop) },
	}
}
