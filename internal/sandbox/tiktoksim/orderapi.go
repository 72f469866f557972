package tiktoksim

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// orderDetail leaves out ids that are not orders of the shop; TikTok does not say, and a caller must stand both.
func (s *Sim) orderDetail(c *call) answer {
	found := []map[string]any{}
	asked := strings.Split(c.query.Get("ids"), ",")
	slices.Sort(asked)
	for _, id := range slices.Compact(asked) {
		if o := s.orderOf(c.shop, id); o != nil {
			found = append(found, o.visible())
		}
	}
	return frozen(map[string]any{"orders": found})
}

func (s *Sim) orderOf(sh *shop, id string) *order {
	if o := s.orders[id]; o != nil && o.shop == sh {
		return o
	}
	return nil
}

// frozen turns live documents into bytes while the lock is held.
func frozen(data any) answer {
	raw, err := json.Marshal(data)
	if err != nil {
		return internalError
	}
	return success(json.RawMessage(raw))
}

// orderFilter is the body of an order search.
type orderFilter struct {
	OrderStatus          string   `json:"order_status"`
	CreateTimeGE         *int64   `json:"create_time_ge"`
	CreateTimeLT         *int64   `json:"create_time_lt"`
	UpdateTimeGE         *int64   `json:"update_time_ge"`
	UpdateTimeLT         *int64   `json:"update_time_lt"`
	ShippingType         string   `json:"shipping_type"`
	BuyerUserID          string   `json:"buyer_user_id"`
	IsBuyerRequestCancel *bool    `json:"is_buyer_request_cancel"`
	WarehouseIDs         []string `json:"warehouse_ids"`
}

func (f orderFilter) matches(o *order) bool {
	within := func(v any, ge, lt *int64) bool {
		t := integer(v)
		return (ge == nil || t >= *ge) && (lt == nil || t < *lt)
	}
	is := func(want, field string) bool { return want == "" || want == text(o.doc[field]) }
	cancelAsked, _ := o.doc["is_buyer_request_cancel"].(bool)
	return within(o.doc["create_time"], f.CreateTimeGE, f.CreateTimeLT) &&
		within(o.doc["update_time"], f.UpdateTimeGE, f.UpdateTimeLT) &&
		is(f.OrderStatus, "status") && is(f.ShippingType, "shipping_type") && is(f.BuyerUserID, "user_id") &&
		(f.IsBuyerRequestCancel == nil || *f.IsBuyerRequestCancel == cancelAsked) &&
		(len(f.WarehouseIDs) == 0 || slices.Contains(f.WarehouseIDs, text(o.doc["warehouse_id"])))
}

// orderSearch pages by position in the current state, so that rows move while somebody pages, as TikTok warns.
func (s *Sim) orderSearch(c *call) answer {
	filter, err := decodeBody[orderFilter](c)
	if err != nil {
		return breach(http.StatusBadRequest, 36009004, err.Error())
	}
	field := cmp.Or(c.query.Get("sort_field"), "create_time")
	direction := cmp.Or(c.query.Get("sort_order"), "DESC")
	size, err := strconv.Atoi(c.query.Get("page_size"))
	if err != nil {
		return breach(http.StatusBadRequest, 36009004, "param page_size is not a number")
	}
	key := searchKey(c.shop.id, field, direction, string(c.body))
	start, err := openPage(c.query.Get("page_token"), key)
	if err != nil {
		return breach(http.StatusBadRequest, 36009004, err.Error())
	}
	found := s.search(c.shop, filter, field, direction)
	page := []map[string]any{}
	end := min(start+size, len(found))
	for _, o := range found[min(start, end):end] {
		page = append(page, o.visible())
	}
	token := ""
	if end < len(found) {
		token = sealPage(pagePosition{Start: end, Key: key})
	}
	return frozen(map[string]any{"orders": page, "next_page_token": token, "total_count": len(found)})
}

func (s *Sim) search(sh *shop, f orderFilter, field, direction string) []*order {
	found := slices.DeleteFunc(slices.Collect(maps.Values(s.orders)), func(o *order) bool {
		return o.shop != sh || !f.matches(o)
	})
	slices.SortFunc(found, func(a, b *order) int {
		by := cmp.Or(cmp.Compare(integer(a.doc[field]), integer(b.doc[field])), cmp.Compare(a.id, b.id))
		if direction == "DESC" {
			return -by
		}
		return by
	})
	return found
}

// pagePosition is what an opaque page token says: how far, and in which search.
type pagePosition struct {
	Start int
	Key   string
}

// pageMark makes every token begin with "+/" and, by its length, end with "=": callers that do not escape it fail here.
var pageMark = []byte{0xfb, 0xfe, 0xbf}

func searchKey(parts ...string) string {
	h := fnv.New64a()
	for _, p := range parts {
		_, _ = fmt.Fprintf(h, "%q", p) // a hash never refuses a write
	}
	return strconv.FormatUint(h.Sum64(), 36)
}

func sealPage(p pagePosition) string {
	raw := append(slices.Clone(pageMark), fmt.Sprintf("%d.%s", p.Start, p.Key)...)
	for len(raw)%3 == 0 {
		raw = append(raw, ' ')
	}
	return base64.StdEncoding.EncodeToString(raw)
}

// openPage refuses a token of another search: filters must stay the same from page to page. The page size is not part of
// that, TikTok asks for identical filters only.
func openPage(token, key string) (start int, err error) {
	if token == "" {
		return 0, nil
	}
	raw, err := base64.StdEncoding.DecodeString(token)
	if err != nil || !strings.HasPrefix(string(raw), string(pageMark)) {
		return 0, fmt.Errorf("param page_token is invalid")
	}
	at, of, _ := strings.Cut(strings.TrimSpace(string(raw[len(pageMark):])), ".")
	start, err = strconv.Atoi(at)
	if err != nil || of != key {
		return 0, fmt.Errorf("param page_token belongs to another search")
	}
	return start, nil
}

// priceDetail repeats the order's own figures under the names of price detail 202407.
func (s *Sim) priceDetail(c *call) answer {
	if s.opts.NoPriceDetail {
		return pathUnknown
	}
	o := s.orderOf(c.shop, c.vars["order_id"])
	if o == nil {
		return answer{status: http.StatusOK, code: 36020001, message: "Invalid order_id"}
	}
	lines := []map[string]any{}
	for _, l := range o.lines() {
		d := rename(l, map[string]string{
			"id": "id", "currency": "currency", "original_price": "sku_list_price", "sale_price": "sku_sale_price",
			"seller_discount": "subtotal_deduction_seller", "platform_discount": "subtotal_deduction_platform",
		})
		for _, tax := range list(l["item_tax"]) {
			maps.Copy(d, rename(object(tax), map[string]string{"tax_amount": "tax_amount", "tax_rate": "tax_rate"}))
		}
		lines = append(lines, d)
	}
	detail := rename(object(o.doc["payment"]), map[string]string{
		"currency": "currency", "original_total_product_price": "sku_list_price", "sub_total": "subtotal",
		"seller_discount": "subtotal_deduction_seller", "platform_discount": "subtotal_deduction_platform",
		"original_shipping_fee": "shipping_list_price", "shipping_fee": "shipping_sale_price",
		"shipping_fee_seller_discount":   "shipping_fee_deduction_seller",
		"shipping_fee_platform_discount": "shipping_fee_deduction_platform", "tax": "tax_amount", "total_amount": "total",
	})
	detail["line_items"] = lines
	return frozen(detail)
}

func rename(from map[string]any, names map[string]string) map[string]any {
	to := map[string]any{}
	for old, name := range names {
		if v, ok := from[old]; ok {
			to[name] = v
		}
	}
	return to
}
