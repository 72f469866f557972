package tiktoksim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// demand is what TikTok asks of one call beyond its document, which marks almost nothing as required.
type demand struct {
	body  []string // fields that must be there; [] stands for every element of a list
	check func(c *call) error
	why   string // where the demand comes from
}

// demands lists them by operation. Every call whose document has shop_cipher needs it as well; gateway.go sees to that.
var demands = map[string]demand{
	OpOrderDetail: {
		check: func(c *call) error { return listSize("ids", strings.Split(c.query.Get("ids"), ","), 1, 50) },
		why:   "order detail 202507: up to 50 order ids, comma-joined",
	},
	OpOrderSearch: {
		check: checkOrderSearch,
		why:   "order list 202309: page_size 1 to 100, sorted by create_time or update_time, ASC or DESC",
	},
	OpExternalAdd: {
		body: []string{"orders", "orders[].id", "orders[].external_order",
			"orders[].external_order.id", "orders[].external_order.platform"},
		check: checkExternalAdd,
		why:   "external orders 202406: up to 100 orders, each with up to 100 lines; a reference without its ids refers to nothing",
	},
	OpMarkShipped: {
		body: []string{"tracking_number", "shipping_provider_id"},
		why:  "mark package as shipped 202309: number and provider are required; without line items it is the whole order",
	},
	OpUpdateOrderShipping: {
		body: []string{"tracking_number", "shipping_provider_id"},
		why:  "update shipping info 202309: number and provider are required",
	},
	OpUpdatePackageShipping: {
		body: []string{"tracking_number", "shipping_provider_id"},
		why:  "update package shipping info 202309: number and provider are required",
	},
	OpWebhookPut: {
		body:  []string{"address", "event_type"},
		check: checkWebhookAddress,
		why:   "update shop webhook 202309: an address of at most 255 characters for one event type",
	},
	OpWebhookDelete: {
		body: []string{"event_type"},
		why:  "delete shop webhook 202309: the event type says which subscription goes",
	},
}

// checkDemands is the second half of the contract, after the document.
func checkDemands(c *call) error {
	d, ok := demands[c.op]
	if !ok {
		d, ok = aftersaleDemands[c.op]
	}
	if !ok {
		return nil
	}
	var body any
	if len(d.body) > 0 {
		if err := json.Unmarshal(c.body, &body); err != nil {
			return fmt.Errorf("param body is missing (%s)", d.why)
		}
	}
	for _, field := range d.body {
		if !present(body, strings.Split(field, ".")) {
			return fmt.Errorf("param body.%s is missing (%s)", field, d.why)
		}
	}
	if d.check == nil {
		return nil
	}
	if err := d.check(c); err != nil {
		return fmt.Errorf("%w (%s)", err, d.why)
	}
	return nil
}

// present reports whether every place that path names holds something: not nothing, not "", not an empty list.
func present(v any, path []string) bool {
	if len(path) == 0 {
		switch v := v.(type) {
		case nil:
			return false
		case string:
			return v != ""
		case []any:
			return len(v) > 0
		}
		return true
	}
	m, ok := v.(map[string]any)
	if !ok {
		return false
	}
	name, each := strings.CutSuffix(path[0], "[]")
	if !each {
		return present(m[name], path[1:])
	}
	list, ok := m[name].([]any)
	return ok && !slices.ContainsFunc(list, func(e any) bool { return !present(e, path[1:]) })
}

func listSize(name string, list []string, low, high int) error {
	switch {
	case slices.Contains(list, ""):
		return fmt.Errorf("param %s holds an empty value", name)
	case len(list) < low || len(list) > high:
		return fmt.Errorf("param %s holds %d values, not %d to %d", name, len(list), low, high)
	}
	return nil
}

func checkOrderSearch(c *call) error {
	size, err := strconv.Atoi(c.query.Get("page_size"))
	if err != nil || size < 1 || size > 100 {
		return fmt.Errorf("param page_size is not 1 to 100")
	}
	if f := c.query.Get("sort_field"); f != "" && f != "create_time" && f != "update_time" {
		return fmt.Errorf("param sort_field is not create_time or update_time")
	}
	if o := c.query.Get("sort_order"); o != "" && o != "ASC" && o != "DESC" {
		return fmt.Errorf("param sort_order is not ASC or DESC")
	}
	filter, err := decodeBody[orderFilter](c)
	if err != nil {
		return err
	}
	if filter.OrderStatus != "" && !slices.Contains(statuses, filter.OrderStatus) {
		return fmt.Errorf("param body.order_status is not a status")
	}
	if len(filter.WarehouseIDs) > 100 {
		return fmt.Errorf("param body.warehouse_ids holds more than 100 values")
	}
	return nil
}

func checkExternalAdd(c *call) error {
	body, err := decodeBody[externalAdd](c)
	if err != nil {
		return err
	}
	if len(body.Orders) > 100 {
		return fmt.Errorf("param body.orders holds more than 100 values")
	}
	for _, o := range body.Orders {
		if len(o.ExternalOrder.LineItems) > 100 {
			return fmt.Errorf("param body.orders[].external_order.line_items holds more than 100 values")
		}
	}
	return nil
}

func checkWebhookAddress(c *call) error {
	body, err := decodeBody[subscription](c)
	if err != nil {
		return err
	}
	if len(body.Address) > 255 {
		return fmt.Errorf("param body.address is longer than 255 characters")
	}
	return nil
}
