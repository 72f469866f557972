package links

import (
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Cursor is how far a recurring reader of a TikTok shop's orders has come, in
// TikTok's own time: unix seconds.
type Cursor struct {
	Shop       shopify.Domain
	TikTokShop tiktok.ShopID
	// Name tells readers of the same shop apart.
	Name string
	// Value: what changed before it was read, all of it; 0 before the first pass.
	Value int64
	// Until is where the unfinished pass ends, 0 when none is; Reached is how far
	// it is, and Page TikTok's token when it stands between two pages.
	Until, Reached int64
	Page           string
}
