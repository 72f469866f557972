package shops

import (
	"errors"
	"time"

	"github.com/switchbackhq/switchback/internal/shopify"
)

// ErrTaken is returned when a TikTok shop is connected to another installed
// Shopify shop already. Its text is the stable code of the JSON API.
var ErrTaken = errors.New("tiktok_shop_taken")

// State is the memory of one authorization begun: it ties the platform's answer
// to the person who asked, once. The random value itself is never kept, only
// its hash.
type State struct {
	Hash string
	// Purpose keeps one flow's states from being spent in another.
	Purpose string
	Shop    shopify.Domain
	// User is Shopify's id of the person, empty where none is known yet.
	User      string
	ExpiresAt time.Time
}
