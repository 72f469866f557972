package shopifysim

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// everything is an order of all that the app sends.
func (b *bench) everything() map[string]any {
	tax := func(rate, amount string) []any {
		return []any{map[string]any{"title": "CA tax", "rate": rate, "priceSet": cash(amount), "channelLiable": true}}
	}
	return map[string]any{
		"order": map[string]any{
			"name": "576461413038785752", "sourceIdentifier": "576461413038785752", "sourceName": "tiktok-shop",
			"sourceUrl": "https://seller.example.com/order/1", "tags": []any{"tiktok-shop", "vip", "VIP"}, "test": true,
			"customAttributes": []any{map[string]any{"key": "Fee", "value": "0.10"}},
			"email":            "buyer@example.com", "processedAt": "2026-11-21T09:30:00+01:00",
			"customer": map[string]any{"toUpsert": map[string]any{"email": "buyer@example.com", "lastName": "Doe"}},
			"metafields": []any{map[string]any{
				"namespace": "$app", "key": "tiktok_order_id", "type": "id", "value": "576461413038785752",
			}},
			"lineItems": []any{map[string]any{
				"variantId": b.variant.GID, "quantity": 2, "requiresShipping": true, "priceSet": cash("12.5"),
				"taxLines": tax("0.0725", "1.81"),
			}, map[string]any{"title": "Gift", "sku": "G", "quantity": 1, "priceSet": cash("0")}},
			"shippingLines":   []any{map[string]any{"title": "Shipping", "priceSet": cash("4.99"), "taxLines": tax("0.0725", "0.36")}},
			"shippingAddress": map[string]any{"firstName": "Jo", "zip": "94107-1234", "countryCode": "US", "provinceCode": "CA"},
			"transactions":    []any{map[string]any{"gateway": "TikTok Shop", "amountSet": cash("32.16"), "test": true}},
		},
		"options": map[string]any{"inventoryBehaviour": "DECREMENT_IGNORING_POLICY"},
	}
}

// kept is what the simulator must keep of everything.
func (b *bench) kept() Order {
	now := b.clock.now()
	taxes := func(amount int64) []Tax { return []Tax{{"CA tax", "0.0725", amount, true}} }
	return Order{
		Number: 1001, Name: "576461413038785752", App: "key", SourceName: "tiktok-shop",
		SourceIdentifier: "576461413038785752", SourceURL: "https://seller.example.com/order/1",
		Tags: []string{"tiktok-shop", "vip"}, CustomAttributes: []Attribute{{"Fee", "0.10"}},
		Metafields: []Metafield{{Namespace: b.sim.appNamespace(), Key: "tiktok_order_id", Type: "id", Value: "576461413038785752"}},
		Email:      "buyer@example.com", Customer: &Customer{Email: "buyer@example.com", FirstName: "", LastName: "Doe"},
		ShippingAddress: &Address{FirstName: "Jo", Zip: "94107-1234", CountryCode: "US", ProvinceCode: "CA"},
		Currency:        "USD",
		Lines: []Line{{
			VariantGID: b.variant.GID, ProductGID: b.variant.ProductGID, SKU: "MUG-1", Title: "Mug", VariantTitle: "Blue",
			Quantity: 2, Price: 1250, Taxes: taxes(181), Taxable: true, RequiresShipping: true, Taken: 2,
		}, {SKU: "G", Title: "Gift", Quantity: 1, Taxable: true}},
		ShippingLines: []ShippingLine{{Title: "Shipping", Price: 499, Taxes: taxes(36)}},
		Subtotal:      2500, Shipping: 499, Tax: 217, Total: 3216, Received: 3216,
		Transactions: []Transaction{{
			Kind: "SALE", Status: "SUCCESS", Gateway: "TikTok Shop", Amount: 3216, Test: true, ProcessedAt: now,
		}},
		FinancialStatus: "PAID", FulfillmentStatus: "UNFULFILLED", InventoryBehavior: "DECREMENT_IGNORING_POLICY", Test: true,
		CreatedAt: now, UpdatedAt: now, ProcessedAt: time.Date(2026, 11, 21, 8, 30, 0, 0, time.UTC),
	}
}

func TestOrderCreateKeepsEverything(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	r := b.query(createMutation, b.everything())
	if r.status != 200 || r.Errors != nil || r.userErrors("orderCreate") != "" {
		t.Fatalf("answer: %d %s %s", r.status, r.text(), r.userErrors("orderCreate"))
	}
	b.wantNoViolations()
	orders := b.sim.Orders(testShop)
	if len(orders) != 1 {
		t.Fatalf("orders = %d", len(orders))
	}
	ids := cmp.FilterPath(func(p cmp.Path) bool {
		return p.Last().String() == ".GID" || p.Last().String() == ".FulfillmentOrders"
	}, cmp.Ignore())
	if diff := cmp.Diff(b.kept(), orders[0], ids, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	if stock := b.sim.Variants(testShop)[0].Stock; stock != 1 {
		t.Errorf("stock = %d, want 1", stock)
	}
	if mails := b.sim.Emails(); len(mails) != 0 {
		t.Errorf("e-mails = %v", mails)
	}
}

func TestOrderCreateRefusals(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	if _, err := b.sim.InjectOrder(testShop, Order{}); err != nil {
		t.Fatal(err)
	}
	tax := map[string]any{"title": "VAT", "rate": "0.2"}
	line := func(changes map[string]any) []any {
		l := map[string]any{"variantId": b.variant.GID, "quantity": 1}
		maps.Copy(l, changes)
		return []any{l}
	}
	upsert := func(fields map[string]any) map[string]any { return map[string]any{"toUpsert": fields} }
	for name, tc := range map[string]struct {
		order map[string]any
		want  string
	}{
		"no lines":         {map[string]any{"lineItems": []any{}}, "INVALID"},
		"quantity zero":    {map[string]any{"lineItems": line(map[string]any{"quantity": 0})}, "Quantity must be"},
		"unknown variant":  {map[string]any{"lineItems": line(map[string]any{"variantId": "gid://shopify/ProductVariant/1"})}, "Variant does not exist"},
		"only a SKU":       {map[string]any{"lineItems": line(map[string]any{"variantId": nil, "sku": "MUG-1"})}, "Title can't be blank"},
		"custom unpriced":  {map[string]any{"lineItems": line(map[string]any{"variantId": nil, "title": "X"})}, "Price can't be blank"},
		"negative price":   {map[string]any{"lineItems": line(map[string]any{"priceSet": cash("-1")})}, "greater than or equal to 0"},
		"third decimal":    {map[string]any{"lineItems": line(map[string]any{"priceSet": cash("1.001")})}, "more decimals"},
		"foreign money":    {map[string]any{"lineItems": line(map[string]any{"priceSet": map[string]any{"shopMoney": map[string]any{"amount": "1", "currencyCode": "EUR"}}})}, "must match the order's currency"},
		"foreign currency": {map[string]any{"currency": "EUR"}, "shop's currency"},
		"presentment": {map[string]any{"lineItems": line(map[string]any{"priceSet": map[string]any{
			"shopMoney":        map[string]any{"amount": "1", "currencyCode": "USD"},
			"presentmentMoney": map[string]any{"amount": "1", "currencyCode": "USD"},
		}})}, "Presentment currency must be set"},
		"taxes twice":    {map[string]any{"taxLines": []any{tax}, "lineItems": line(map[string]any{"taxLines": []any{tax}})}, "not on both"},
		"tax, no rate":   {map[string]any{"taxLines": []any{map[string]any{"title": "VAT", "rate": "0", "priceSet": cash("1")}}}, "TAX_LINE_RATE_MISSING"},
		"two customers":  {map[string]any{"customerId": "gid://shopify/Customer/1", "customer": upsert(map[string]any{"email": "a@b.co"})}, "REDUNDANT_CUSTOMER_FIELDS"},
		"no contact":     {map[string]any{"customer": upsert(map[string]any{"firstName": "Jo"})}, "must have an email"},
		"masked phone":   {map[string]any{"customer": upsert(map[string]any{"phone": "(+1)*******12"})}, "Phone is invalid"},
		"bad email":      {map[string]any{"email": "nobody"}, "Email is invalid"},
		"stranger":       {map[string]any{"customerId": "gid://shopify/Customer/1"}, "Customer does not exist"},
		"long tag":       {map[string]any{"tags": []any{strings.Repeat("x", 41)}}, "40 characters"},
		"reserved name":  {map[string]any{"sourceName": "web"}, "reserved"},
		"zero payment":   {map[string]any{"transactions": []any{map[string]any{"amountSet": cash("0")}}}, "greater than zero"},
		"other location": {map[string]any{"fulfillment": map[string]any{"locationId": "gid://shopify/Location/1"}}, "Location does not exist"},
		"wrong type":     {map[string]any{"metafields": []any{map[string]any{"key": "tiktok_order_id", "type": "single_line_text_field", "value": "1"}}}, "consistent with the definition"},
		"no definition":  {map[string]any{"metafields": []any{map[string]any{"key": "other", "type": "id", "value": "1"}}}, "consistent with the definition"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := b.create(b.simple(tc.order))
			if got := r.userErrors("orderCreate"); !strings.Contains(got, tc.want) || r.at("orderCreate", "order") != nil {
				t.Errorf("userErrors = %s, want %q and no order; errors = %s", got, tc.want, r.text())
			}
		})
	}
	t.Cleanup(func() { // after the parallel cases
		if n := len(b.sim.Orders(testShop)); n != 1 {
			t.Errorf("orders = %d, want only the one from before", n)
		}
		b.wantNoViolations()
	})
}

func TestNamesAreGenerated(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{}, ShopSpec{Domain: testShop, OrderNumberPrefix: "A-", OrderNumberSuffix: "-Z"})
	b.mustCreate(b.simple(nil))
	b.mustCreate(b.simple(map[string]any{"name": "577"}))
	b.mustCreate(b.simple(nil))
	var names []string
	for _, o := range b.sim.Orders(testShop) {
		names = append(names, o.Name)
	}
	if diff := cmp.Diff([]string{"A-1001-Z", "577", "A-1003-Z"}, names); diff != "" {
		t.Error(diff)
	}
}

func TestTaxesComputedFromRates(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	for included, want := range map[bool]int64{false: 217, true: 181} {
		b.mustCreate(b.simple(map[string]any{
			"taxesIncluded": included,
			"lineItems":     []any{map[string]any{"title": "X", "quantity": 1, "priceSet": cash("10.85")}},
			"taxLines":      []any{map[string]any{"title": "VAT", "rate": "0.20"}},
		}))
		orders := b.sim.Orders(testShop)
		o := orders[len(orders)-1]
		total := int64(1085)
		if !included {
			total += want
		}
		if o.Tax != want || o.Total != total {
			t.Errorf("included %v: tax %d total %d, want %d %d", included, o.Tax, o.Total, want, total)
		}
	}
}

func TestFinancialStatusFollowsTransactions(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	pay := func(amount string) []any { return []any{map[string]any{"amountSet": cash(amount)}} }
	free := []any{map[string]any{"title": "Sample", "quantity": 1, "priceSet": cash("0.00")}}
	for name, tc := range map[string]struct {
		order map[string]any
		want  string
	}{
		"nothing paid": {nil, "PENDING"},
		"part":         {map[string]any{"transactions": pay("1")}, "PARTIALLY_PAID"},
		"all":          {map[string]any{"transactions": pay("12.99")}, "PAID"},
		"free":         {map[string]any{"lineItems": free}, "PAID"},
		"as given":     {map[string]any{"financialStatus": "AUTHORIZED"}, "AUTHORIZED"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gid := b.mustCreate(b.simple(tc.order))
			r := b.query(`query($id: ID!) { order(id: $id) { displayFinancialStatus } }`, map[string]any{"id": gid})
			if got := r.at("order", "displayFinancialStatus"); got != tc.want {
				t.Errorf("status = %v, want %s", got, tc.want)
			}
		})
	}
}

func TestInventoryBehaviors(t *testing.T) {
	t.Parallel()
	for behavior, want := range map[string]struct {
		left    int
		refused bool
	}{
		"BYPASS": {3, false}, "DECREMENT_IGNORING_POLICY": {-1, false}, "DECREMENT_OBEYING_POLICY": {3, true},
	} {
		t.Run(behavior, func(t *testing.T) {
			t.Parallel()
			b := setup(t, Options{})
			r := b.query(createMutation, map[string]any{
				"order": b.simple(map[string]any{"lineItems": []any{
					map[string]any{"variantId": b.variant.GID, "quantity": 2},
					map[string]any{"variantId": b.variant.GID, "quantity": 2},
				}}),
				"options": map[string]any{"inventoryBehaviour": behavior},
			})
			if refused := strings.Contains(r.userErrors("orderCreate"), "INVENTORY_CLAIM_FAILED"); refused != want.refused {
				t.Errorf("refused = %v: %s", refused, r.userErrors("orderCreate"))
			}
			if got := b.sim.Variants(testShop)[0].Stock; got != want.left {
				t.Errorf("stock = %d, want %d", got, want.left)
			}
		})
	}
}

func TestMessagesToBuyersAreRecorded(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	b.query(createMutation, map[string]any{
		"order":   b.simple(map[string]any{"email": "jo@example.com"}),
		"options": map[string]any{"sendReceipt": true, "sendFulfillmentReceipt": true},
	})
	want := []Email{{Shop: testShop, To: "jo@example.com", Kind: "order confirmation"}, {Shop: testShop, To: "jo@example.com", Kind: "shipping confirmation"}}
	if diff := cmp.Diff(want, b.sim.Emails(), cmpopts.IgnoreFields(Email{}, "OrderGID")); diff != "" {
		t.Error(diff)
	}
}

func TestDatesInTheFutureAreClamped(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	b.mustCreate(b.simple(map[string]any{"processedAt": "2030-01-01T00:00:00Z"}))
	if got := b.sim.Orders(testShop)[0].ProcessedAt; !got.Equal(b.clock.now()) {
		t.Errorf("processedAt = %s", got)
	}
}

func TestCustomersAreUpserted(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	customer := func(fields map[string]any) map[string]any {
		return b.simple(map[string]any{"customer": map[string]any{"toUpsert": fields}})
	}
	b.mustCreate(customer(map[string]any{"email": "Jo@example.com", "phone": "+14155550100"}))
	b.mustCreate(customer(map[string]any{"email": "jo@example.com"}))
	r := b.create(customer(map[string]any{"email": "al@example.com", "phone": "+14155550100"}))
	if got := r.userErrors("orderCreate"); !strings.Contains(got, "already been taken") {
		t.Errorf("another's phone: %s", got)
	}
	orders := b.sim.Orders(testShop)
	if orders[0].Customer.GID != orders[1].Customer.GID {
		t.Error("one e-mail made two customers")
	}
}

func TestShippedInOneMutation(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	gid := b.mustCreate(b.simple(map[string]any{"fulfillment": map[string]any{
		"locationId": b.sim.LocationGID(testShop), "trackingCompany": "USPS", "trackingNumber": "9400",
	}}))
	r := b.query(`query($id: ID!) { order(id: $id) {
		displayFulfillmentStatus fulfillments(first: 5) { status trackingInfo { company number } } } }`, map[string]any{"id": gid})
	if r.at("order", "displayFulfillmentStatus") != "FULFILLED" ||
		r.at("order", "fulfillments", 0, "trackingInfo", 0, "number") != "9400" {
		t.Errorf("order = %v %s", r.Data, r.text())
	}
	b.wantNoViolations()
}
