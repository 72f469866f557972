package links

import (
	"time"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// LoopCheck is what Loop last answered about a written order.
type LoopCheck struct {
	Shop  shopify.Domain
	Order tiktok.OrderID
	// CheckedAt is zero for an order that Loop was never asked about.
	CheckedAt time.Time
	Found     bool
	// Code is Loop's own word, or one of ours for what Loop has no word for;
	// Message says it in a sentence.
	Code, Message string
	// Tries counts how often Loop was asked without finding the order.
	Tries int
}
