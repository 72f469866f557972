package shopify

import "github.com/switchbackhq/switchback/graphql/admin"

// maxCreateLines is the longest input list that Shopify takes.
const maxCreateLines = 250

// CreateVariables are the variables of orderCreate as they go over the wire.
type CreateVariables struct {
	Order   *admin.OrderCreateOrderInput   `json:"order,omitempty"`
	Options *admin.OrderCreateOptionsInput `json:"options,omitempty"`
	// Lines is how many lines the answer is asked for.
	Lines int `json:"lines,omitempty"`
}

// VariablesOf are what CreateOrder sends.
func VariablesOf(order admin.OrderCreateOrderInput, options admin.OrderCreateOptionsInput) CreateVariables {
	return CreateVariables{Order: &order, Options: &options, Lines: min(max(len(order.LineItems), 1), maxCreateLines)}
}
