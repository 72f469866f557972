package tiktok

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// MostOrders is how many orders one call of Orders may ask for.
	MostOrders = 50
	// LargestPage is the largest page of SearchOrders.
	LargestPage = 100
)

// Order reads one order. ErrOrderNotFound says that this shop has none of that id.
func (c *Client) Order(ctx context.Context, seat Seat, id OrderID) (Order, error) {
	orders, err := c.Orders(ctx, seat, []OrderID{id})
	if err != nil {
		return Order{}, fmt.Errorf("fetch tiktok order %s: %w", clip(string(id)), err)
	}
	if len(orders) == 0 {
		return Order{}, fmt.Errorf("fetch tiktok order %s: %w", id, ErrOrderNotFound)
	}
	return orders[0], nil
}

// Orders reads up to MostOrders orders. Those the shop does not have are left
// out; so is anything that was not asked for.
func (c *Client) Orders(ctx context.Context, seat Seat, ids []OrderID) ([]Order, error) {
	if len(ids) == 0 || len(ids) > MostOrders {
		return nil, fmt.Errorf("tiktok %s: %d ids, want 1 to %d", orderDetail.op, len(ids), MostOrders)
	}
	joined := make([]string, len(ids))
	for i, id := range ids {
		if _, err := ParseOrderID(string(id)); err != nil {
			return nil, fmt.Errorf("tiktok %s: %w", orderDetail.op, err)
		}
		joined[i] = string(id)
	}
	var data struct {
		Orders []Order `json:"orders"`
	}
	query := map[string]string{"ids": strings.Join(joined, ",")}
	if _, err := c.call(ctx, seat, orderDetail, request{query: query}, &data); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(data.Orders, func(o Order) bool { return !slices.Contains(ids, o.ID) }), nil
}

// OrderSearch narrows SearchOrders; zero fields do not. Bounds are whole
// seconds: from is inclusive, before is not.
type OrderSearch struct {
	Status                       OrderStatus
	ShippingType                 ShippingType
	CreatedFrom, CreatedBefore   time.Time
	UpdatedFrom, UpdatedBefore   time.Time
	ByUpdateTime, NewestFirst    bool
	PageSize                     int // 1 to LargestPage; 0 means LargestPage
	BuyerRequestedCancellingOnly bool
}

// OrderPage is one page of a search.
type OrderPage struct {
	Orders []Order
	// Next continues the same search; empty on the last page.
	Next string
	// Total is TikTok's count over all pages, which may change while paging.
	Total int
}

// SearchOrders reads one page, the first with an empty pageToken. Pages shift
// while orders change: windows should overlap, and a watermark move only after
// the last page.
func (c *Client) SearchOrders(ctx context.Context, seat Seat, search OrderSearch, pageToken string) (OrderPage, error) {
	var data struct {
		Orders        []Order `json:"orders"`
		NextPageToken string  `json:"next_page_token"`
		TotalCount    int     `json:"total_count"`
	}
	r := request{query: search.query(pageToken), body: search.body()}
	if _, err := c.call(ctx, seat, orderSearch, r, &data); err != nil {
		return OrderPage{}, fmt.Errorf("search tiktok orders: %w", err)
	}
	if data.NextPageToken != "" && data.NextPageToken == pageToken {
		return OrderPage{}, fmt.Errorf("search tiktok orders: %w: the next page is this page", ErrMalformed)
	}
	return OrderPage{Orders: data.Orders, Next: data.NextPageToken, Total: data.TotalCount}, nil
}

func (s OrderSearch) query(pageToken string) map[string]string {
	size := s.PageSize
	if size <= 0 || size > LargestPage {
		size = LargestPage
	}
	query := map[string]string{"page_size": strconv.Itoa(size), "sort_field": "create_time", "sort_order": "ASC"}
	if s.ByUpdateTime {
		query["sort_field"] = "update_time"
	}
	if s.NewestFirst {
		query["sort_order"] = "DESC"
	}
	if pageToken != "" {
		query["page_token"] = pageToken
	}
	return query
}

// wireSearch leaves out what does not narrow: TikTok takes a 0 for a bound.
type wireSearch struct {
	OrderStatus          OrderStatus  `json:"order_status,omitempty"`
	ShippingType         ShippingType `json:"shipping_type,omitempty"`
	CreateTimeGE         int64        `json:"create_time_ge,omitempty"`
	CreateTimeLT         int64        `json:"create_time_lt,omitempty"`
	UpdateTimeGE         int64        `json:"update_time_ge,omitempty"`
	UpdateTimeLT         int64        `json:"update_time_lt,omitempty"`
	IsBuyerRequestCancel bool         `json:"is_buyer_request_cancel,omitempty"`
}

func (s OrderSearch) body() wireSearch {
	return wireSearch{
		OrderStatus: s.Status, ShippingType: s.ShippingType, IsBuyerRequestCancel: s.BuyerRequestedCancellingOnly,
		CreateTimeGE: unixSeconds(s.CreatedFrom), CreateTimeLT: unixSeconds(s.CreatedBefore),
		UpdateTimeGE: unixSeconds(s.UpdatedFrom), UpdateTimeLT: unixSeconds(s.UpdatedBefore),
	}
}

func unixSeconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}
