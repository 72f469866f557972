package shopify

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// Compliance is what an app needs of `customers/data_request` and
// `customers/redact`: numbers, and nothing else of what Shopify sends there.
type Compliance struct {
	// Customer is Shopify's number of the customer, empty when there is none.
	Customer string
	Orders   []GID
}

// ReadCompliance reads a compliance webhook that is about a customer. Shopify
// lists the orders as numbers, under a name of its own for each topic.
func ReadCompliance(topic string, body []byte) (Compliance, error) {
	var payload struct {
		Customer struct {
			ID int64 `json:"id"`
		} `json:"customer"`
		Requested []int64 `json:"orders_requested"`
		Redact    []int64 `json:"orders_to_redact"`
	}
	if err := json.Unmarshal(body, &payload); err != nil {
		// The decoder's words may quote the payload.
		return Compliance{}, fmt.Errorf("read %s: %w: not the JSON of a request", clip(topic), ErrBadDelivery)
	}
	var c Compliance
	if payload.Customer.ID > 0 {
		c.Customer = strconv.FormatInt(payload.Customer.ID, 10)
	}
	for _, number := range append(payload.Requested, payload.Redact...) {
		if number > 0 {
			c.Orders = append(c.Orders, GID("gid://shopify/Order/"+strconv.FormatInt(number, 10)))
		}
	}
	return c, nil
}
