package routes

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
)

const (
	ordersPage    = 50
	longestQuery  = 100
	longestCursor = 300
)

// orderJSON is an order as the API tells it.
type orderJSON struct {
	TikTokOrderID tiktok.OrderID `json:"tiktok_order_id"`
	TikTokShopID  tiktok.ShopID  `json:"tiktok_shop_id"`
	State         links.State    `json:"state"`
	Reason        string         `json:"reason"`
	// ShopifyOrderID is a GID; null until the order is written.
	ShopifyOrderID *string   `json:"shopify_order_id"`
	ShopifyName    string    `json:"shopify_name"`
	Total          string    `json:"total"`
	Currency       string    `json:"currency"`
	TikTokStatus   string    `json:"tiktok_status"`
	UpdatedAt      time.Time `json:"updated_at"`
	// ShipBy is until when TikTok wants shipped what the seller has left to ship; null where nothing is left.
	ShipBy *time.Time `json:"ship_by"`
	// RedactedAt is when the buyer's data was deleted; null until then.
	RedactedAt *time.Time `json:"redacted_at"`
	Legs       legsJSON   `json:"legs"`
}

// legsJSON is how far each way of an order is.
type legsJSON struct {
	Order     legJSON `json:"order"`
	Shipments legJSON `json:"shipments"`
	Refunds   legJSON `json:"refunds"`
}

type legJSON struct {
	State  string `json:"state"`
	Reason string `json:"reason,omitempty"`
}

func orderOf(o links.Listed) orderJSON {
	answer := orderJSON{
		TikTokOrderID: o.ID, TikTokShopID: o.TikTokShop, State: o.State, Reason: o.Reason, ShopifyName: o.ShopifyName,
		Total: o.Total, Currency: o.Currency, TikTokStatus: string(o.Status), UpdatedAt: o.UpdatedAt, RedactedAt: o.RedactedAt,
		Legs: legsJSON{Order: legJSON{string(o.State), o.Reason}, Shipments: legJSON(o.Shipments), Refunds: legJSON(o.Refunds)},
	}
	if o.ShipBy > 0 {
		at := time.Unix(o.ShipBy, 0).UTC()
		answer.ShipBy = &at
	}
	if o.ShopifyOrder != "" {
		id := string(o.ShopifyOrder)
		answer.ShopifyOrderID = &id
	}
	return answer
}

// entryJSON is a timeline's entry with what only the API shows.
type entryJSON struct {
	timeline.Entry
	LatencyMS int64 `json:"latency_ms,omitempty"`
}

// storyJSON is one order with everything that happened to it.
type storyJSON struct {
	orderJSON
	Shipments  []shipmentJSON  `json:"shipments"`
	Refunds    []refundJSON    `json:"refunds"`
	Timeline   []entryJSON     `json:"timeline"`
	Exceptions []exceptionJSON `json:"exceptions"`
	Loop       *loopJSON       `json:"loop"`
}

func (s *server) listOrders(c *gin.Context) {
	query, cursor := strings.TrimSpace(c.Query("query")), c.Query("cursor")
	if len(query) > longestQuery || len(cursor) > longestCursor {
		s.fail(c, badRequest("invalid_query", fmt.Sprintf("A query has at most %d characters.", longestQuery)))
		return
	}
	page, next, err := s.Ledger.Orders(c.Request.Context(), shopOf(c).Domain, links.OrderFilter{Text: query}, ordersPage, cursor)
	if err != nil {
		s.fail(c, err)
		return
	}
	list := make([]orderJSON, len(page))
	for n, order := range page {
		list[n] = orderOf(order)
	}
	c.JSON(http.StatusOK, gin.H{"orders": list, "next_cursor": next})
}

func (s *server) readOrder(c *gin.Context) {
	id, err := tiktok.ParseOrderID(c.Param("id"))
	if err != nil {
		s.fail(c, errNotFound)
		return
	}
	ctx, shop := c.Request.Context(), shopOf(c).Domain
	order, err := s.Ledger.Order(ctx, shop, id)
	if err != nil {
		s.fail(c, err)
		return
	}
	entries, err := s.Ledger.Timeline(ctx, shop, id)
	if err != nil {
		s.fail(c, err)
		return
	}
	open, err := s.Open.OrderExceptions(ctx, shop, id)
	if err != nil {
		s.fail(c, err)
		return
	}
	asked, err := s.Loop.LoopCheck(ctx, shop, id)
	if err != nil {
		s.fail(c, err)
		return
	}
	shipments, err := s.Ledger.Shipments(ctx, shop, id)
	if err != nil {
		s.fail(c, err)
		return
	}
	refunds, err := s.Ledger.Refunds(ctx, shop, id)
	if err != nil {
		s.fail(c, err)
		return
	}
	story := storyJSON{
		orderJSON: orderOf(links.List(order, shipments, refunds)), Shipments: shipmentsOf(shipments), Refunds: refundsOf(refunds),
		Timeline: make([]entryJSON, len(entries)), Exceptions: exceptionsOf(open), Loop: loopOf(asked),
	}
	for n, entry := range entries {
		story.Timeline[n] = entryJSON{entry, entry.Latency.Milliseconds()}
	}
	c.JSON(http.StatusOK, story)
}

// importOrder starts bringing an order in; the answer does not wait for it.
func (s *server) importOrder(c *gin.Context) {
	id, err := tiktok.ParseOrderID(c.Param("id"))
	if err != nil {
		s.fail(c, errNotFound)
		return
	}
	if err := s.Work.ImportOrder(c.Request.Context(), shopOf(c).Domain, id); err != nil {
		s.fail(c, err)
		return
	}
	c.JSON(http.StatusAccepted, gin.H{"tiktok_order_id": id, "started": true})
}
