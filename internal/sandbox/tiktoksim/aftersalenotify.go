package tiktoksim

// notifyCase sends webhook type 11 for a cancellation, types 12 and 64 for a return.
func (s *Sim) notifyCase(a *aftersale) {
	if a.cancel {
		status := a.status
		if status == cancelWithdrawn {
			status = "CANCELLATION_REQUEST_CANCELLED"
		}
		s.notify(a.order.shop, cancellationChanged, map[string]any{
			"order_id": a.order.id, "cancellations_role": a.role, "cancel_status": status, "cancel_id": a.id,
			"create_time": a.created,
		})
		return
	}
	s.notify(a.order.shop, returnChanged, map[string]any{
		"order_id": a.order.id, "return_role": a.role, "return_type": a.kind, "return_status": a.status, "return_id": a.id,
		"create_time": a.created, "update_time": a.updated,
	})
	s.notify(a.order.shop, requestChanged, map[string]any{
		"aftersales_request_id": a.requestID, "return_role": a.role, "aftersales_request_status": a.status,
		"aftersales_request_create_time": a.created, "aftersales_request_update_time": a.updated,
	})
}

// notifyRefund sends webhook type 67, the only one with an amount; it names the order in its lines alone. Of type 65
// only the number is public, so it is not sent.
func (s *Sim) notifyRefund(a *aftersale) {
	lines := []any{}
	for _, l := range a.lines {
		lines = append(lines, map[string]any{"main_order_id": a.order.id, "sku_return_request_id": a.requestID,
			"return_line_item_id": l.id, "sku_id": a.order.line(l.unit)["sku_id"]})
	}
	currency := a.order.currency()
	s.notify(a.order.shop, refundPaid, map[string]any{
		"aftersales_request_id": a.requestID, "rma_id": a.id, "refund_status": "REFUND_SUCCESS", "refund_currency": currency,
		"refund_total": decimal(a.total().sum(), currency), "refund_timestamp": a.updated, "line_items": lines,
	})
}
