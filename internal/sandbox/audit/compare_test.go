package audit

import (
	"slices"
	"testing"
)

// even are books of two orders: one left in two parcels and one unit of it went
// back, one was cancelled before it was to be sent.
func even() Books {
	return Books{
		Sales: []Sale{
			{Shop: "a", ID: "1", Paid: 3000, Back: 999, Units: []Unit{
				{ID: "u1", SKU: "MUG", Tracking: "94001", Carrier: "USPS"}, {ID: "u2", SKU: "MUG", Tracking: "94001", Carrier: "USPS"}, {ID: "u3", SKU: "TEE", Tracking: "94002", Carrier: "UPS"},
			}, Cases: []Case{{ID: "c", Units: []string{"u3"}, Amount: 999}}},
			{Shop: "a", ID: "2", Unwanted: true, Units: []Unit{{ID: "u4", SKU: "MUG"}}},
		},
		Records: []Record{{
			Shop: "a", GID: "g1", Source: "1", Total: 3000, Refunded: 999, Ordered: map[string]int{"MUG": 2, "TEE": 1}, Removed: map[string]int{"TEE": 1, "MUG": 0},
			Parcels: []Parcel{{"94001", "usps", map[string]int{"MUG": 2}}, {"94002", "UPS", map[string]int{"TEE": 1}}},
			Refunds: []Refund{{"r", 999}},
		}},
		Ledger: []Entry{{Shop: "a", Order: "1", State: "written", GID: "g1"}, {Shop: "a", Order: "2", State: "skipped"}},
	}
}

// Each way of tampering is found, under its own name.
func TestWhatIsWrongIsFound(t *testing.T) {
	t.Parallel()
	for _, state := range []string{"written", "cancelled"} {
		b := even()
		b.Ledger[0].State = state
		if r := Compare(b); r.Err() != nil {
			t.Fatal(state, r.Err())
		}
	}
	for name, c := range map[string]struct {
		tamper func(*Books)
		want   Kind
	}{
		"an order dropped":           {func(b *Books) { b.Records = nil }, Lost},
		"an order in another's shop": {func(b *Books) { b.Records[0].Shop = "b" }, Lost},
		"an order twice":             {func(b *Books) { b.Records = append(b.Records, b.Records[0]) }, Duplicated},
		"an order of nobody":         {func(b *Books) { b.Records = append(b.Records, Record{Shop: "a", Source: "3"}) }, Duplicated},
		"an unwanted order written":  {func(b *Books) { b.Records = append(b.Records, Record{Shop: "a", Source: "2"}) }, Duplicated},
		"a refund dropped at TikTok": {func(b *Books) { b.Sales[0].Back, b.Sales[0].Cases = 0, nil }, RefundLost},
		"a refund on its way":        {func(b *Books) { b.Sales[0].OnTheWay = 1 }, RefundLost},
		"a refund dropped in Shopify": {func(b *Books) {
			b.Records[0].Refunded, b.Records[0].Refunds, b.Records[0].Removed = 0, nil, nil
		}, PaidTwice},
		"a refund doubled at TikTok": {func(b *Books) {
			b.Sales[0].Back, b.Sales[0].Cases = 1998, append(b.Sales[0].Cases, b.Sales[0].Cases[0])
		}, PaidTwice},
		"a refund doubled in Shopify": {func(b *Books) {
			b.Records[0].Refunded, b.Records[0].Refunds = 1998, append(b.Records[0].Refunds, b.Records[0].Refunds[0])
		}, RefundLost},
		"a cent more to the buyer": {func(b *Books) { b.Sales[0].Back++ }, PaidTwice},
		"a cent less to the buyer": {func(b *Books) { b.Sales[0].Back-- }, RefundLost},
		"more back than was paid": {func(b *Books) {
			b.Sales[0].Back, b.Records[0].Refunded, b.Records[0].Refunds[0].Amount = 3001, 3001, 3001
		}, PaidTwice},
		"a cent in the total":          {func(b *Books) { b.Records[0].Total++ }, Difference},
		"a cent between sum and order": {func(b *Books) { b.Records[0].Refunds[0].Amount-- }, Difference},
		"another thing":                {func(b *Books) { b.Records[0].Ordered = map[string]int{"MUG": 3} }, Difference},
		"another thing went back":      {func(b *Books) { b.Records[0].Removed = map[string]int{"MUG": 1} }, Difference},
		"a wrong number":               {func(b *Books) { b.Records[0].Parcels[0].Tracking = "94003" }, Shipment},
		"a wrong carrier":              {func(b *Books) { b.Records[0].Parcels[0].Carrier = "DHL" }, Shipment},
		"wrong things in a parcel": {func(b *Books) {
			b.Records[0].Parcels[0].Units, b.Records[0].Parcels[1].Units = map[string]int{"MUG": 1, "TEE": 1}, map[string]int{"MUG": 1}
		}, Shipment},
		"a parcel lost":              {func(b *Books) { b.Records[0].Parcels = b.Records[0].Parcels[1:] }, Shipment},
		"a parcel twice":             {func(b *Books) { b.Records[0].Parcels = append(b.Records[0].Parcels, b.Records[0].Parcels[0]) }, Shipment},
		"an order that is held":      {func(b *Books) { b.Ledger[0].State = "held" }, State},
		"an order not in the ledger": {func(b *Books) { b.Ledger = b.Ledger[1:] }, State},
		"an order twice in it":       {func(b *Books) { b.Ledger = append(b.Ledger, b.Ledger[0]) }, State},
		"another order of Shopify's": {func(b *Books) { b.Ledger[0].GID = "g2" }, State},
		"an unwanted one as written": {func(b *Books) { b.Ledger[1].State = "written" }, State},
		"one that nobody bought":     {func(b *Books) { b.Ledger = append(b.Ledger, Entry{Order: "9"}) }, State},
		"one cancelled, not written": {func(b *Books) { b.Ledger[0].State, b.Ledger[0].GID = "cancelled", "" }, State},
		"something open":             {func(b *Books) { b.Ledger[0].Open = []string{"refund_failed"} }, State},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := even()
			c.tamper(&b)
			r := Compare(b)
			if !slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Kind == c.want }) {
				t.Errorf("want %q, found %v", c.want, r.Findings)
			}
			if r.Err() == nil {
				t.Error("no error")
			}
		})
	}
}
