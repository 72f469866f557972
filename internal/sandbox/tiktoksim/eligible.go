package tiktoksim

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// Codes of returns and cancellations, from the error tables of Partner Center; the wording is approximate.
var (
	paramWrong     = refusal(25001001, "Invalid parameter.")
	statusWrong    = refusal(25001003, "Invalid order status.")
	returnExists   = refusal(25001010, "the return order already exists")
	reverseExists  = refusal(25001011, "there are processing reverse order exists")
	reasonUnknown  = refusal(25001014, "Invalid reason.")
	reasonMismatch = refusal(25001021, "Reason not match order status")
	alreadyShipped = refusal(25001045, "Order has been shipped and can not be cancelled.")
	orderFinished  = refusal(25001051, "The order is finished.")
	amountTooHigh  = refusal(25005005, "Refund amount exceeds refundable amount.")
	unitsWrong     = refusal(25005010, "Some line items can not be processed.")
	noPartial      = refusal(25005020, "The refund amount does not support partial.")
	noSuchOrder    = refusal(25007006, "Order not found.")
	cannotReject   = refusal(25011011, "The current status does not allow rejection.")
	cannotApprove  = refusal(25011012, "The current status does not allow approval.")
	decisionWrong  = refusal(25020004, "The decision does not match the request.")
	keyReused      = refusal(25001001, "Invalid parameter: idempotency_key was used with another request.")
)

func refusal(code int, message string) answer {
	return answer{status: http.StatusOK, code: code, message: message}
}

// The reasons that sellers may give, by what is asked for and where the unit stands (Partner Center, cancel reasons and
// refund reasons). %s is the market's ending. The lists of RETURN_AND_REFUND are not public; one name stands for them.
var (
	cancelReasons = []string{"seller_cancel_reason_out_of_stock", "seller_cancel_reason_wrong_price",
		"seller_cancel_paid_reason_address_not_deliver"}
	deliveredReasons = []string{"missing_product", "not_received", "not_match_description", "damaged", "wrong_product",
		"missed_delivery_date"}
	lostReasons   = []string{"seller_shipped_refund_package_lost", "seller_shipped_refund_package_delivery_failed"}
	returnReasons = []string{"ecom_order_delivered_refund_and_return_reason_not_match_description"}
)

// reasonsFor lists the names for a request in a market, for a unit of this status; nil where there are none.
func reasonsFor(region, request, status string) []string {
	british := region == "GB"
	var names []string
	switch {
	case request == "CANCEL" && british:
		for _, name := range cancelReasons {
			names = append(names, name+"_uk")
		}
	case request == "CANCEL":
		names = append(slices.Clone(cancelReasons), "seller_cancel_paid_reason_buyer_requested_cancellation")
	case request == "RETURN_AND_REFUND" && status == "DELIVERED":
		names = returnReasons
	case request == "REFUND" && status == "DELIVERED":
		for _, stem := range deliveredReasons {
			name := "ecom_order_delivered_refund_reason_" + stem + "_seller"
			if british {
				name += "_uk"
			}
			names = append(names, name)
		}
		names = append(names, lostReasons...)
	case request == "REFUND" && status == "IN_TRANSIT":
		names = append(slices.Clone(lostReasons), "seller_shipped_refund_miss_estimated_delivery_date")
	case request == "REFUND":
		names = lostReasons
	}
	return names
}

// reasons are those that a seller may give for a unit of this status of this order.
func (s *Sim) reasons(o *order, request, status string) []string {
	if names := s.rules(o).Reasons; names != nil {
		return names
	}
	return reasonsFor(o.shop.region, request, status)
}

// aftersaleRequests are the request types that eligibility knows.
var aftersaleRequests = []string{"CANCEL", "REFUND", "RETURN_AND_REFUND"}

// objection says why a request cannot be made for a unit; nil where it can. It is the matrix of Partner Center's returns
// overview: cancel while nothing is shipped (in the US until collection), refund from then on, nothing when it is over. A
// unit is refunded once, in whole or in part; whether TikTok takes the rest later is not public.
func (s *Sim) objection(o *order, line map[string]any, request string) *answer {
	status := o.unitStatus(line)
	if a := o.caseOf(text(line["id"])); a != nil {
		if a.paid() && !a.cancel {
			return &returnExists
		}
		return &reverseExists
	}
	cancels := request == "CANCEL"
	switch status {
	case "AWAITING_SHIPMENT", "ON_HOLD":
		if cancels {
			return nil
		}
	case "AWAITING_COLLECTION":
		if request == "REFUND" || cancels && o.shop.region == "US" {
			return nil
		}
	case "IN_TRANSIT":
		if cancels {
			return &alreadyShipped
		}
		if request == "REFUND" {
			return nil
		}
	case "DELIVERED":
		if s.windowClosed(o) {
			return &orderFinished
		}
		if request == "REFUND" || request == "RETURN_AND_REFUND" && o.shop.region == "US" {
			return nil
		}
	case "COMPLETED":
		return &orderFinished
	}
	return &statusWrong
}

// unitStatus is where a unit stands; a line that was loaded without a status stands where its order does.
func (o *order) unitStatus(line map[string]any) string {
	if st := o.status(); st == "UNPAID" || st == "COMPLETED" || st == "CANCELLED" {
		return st
	}
	if st := text(line["display_status"]); st != "" {
		return st
	}
	return o.status()
}

// windowClosed tells that the time for requests after delivery is over, by the simulator's clock.
func (s *Sim) windowClosed(o *order) bool {
	at := integer(o.doc["delivery_time"])
	return at != 0 && s.now().After(time.Unix(at, 0).Add(s.rules(o).Window))
}

// eligibility groups units of one SKU that fare alike. Units without a word on a request type are none of TikTok's: every
// unit is in the answer once per type asked for.
func (s *Sim) eligibility(c *call) answer {
	o := s.orderOf(c.shop, c.vars["order_id"])
	if o == nil {
		return noSuchOrder
	}
	asked := aftersaleRequests
	if types := c.query.Get("request_types"); types != "" {
		asked = strings.Split(types, ",")
	}
	bySKU := map[string][]any{}
	var skus []string
	for _, request := range asked {
		for _, line := range o.lines() {
			sku := text(line["sku_id"])
			if !slices.Contains(skus, sku) {
				skus = append(skus, sku)
			}
			bySKU[sku] = joinEligible(bySKU[sku], s.eligible(o, line, request), text(line["id"]))
		}
	}
	rows := []any{}
	for _, sku := range skus {
		rows = append(rows, map[string]any{"sku_id": sku, "line_item_eligibility": bySKU[sku]})
	}
	return frozen(map[string]any{"sku_eligibility": rows})
}

// eligible is the verdict on one unit, without its id.
func (s *Sim) eligible(o *order, line map[string]any, request string) map[string]any {
	row := map[string]any{"request_type": request, "eligible": true}
	if no := s.objection(o, line, request); no != nil {
		row["eligible"], row["ineligible_code"], row["ineligible_reason"] = false, no.code, no.message
		return row
	}
	names := []any{}
	for _, name := range s.reasons(o, request, o.unitStatus(line)) {
		names = append(names, name)
	}
	row["available_reason_names"] = names
	return row
}

// joinEligible adds a unit to the row that says the same, or as a row of its own.
func joinEligible(rows []any, row map[string]any, unit string) []any {
	for _, old := range rows {
		if o := object(old); o["request_type"] == row["request_type"] && o["ineligible_code"] == row["ineligible_code"] &&
			slices.Equal(list(o["available_reason_names"]), list(row["available_reason_names"])) {
			o["order_line_items_ids"] = append(list(o["order_line_items_ids"]), unit)
			return rows
		}
	}
	row["order_line_items_ids"] = []any{unit}
	return append(rows, row)
}
