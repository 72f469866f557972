package links

import (
	"time"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Deadline is TikTok's for an order of which it has not been told that all of it left.
type Deadline struct {
	Shop  shopify.Domain
	Order tiktok.OrderID
	// ShipBy is the deadline in unix seconds, as TikTok's own.
	ShipBy    int64
	OrderedAt time.Time
}
