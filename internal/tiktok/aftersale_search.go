package tiktok

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"
)

const (
	// largestAftersalePage is TikTok's limit for pages of returns and of cancellations.
	largestAftersalePage = 50
	// mostAftersalePages bounds what one order may have: more is an answer that goes in circles.
	mostAftersalePages = 20
	// mostAftersaleOrders is how many orders one search may name.
	mostAftersaleOrders = 50
)

// AftersaleSearch narrows SearchReturns and SearchCancellations; zero fields do
// not. Bounds are whole seconds: from is inclusive, before is not. Rows come in
// the order of their last change, oldest first.
type AftersaleSearch struct {
	Orders                     []OrderID
	CreatedFrom, CreatedBefore time.Time
	UpdatedFrom, UpdatedBefore time.Time
}

// ReturnPage is one page of a search; Next is empty on the last.
type ReturnPage struct {
	Returns []Return
	Next    string
}

// CancellationPage is one page of a search; Next is empty on the last.
type CancellationPage struct {
	Cancellations []Cancellation
	Next          string
}

// SearchReturns reads one page, the first with an empty pageToken.
func (c *Client) SearchReturns(ctx context.Context, seat Seat, search AftersaleSearch, pageToken string) (ReturnPage, error) {
	var data struct {
		Returns []Return `json:"return_orders"`
		Next    string   `json:"next_page_token"`
	}
	r, err := search.request(pageToken)
	if err == nil {
		_, err = c.call(ctx, seat, searchReturns, r, &data)
	}
	if err != nil {
		return ReturnPage{}, fmt.Errorf("search tiktok returns: %w", err)
	}
	return ReturnPage{Returns: data.Returns, Next: data.Next}, nil
}

// SearchCancellations reads one page, the first with an empty pageToken.
func (c *Client) SearchCancellations(ctx context.Context, seat Seat, search AftersaleSearch, pageToken string) (CancellationPage, error) {
	var data struct {
		Cancellations []Cancellation `json:"cancellations"`
		Next          string         `json:"next_page_token"`
	}
	r, err := search.request(pageToken)
	if err == nil {
		_, err = c.call(ctx, seat, searchCancellations, r, &data)
	}
	if err != nil {
		return CancellationPage{}, fmt.Errorf("search tiktok cancellations: %w", err)
	}
	for i := range data.Cancellations {
		data.Cancellations[i].Status = ParseCancelStatus(string(data.Cancellations[i].Status))
	}
	return CancellationPage{Cancellations: data.Cancellations, Next: data.Next}, nil
}

// OrderReturns reads all returns of one order, whoever made them.
func (c *Client) OrderReturns(ctx context.Context, seat Seat, id OrderID) ([]Return, error) {
	all, err := everyPage(func(token string) ([]Return, string, error) {
		page, err := c.SearchReturns(ctx, seat, AftersaleSearch{Orders: []OrderID{id}}, token)
		return page.Returns, page.Next, err
	})
	if err != nil {
		return nil, fmt.Errorf("list returns of tiktok order %s: %w", clip(string(id)), err)
	}
	return slices.DeleteFunc(all, func(r Return) bool { return r.OrderID != id }), nil
}

// OrderCancellations reads all cancellations of one order, whoever made them.
func (c *Client) OrderCancellations(ctx context.Context, seat Seat, id OrderID) ([]Cancellation, error) {
	all, err := everyPage(func(token string) ([]Cancellation, string, error) {
		page, err := c.SearchCancellations(ctx, seat, AftersaleSearch{Orders: []OrderID{id}}, token)
		return page.Cancellations, page.Next, err
	})
	if err != nil {
		return nil, fmt.Errorf("list cancellations of tiktok order %s: %w", clip(string(id)), err)
	}
	return slices.DeleteFunc(all, func(c Cancellation) bool { return c.OrderID != id }), nil
}

// everyPage collects the pages of one search.
func everyPage[T any](read func(token string) (rows []T, next string, err error)) ([]T, error) {
	var all []T
	token := ""
	for range mostAftersalePages {
		rows, next, err := read(token)
		if err != nil {
			return nil, err
		}
		if all = append(all, rows...); next == "" {
			return all, nil
		}
		token = next
	}
	return nil, fmt.Errorf("%w: more than %d pages", ErrMalformed, mostAftersalePages)
}

func (s AftersaleSearch) request(pageToken string) (request, error) {
	if len(s.Orders) > mostAftersaleOrders {
		return request{}, fmt.Errorf("%d orders, most is %d", len(s.Orders), mostAftersaleOrders)
	}
	for _, id := range s.Orders {
		if _, err := ParseOrderID(string(id)); err != nil {
			return request{}, err
		}
	}
	query := map[string]string{
		"page_size": strconv.Itoa(largestAftersalePage), "sort_field": "update_time", "sort_order": "ASC",
	}
	if pageToken != "" {
		query["page_token"] = pageToken
	}
	return request{query: query, body: struct {
		Orders       []OrderID `json:"order_ids,omitempty"`
		CreateTimeGE int64     `json:"create_time_ge,omitempty"`
		CreateTimeLT int64     `json:"create_time_lt,omitempty"`
		UpdateTimeGE int64     `json:"update_time_ge,omitempty"`
		UpdateTimeLT int64     `json:"update_time_lt,omitempty"`
	}{
		s.Orders, unixSeconds(s.CreatedFrom), unixSeconds(s.CreatedBefore),
		unixSeconds(s.UpdatedFrom), unixSeconds(s.UpdatedBefore),
	}}, nil
}
