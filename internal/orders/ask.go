package orders

import (
	"context"
	"errors"
	"fmt"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// ImportOrders starts bringing several orders in, all or none of them, under a
// cause by which the queue can be asked for them. It returns links.ErrNotFound
// where one cannot be the shop's.
func (d *Desk) ImportOrders(ctx context.Context, shop shopify.Domain, ids []tiktok.OrderID, cause string) error {
	jobs := make([]Job, len(ids))
	for n, id := range ids {
		row, err := d.Files.Order(ctx, shop, id)
		if errors.Is(err, links.ErrNotFound) {
			err = d.mayAsk(ctx, shop)
		}
		if err != nil {
			return fmt.Errorf("import order %s: %w", id, err)
		}
		jobs[n] = ImportArgs{Shop: shop, TikTokShop: row.TikTokShop, Order: id, Cause: cause, Asked: true}
	}
	return d.Files.Enqueue(ctx, jobs...)
}
