package refunds_test

import (
	"bytes"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// trouble is a way to meet an exception and, where there is one, what makes its cause go away.
type trouble struct {
	name string
	code exceptions.Code
	// meet returns the order, and the refund in Shopify where there is one.
	meet func(*scene) (tiktok.OrderID, shopify.GID)
	// fix is nil where only a person's word ends it.
	fix func(*scene, tiktok.OrderID)
	// ends is how the fix leaves the refund.
	ends links.RefundState
}

// rules are TikTok's from now on for an order.
func rules(r tiktoksim.AftersaleRules) func(*scene, tiktok.OrderID) {
	return func(s *scene, id tiktok.OrderID) { s.Must(s.TikTok.SetAftersaleRules(string(id), r)) }
}

// ofDelivered refunds one mug of a delivered order, on which something was done before.
func ofDelivered(amount int64, before func(*scene, tiktok.OrderID)) func(*scene) (tiktok.OrderID, shopify.GID) {
	return func(s *scene) (tiktok.OrderID, shopify.GID) {
		id := s.delivered()
		if before != nil {
			before(s, id)
		}
		return id, s.refund(id, amount, "MUG-12-SAGE", 1)
	}
}

// withdraw has the buyer take the request back.
func withdraw(s *scene, id tiktok.OrderID) {
	s.Must(s.TikTok.Withdraw(s.TikTok.Aftersales(string(id))[0].ID))
}

// edit changes the order in Shopify as a person does.
func edit(change func(*shopifysim.Order)) func(*scene, tiktok.OrderID) {
	return func(s *scene, id tiktok.OrderID) {
		s.Must(s.Shopify.EditOrder(string(shop), s.Order(id).GID, change))
	}
}

// correct has TikTok tell an order with another text in it.
func correct(old, changed string) func(*scene, tiktok.OrderID) {
	return func(s *scene, id tiktok.OrderID) {
		order, _ := s.TikTok.Order(string(id))
		if !bytes.Contains(order.Raw, []byte(old)) {
			s.Fatalf("order %s has no %s: %s", id, old, order.Raw)
		}
		_, err := s.TikTok.LoadOrder(string(tiktokShop), bytes.ReplaceAll(order.Raw, []byte(old), []byte(changed)))
		s.Must(err)
	}
}

// troublesInShopify are refunds that TikTok need not be asked about.
func troublesInShopify() []trouble {
	return []trouble{
		{name: "store credit", code: exceptions.RefundNoMoney, meet: ofDelivered(0, nil)},
		{name: "a gift card in Loop", code: exceptions.OutcomeNotRefund, meet: ofDelivered(0, edit(func(o *shopifysim.Order) {
			o.Tags = append(o.Tags, "Gift Card")
		}))},
		{name: "an exchange in Loop, not refunded", code: exceptions.OutcomeNotRefund, meet: func(s *scene) (tiktok.OrderID, shopify.GID) {
			id := s.delivered()
			edit(func(o *shopifysim.Order) { o.Tags = append(o.Tags, "LE:Exchange") })(s, id)
			return id, ""
		}, fix: func(s *scene, id tiktok.OrderID) {
			_, err := s.TikTok.OpenReturn(string(id), tiktoksim.ReturnRequest{LineIDs: s.unitsOf(id, "TEE-BLK-L"), By: "SELLER"})
			s.Must(err)
		}},
		{name: "an exchange in Loop beside a refund", code: exceptions.OutcomeNotRefund, meet: func(s *scene) (tiktok.OrderID, shopify.GID) {
			id := s.delivered()
			s.refund(id, -1, "MUG-12-SAGE", 1)
			s.forward(id)
			edit(func(o *shopifysim.Order) { o.Tags = append(o.Tags, "LE:Exchange") })(s, id)
			return id, ""
		}, fix: func(s *scene, id tiktok.OrderID) {
			s.refund(id, -1, "TEE-BLK-L", 1)
		}},
		{name: "money and no product", code: exceptions.RefundWithoutLines, meet: func(s *scene) (tiktok.OrderID, shopify.GID) {
			id := s.delivered()
			return id, s.refund(id, 500)
		}},
		{name: "another currency", code: exceptions.RefundCurrency, meet: ofDelivered(-1, edit(func(o *shopifysim.Order) { o.Currency = "CAD" })),
			fix: edit(func(o *shopifysim.Order) { o.Currency = "USD" }), ends: links.RefundCompleted},
		{name: "a status that nobody knows", code: exceptions.RefundNotUnderstood,
			meet: ofDelivered(-1, correct(`"display_status":"DELIVERED"`, `"display_status":"TELEPORTED"`)),
			fix:  correct(`"display_status":"TELEPORTED"`, `"display_status":"DELIVERED"`), ends: links.RefundCompleted},
		{name: "cancelled when it is on its way", code: exceptions.CancelTooLate, meet: func(s *scene) (tiktok.OrderID, shopify.GID) {
			id := s.Written(tiktoksim.OrderSpec{})
			parcel, err := s.TikTok.Ship(string(id), tiktoksim.Shipment{})
			s.Must(err)
			s.Must(s.TikTok.Carry(parcel, "IN_TRANSIT"))
			s.Must(s.Shopify.CancelOrder(string(shop), string(s.Row(id).ShopifyOrder), shopifysim.CancelSpec{}))
			return id, s.Row(id).ShopifyOrder
		}, fix: func(s *scene, id tiktok.OrderID) {
			_, err := s.TikTok.OpenReturn(string(id), tiktoksim.ReturnRequest{By: "OPERATOR"})
			s.Must(err)
		}, ends: links.RefundSatisfied},
	}
}

// troublesAtTikTok are refunds that TikTok does not take as they are.
func troublesAtTikTok() []trouble {
	kind := rules(tiktoksim.AftersaleRules{})
	return []trouble{
		{name: "TikTok pays less", code: exceptions.RefundDiffers, meet: ofDelivered(-1, rules(tiktoksim.AftersaleRules{Pays: 1500}))},
		{name: "an order that is over", code: exceptions.RefundOrderCompleted, meet: ofDelivered(-1, func(s *scene, id tiktok.OrderID) {
			s.Must(s.TikTok.SetStatus(string(id), "COMPLETED"))
		})},
		{name: "the window is over", code: exceptions.RefundIneligible, meet: ofDelivered(-1, func(s *scene, id tiktok.OrderID) {
			rules(tiktoksim.AftersaleRules{Window: time.Second})(s, id)
			s.Clock.Pass(2 * time.Second)
		}), fix: kind, ends: links.RefundCompleted},
		{name: "shipping stays with TikTok", code: exceptions.RefundExceedsRefundable, meet: func(s *scene) (tiktok.OrderID, shopify.GID) {
			id := s.deliveredOf(tiktoksim.OrderSpec{Shipping: tiktoksim.Shipping{Original: 599, Tax: 49}})
			rules(tiktoksim.AftersaleRules{KeepShipping: true})(s, id)
			return id, s.refundAll(id)
		}, fix: kind, ends: links.RefundCompleted},
		{name: "part of what is not shipped", code: exceptions.RefundPartialUnshipped, meet: func(s *scene) (tiktok.OrderID, shopify.GID) {
			id := s.Written(tiktoksim.OrderSpec{})
			return id, s.refund(id, 700, "MUG-12-SAGE", 1)
		}, fix: func(s *scene, id tiktok.OrderID) {
			_, err := s.TikTok.Ship(string(id), tiktoksim.Shipment{})
			s.Must(err)
			s.Must(s.TikTok.SetStatus(string(id), "DELIVERED"))
		}, ends: links.RefundCompleted},
		{name: "an amount that is not taken", code: exceptions.RefundAmountRefused, meet: ofDelivered(700, rules(tiktoksim.AftersaleRules{NoPartial: true})),
			fix: kind, ends: links.RefundCompleted},
		{name: "a refusal for reasons of risk", code: exceptions.RefundRefused, meet: ofDelivered(-1, rules(tiktoksim.AftersaleRules{Refuse: 25001046})),
			fix: kind, ends: links.RefundCompleted},
		{name: "reasons that nobody knows", code: exceptions.RefundReasonNeeded,
			meet: ofDelivered(-1, rules(tiktoksim.AftersaleRules{Reasons: []string{"seller_reason_of_tomorrow"}})),
			fix:  func(s *scene, _ tiktok.OrderID) { s.reasons = map[string]string{"*": "seller_reason_of_tomorrow"} }, ends: links.RefundCompleted},
		{name: "only an out-of-stock reason", code: exceptions.CancelReasonNeeded, meet: func(s *scene) (tiktok.OrderID, shopify.GID) {
			id := s.Written(tiktoksim.OrderSpec{})
			rules(tiktoksim.AftersaleRules{Reasons: []string{"seller_cancel_reason_out_of_stock"}})(s, id)
			return id, s.refund(id, -1, "MUG-12-SAGE", 1)
		}, fix: func(s *scene, _ tiktok.OrderID) {
			s.reasons = map[string]string{"cancel": "seller_cancel_reason_out_of_stock"}
		}, ends: links.RefundCompleted},
		{name: "the second of two steps is refused", code: exceptions.PartlySent, meet: func(s *scene) (tiktok.OrderID, shopify.GID) {
			id := s.Written(tiktoksim.OrderSpec{})
			parcel, err := s.TikTok.Ship(string(id), tiktoksim.Shipment{LineIDs: s.unitsOf(id, "MUG-12-SAGE")[1:]})
			s.Must(err)
			s.Must(s.TikTok.Carry(parcel, "IN_TRANSIT"))
			rules(tiktoksim.AftersaleRules{NoPartial: true})(s, id)
			return id, s.refund(id, 3500, "MUG-12-SAGE", 2)
		}, fix: kind, ends: links.RefundCompleted},
	}
}

// troublesWithRequests come of what the buyer, or somebody else, did at TikTok.
func troublesWithRequests() []trouble {
	buyerAsks := func(units int) func(*scene, tiktok.OrderID) {
		return func(s *scene, id tiktok.OrderID) {
			_, err := s.TikTok.OpenReturn(string(id), tiktoksim.ReturnRequest{LineIDs: s.unitsOf(id, "MUG-12-SAGE")[:units]})
			s.Must(err)
		}
	}
	return []trouble{
		{name: "a buyer's request that is about more", code: exceptions.ReturnOpenAtTikTok, meet: ofDelivered(-1, buyerAsks(2)),
			fix: withdraw, ends: links.RefundCompleted},
		{name: "an amount other than the buyer asked for", code: exceptions.ReturnOpenAtTikTok, meet: ofDelivered(700, buyerAsks(1)),
			fix: withdraw, ends: links.RefundCompleted},
		{name: "the buyer wants to cancel more", code: exceptions.CancelOpenAtTikTok, meet: func(s *scene) (tiktok.OrderID, shopify.GID) {
			id := s.Written(tiktoksim.OrderSpec{})
			_, err := s.TikTok.RequestCancel(string(id), tiktoksim.Cancellation{LineIDs: s.unitsOf(id, "MUG-12-SAGE")})
			s.Must(err)
			return id, s.refund(id, -1, "MUG-12-SAGE", 1)
		}, fix: withdraw, ends: links.RefundCompleted},
		{name: "another tool was first", code: exceptions.SecondConnector, meet: ofDelivered(-1, func(s *scene, id tiktok.OrderID) {
			_, err := s.TikTok.OpenReturn(string(id), tiktoksim.ReturnRequest{LineIDs: s.unitsOf(id, "MUG-12-SAGE")[:1], By: "SELLER"})
			s.Must(err)
		})},
		{name: "mirroring is off", code: exceptions.RefundNotMirrored, meet: func(s *scene) (tiktok.OrderID, shopify.GID) {
			s.Set(func(x *shops.Settings) { x.MirrorRefunds = false })
			return s.paidByOperator(), ""
		}, fix: func(s *scene, _ tiktok.OrderID) { s.Set(func(x *shops.Settings) { x.MirrorRefunds = true }) }},
		{name: "paid otherwise in Shopify", code: exceptions.MirrorRefused, meet: func(s *scene) (tiktok.OrderID, shopify.GID) {
			id := s.paidByOperator()
			edit(func(o *shopifysim.Order) { o.Transactions[0].Gateway = "manual" })(s, id)
			return id, ""
		}, fix: edit(func(o *shopifysim.Order) { o.Transactions[0].Gateway = "TikTok Shop" })},
	}
}

// paidByOperator is a delivered order of which TikTok's service has given the tee's price back.
func (s *scene) paidByOperator() tiktok.OrderID {
	s.Helper()
	id := s.delivered()
	_, err := s.TikTok.OpenReturn(string(id), tiktoksim.ReturnRequest{LineIDs: s.unitsOf(id, "TEE-BLK-L"), By: "OPERATOR"})
	s.Must(err)
	return id
}
