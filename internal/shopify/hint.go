package shopify

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Hint says whom a webhook about an order concerns. It is no more than that:
// what happened is read from Shopify.
type Hint struct {
	Order GID
	// Refund and Fulfillment are set by the topics refunds/* and fulfillments/*.
	Refund, Fulfillment GID
}

// ReadHint reads the ids out of a webhook with the topic orders/*, refunds/* or
// fulfillments/*. The GID that Shopify sends beside a number is preferred.
func ReadHint(topic string, body []byte) (Hint, error) {
	var payload struct {
		GID   string      `json:"admin_graphql_api_id"`
		ID    json.Number `json:"id"`
		Order json.Number `json:"order_id"`
	}
	if err := json.Unmarshal(body, &payload); err != nil {
		return Hint{}, fmt.Errorf("read %s: %w: not the JSON of an event", clip(topic), ErrBadDelivery)
	}
	read := func(kind, gid string, number json.Number) (GID, error) {
		if gid == "" {
			gid = "gid://shopify/" + kind + "/" + number.String()
		}
		id, err := ParseGID(kind, gid)
		if err != nil {
			return "", fmt.Errorf("read %s: %w: %w", clip(topic), ErrBadDelivery, err)
		}
		return id, nil
	}
	family, _, _ := strings.Cut(topic, "/")
	var h Hint
	var err error
	switch family {
	case "orders":
		h.Order, err = read("Order", payload.GID, payload.ID)
		return h, err
	case "refunds":
		h.Refund, err = read("Refund", payload.GID, payload.ID)
	case "fulfillments":
		h.Fulfillment, err = read("Fulfillment", payload.GID, payload.ID)
	default:
		return Hint{}, fmt.Errorf("read %s: %w: not about an order", clip(topic), ErrBadDelivery)
	}
	if err == nil {
		h.Order, err = read("Order", "", payload.Order)
	}
	if err != nil {
		return Hint{}, err
	}
	return h, nil
}
