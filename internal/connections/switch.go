package connections

import (
	"context"
	"errors"
	"fmt"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// ErrNotSwitched is returned for a TikTok shop that is off for a reason which no switch takes away.
var ErrNotSwitched = errors.New("the tiktok shop is off for another reason")

// Switch has one TikTok shop synced, or not, as the merchant says. A shop that
// is so already stays so. It returns shops.ErrNotFound for an id that is not
// among the shop's, and ErrNotSwitched for one that is off for another reason.
func (c *Connector) Switch(ctx context.Context, domain shopify.Domain, id tiktok.ShopID, on bool) error {
	connection, err := c.Book.Connection(ctx, id)
	if err != nil {
		return fmt.Errorf("look for tiktok shop %s: %w", id, err)
	}
	reason, jobs := shops.OffByMerchant, []Job{ReviewArgs{Shop: domain}}
	if on {
		reason = shops.On
		if c.Renewed != nil {
			jobs = append(jobs, c.Renewed(domain)...)
		}
	}
	switch {
	case connection.Shop != domain:
		return fmt.Errorf("tiktok shop %s: %w", id, shops.ErrNotFound)
	case connection.Off == reason:
		return nil
	case connection.Off != shops.On && connection.Off != shops.OffByMerchant:
		return fmt.Errorf("tiktok shop %s: %w", id, ErrNotSwitched)
	}
	if err := c.Book.SetConnectionOff(ctx, domain, id, reason, jobs...); err != nil {
		return fmt.Errorf("switch tiktok shop %s: %w", id, err)
	}
	c.Log.InfoContext(ctx, "tiktok.switched", "shop", domain, "tiktok_shop_id", id, "on", on)
	return nil
}
