package tiktoksim

import (
	"cmp"
	"fmt"
	"strings"
)

// sums are the amounts of an order, added up over its units.
type sums struct{ original, seller, platform, tax int64 }

// build writes the order document of a spec that has been filled. Its fields are those of order detail 202507.
func (s *Sim) build(id string, sh *shop, spec *OrderSpec) (map[string]any, error) {
	var total sums
	var lines []any
	for _, u := range spec.Units {
		for range max(u.Count, 1) {
			line, err := s.buildLine(u, spec, &total)
			if err != nil {
				return nil, err
			}
			lines = append(lines, line)
		}
	}
	created := spec.Created.Unix()
	doc := map[string]any{
		"id": id, "status": spec.Status, "order_type": spec.OrderType, "user_id": "72100000" + id[len(id)-11:],
		"create_time": created, "update_time": created,
		"fulfillment_type": spec.FulfillmentType, "shipping_type": spec.ShippingType, "delivery_type": "HOME_DELIVERY",
		"delivery_option_id": deliveryOption, "delivery_option_name": "Standard shipping",
		"warehouse_id": "7070000000000010001", "is_cod": false, "is_sample_order": spec.Sample,
		"is_on_hold_order": true, "is_replacement_order": spec.Replacement, "is_exchange_order": spec.Exchange,
		"is_buyer_request_cancel": false, "has_updated_recipient_address": false,
		"buyer_message": spec.BuyerMessage, "seller_note": spec.SellerNote, "payment_method_name": "Card",
		"payment": buildPayment(spec, total), "line_items": lines, "packages": []any{},
	}
	for name, after := range map[string]int64{
		"rts_sla_time": 259_200, "tts_sla_time": 345_600, "shipping_due_time": 432_000, "collection_due_time": 518_400,
		"cancel_order_sla_time": 518_400, "delivery_sla_time": 691_200,
	} {
		doc[name] = created + after
	}
	switch {
	case spec.Replacement:
		doc["replaced_order_id"] = spec.SourceOrderID
	case spec.Exchange:
		doc["exchange_source_order_id"] = spec.SourceOrderID
	}
	switch {
	case spec.NoBuyerEmail:
	case spec.BuyerEmail != "":
		doc["buyer_email"] = spec.BuyerEmail
	default:
		doc["buyer_email"] = "v4b" + id[len(id)-8:] + "@" + cmp.Or(homes[sh.region].mail, "chat.seller.tiktok.com")
	}
	return doc, nil
}

func (s *Sim) buildLine(u Unit, spec *OrderSpec, total *sums) (map[string]any, error) {
	sale := u.Price - u.SellerDiscount - u.PlatformDiscount
	tax := u.Tax
	if tax == 0 {
		var err error
		if tax, err = taxOn(sale, u.TaxRate); err != nil {
			return nil, err
		}
	}
	total.original += u.Price
	total.seller += u.SellerDiscount
	total.platform += u.PlatformDiscount
	total.tax += tax
	line := map[string]any{
		"id": s.lineID(), "sku_id": u.SKUID, "product_id": u.ProductID, "product_name": u.ProductName,
		"sku_name": u.SKUName, "seller_sku": u.SellerSKU, "sku_type": "NORMAL", "currency": spec.Currency,
		"original_price": decimal(u.Price, spec.Currency), "sale_price": decimal(sale, spec.Currency),
		"seller_discount":   decimal(u.SellerDiscount, spec.Currency),
		"platform_discount": decimal(u.PlatformDiscount, spec.Currency),
		"display_status":    lineStatus(spec.Status), "is_gift": u.Gift,
		"is_dangerous_good": false, "needs_prescription": false,
	}
	if tax != 0 || u.TaxRate != "" {
		item := map[string]any{"tax_type": "SALES_TAX", "tax_amount": decimal(tax, spec.Currency)}
		if u.TaxRate != "" {
			item["tax_rate"] = u.TaxRate
		}
		line["item_tax"] = []any{item}
	}
	var parts []any
	for _, part := range u.Components {
		parts = append(parts, map[string]any{"sku_id": part.SKUID, "product_id": part.ProductID,
			"seller_sku": part.SellerSKU, "sku_count": max(part.Count, 1)})
	}
	if parts != nil {
		line["combined_listing_skus"] = parts
	}
	return line, nil
}

// buildPayment follows the formulas of Partner Center's order page: sub_total = original - seller - platform discount,
// shipping_fee likewise, total_amount = sub_total + shipping_fee + taxes + retail_delivery_fee.
func buildPayment(spec *OrderSpec, t sums) map[string]any {
	money := func(minor int64) string { return decimal(minor, spec.Currency) }
	ship, fees := spec.Shipping, spec.Fees
	subTotal := t.original - t.seller - t.platform
	shipping := ship.Original - ship.SellerDiscount - ship.PlatformDiscount - ship.CofundedDiscount
	tax := t.tax + ship.Tax
	total := subTotal + shipping + tax + fees.RetailDelivery + fees.outsideFormula() + spec.Unexplained
	payment := map[string]any{
		"currency": spec.Currency, "original_total_product_price": money(t.original), "seller_discount": money(t.seller),
		"platform_discount": money(t.platform), "sub_total": money(subTotal),
		"original_shipping_fee": money(ship.Original), "shipping_fee_seller_discount": money(ship.SellerDiscount),
		"shipping_fee_platform_discount": money(ship.PlatformDiscount), "shipping_fee": money(shipping),
		"shipping_fee_cofunded_discount": money(ship.CofundedDiscount), "tax": money(tax), "total_amount": money(total),
	}
	if tax == 0 {
		payment["tax"] = "0" // an order without tax says so in one digit, and names no parts
	} else {
		payment["product_tax"], payment["shipping_fee_tax"] = money(t.tax), money(ship.Tax)
	}
	for name, minor := range map[string]int64{
		"retail_delivery_fee": fees.RetailDelivery, "small_order_fee": fees.SmallOrder, "handling_fee": fees.Handling,
		"buyer_service_fee": fees.BuyerService, "item_insurance_fee": fees.ItemInsurance,
		"item_insurance_tax": fees.ItemInsuranceTax, "shipping_insurance_fee": fees.ShippingInsurance,
		"payment_platform_discount":    fees.PaymentPlatformDiscount,
		"payment_discount_service_fee": fees.PaymentDiscountService, "distance_fee": fees.Distances,
	} {
		if minor != 0 {
			payment[name] = money(minor)
		}
	}
	return payment
}

// Ids look as TikTok's do and grow: orders have 18 digits from 5769, lines from 5773, packages 19 from 1153. They stay
// clear of the ids in the test data (which end in 1xxxx).
func (s *Sim) orderID() string   { return fmt.Sprintf("5769%014d", 30_000_000+s.next()) }
func (s *Sim) lineID() string    { return fmt.Sprintf("5773%014d", 30_000_000+s.next()) }
func (s *Sim) packageID() string { return fmt.Sprintf("1153%015d", 30_000_000+s.next()) }

// lineStatus is the display_status of a line in an order of this status. Lines know no ON_HOLD: they await shipment.
func lineStatus(status string) string {
	switch status {
	case "ON_HOLD", "PARTIALLY_SHIPPING":
		return "AWAITING_SHIPMENT"
	default:
		return strings.ToUpper(status)
	}
}
