package pages

import (
	"strings"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Badge is a state in a word or two; Tone is one of Polaris'.
type Badge struct{ Tone, Text string }

// OrderBadge is how far an order is.
func OrderBadge(s links.State) Badge {
	switch s {
	case links.Waiting:
		return Badge{"info", "Waiting"}
	case links.Held:
		return Badge{"warning", "Held"}
	case links.Written:
		return Badge{"success", "In Shopify"}
	case links.Skipped:
		return Badge{"neutral", "Skipped"}
	case links.Cancelled:
		return Badge{"neutral", "Cancelled"}
	}
	return Badge{"neutral", word(string(s))}
}

// ShipmentsBadge is how far an order's shipments are.
func ShipmentsBadge(leg string) Badge {
	switch leg {
	case links.NoShipments:
		return Badge{"neutral", "Nothing shipped"}
	case links.ShipmentsHeld:
		return Badge{"warning", "Held"}
	case links.ShipmentsSending:
		return Badge{"info", "On its way"}
	case links.ShipmentsPartly:
		return Badge{"info", "Partly shipped"}
	case links.ShipmentsDone:
		return Badge{"success", "Shipped"}
	}
	return Badge{"neutral", word(leg)}
}

// RefundsBadge is how far an order's refunds are, or one of them.
func RefundsBadge(leg string) Badge {
	switch leg {
	case links.NoRefunds:
		return Badge{"neutral", "Nothing refunded"}
	case links.RefundsRecorded:
		return Badge{"success", "Recorded"}
	}
	switch state := links.RefundState(leg); state {
	case links.RefundWaiting:
		return Badge{"info", "Waiting"}
	case links.RefundHeld:
		return Badge{"warning", "Ready to send"}
	case links.RefundStopped:
		return Badge{"critical", "Needs you"}
	case links.RefundSending:
		return Badge{"info", "Sending"}
	case links.RefundPartlySent:
		return Badge{"critical", "Partly sent"}
	case links.RefundSent:
		return Badge{"info", "Asked at TikTok"}
	case links.RefundCompleted:
		return Badge{"success", "Paid by TikTok"}
	case links.RefundIgnored:
		return Badge{"neutral", "Record"}
	case links.RefundSatisfied:
		return Badge{"success", "Paid by TikTok already"}
	case links.RefundHandled:
		return Badge{"neutral", "Handled"}
	}
	return Badge{"neutral", word(leg)}
}

func shipmentBadge(s links.ShipmentState) Badge {
	switch s {
	case links.ShipmentPlanned:
		return Badge{"warning", "Planned"}
	case links.ShipmentSent:
		return Badge{"info", "Sending"}
	case links.ShipmentDone:
		return Badge{"success", "Done"}
	case links.ShipmentRefused:
		return Badge{"critical", "Refused"}
	case links.ShipmentUndone:
		return Badge{"warning", "Cancelled in Shopify"}
	}
	return Badge{"neutral", word(string(s))}
}

func stepBadge(s links.StepState) Badge {
	switch s {
	case links.StepPlanned:
		return Badge{"neutral", "Planned"}
	case links.StepSent:
		return Badge{"info", "Sent"}
	case links.StepAccepted:
		return Badge{"info", "Taken by TikTok"}
	case links.StepCompleted:
		return Badge{"success", "Paid"}
	case links.StepRefused:
		return Badge{"critical", "Refused"}
	}
	return Badge{"neutral", word(string(s))}
}

var stepKinds = map[links.StepKind]string{
	links.CancelUnits:         "Cancel units that are not shipped",
	links.OpenReturn:          "Open a return that pays the buyer",
	links.ApproveReturn:       "Approve the return that the buyer asked for",
	links.ApproveCancellation: "Approve the cancellation that the buyer asked for",
	links.GivenByTikTok:       "Nothing to send: TikTok gave this back",
}

// reasons are the words that features keep as a state's reason and that are no exception's code.
var reasons = map[string]string{
	// Of orders.
	"unpaid":                 "The buyer has not paid yet. TikTok releases the order.",
	"on_hold":                "TikTok holds the order, as it does while the buyer may still change it.",
	"tiktok_not_shipped":     "TikTok's warehouse ships this order. It is written once TikTok shows it as shipped.",
	"cancelled":              "It was cancelled at TikTok before it was in Shopify.",
	"before_start":           "It is from before the start line. Import it to have it all the same.",
	"unknown_status":         "TikTok's status of this order is new to Switchback.",
	"buyer_asks_to_cancel":   "The buyer asked TikTok to cancel: do not ship before the request is answered.",
	"pull_orders_off":        "The switch Pull orders is off.",
	"push_orders_off":        "The switch Push orders is off: the order is planned, and written when you turn it on.",
	"connection_off":         "The TikTok shop is not synced.",
	"ignored_by_merchant":    "You chose to leave the order that another app had written.",
	"mirror_refunds_off":     "The switch Mirror refunds is off.",
	links.CancelledBefore:    "Its units went with the cancellation of the whole order.",
	"pull_fulfillments_off":  "The switch Pull fulfillments is off.",
	"push_fulfillments_off":  "The switch Push fulfillments is off: it is planned, and reported when you turn it on.",
	"mirror_shipments_off":   "The switch Mirror shipments is off.",
	"undone":                 "The fulfillment was cancelled in Shopify after TikTok had been told.",
	"push_refunds_off":       "The switch Push refunds is off: the refund is planned and waits for you to send it, or for the switch.",
	"pull_refunds_off":       "The switch Pull refunds is off.",
	"approval_needed":        "It is older than a week: nothing is sent before you say so.",
	"payment_pending":        "Shopify has not finished this refund's payment.",
	"order_unpaid":           "The buyer has not paid TikTok yet.",
	"satisfied_by_tiktok":    "TikTok gave this money back by itself.",
	"recorded_by_switchback": "Switchback wrote it to record what TikTok gave back.",
	"handled":                "You said it was dealt with elsewhere.",
	// Of a refund that is not over, where its state says all.
	string(links.RefundWaiting): "The refund goes on by itself.",
	string(links.RefundSending): "The refund is being sent to TikTok.",
	string(links.RefundSent):    "TikTok has the refund and has not paid all of it yet.",
	"cancelled_without_refund":  "The order was cancelled in Shopify with no refund beside it, and TikTok gave the money back.",
}

// Why puts the reason of a state, or an exception's code, into a sentence; empty
// for none.
func Why(reason string) string {
	if reason == "" {
		return ""
	}
	if text, ok := reasons[reason]; ok {
		return text
	}
	return exceptions.Describe(exceptions.Code(reason)).Sentence
}

// choices are the buttons of what a person may choose about an exception.
var choices = map[string]string{
	"adopt":            "Adopt the order that is there",
	"write_ours":       "Write ours anyway",
	"ignore":           "Ignore this TikTok order",
	"write_difference": "Write it with a line for the difference",
	"handled":          "Mark as handled",
}

// Choice is something that a person may decide: Action is the API's word for it.
type Choice struct{ Action, Label string }

// ChoicesOf are what may be decided about exceptions of a code.
func ChoicesOf(code exceptions.Code) []Choice {
	var list []Choice
	for _, action := range exceptions.Choices(code) {
		label := choices[action]
		if label == "" {
			label = word(action)
		}
		list = append(list, Choice{action, label})
	}
	return list
}

// reasonText is TikTok's name of a refund's or cancellation's reason as a person
// reads it: what stands before "reason" says only when it may be chosen.
func reasonText(name string) string {
	if _, reason, found := strings.Cut(name, "_reason_"); found {
		name = reason
	}
	return word(name)
}

// factText is a fact of the timeline as a person reads it. A reason is said in
// a sentence; other words of the platforms, and ours, lose their underscores.
func factText(name, value string) string {
	if why := reasons[value]; name == "reason" && why != "" {
		return why
	}
	if isWord(value) {
		return word(value)
	}
	return value
}

// isWord tells a stable word, such as push_refunds_off or RETURN_OR_REFUND_REQUEST_SUCCESS,
// from a text, an id or a number.
func isWord(value string) bool {
	part := strings.Trim(value, "_")
	if part != value || !strings.Contains(value, "_") || strings.ToLower(value) != value && strings.ToUpper(value) != value {
		return false
	}
	return strings.IndexFunc(value, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') }) < 0
}

// statusText is TikTok's status as a person reads it.
func statusText(s tiktok.OrderStatus) string { return word(string(s)) }

// word makes a stable word readable: first letter large, spaces for underscores.
func word(text string) string {
	text = strings.ToLower(strings.ReplaceAll(text, "_", " "))
	if text == "" {
		return "–"
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
