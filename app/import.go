package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// importCommand brings single orders in, also those from before the start line.
type importCommand struct {
	Orders []string `arg:"" help:"TikTok order numbers; # and spaces around them are ignored."`
	Shop   string   `help:"Shopify shop that they belong to; needed when several have the app." placeholder:"NAME.myshopify.com"`
}

// Run imports, waits for the outcome and prints it. The error tells that an
// order is not in Shopify.
func (c *importCommand) Run(w world) (err error) {
	ids := make([]tiktok.OrderID, len(c.Orders))
	for n, text := range c.Orders {
		if ids[n], err = tiktok.ParseOrderID(strings.TrimPrefix(strings.TrimSpace(text), "#")); err != nil {
			return err
		}
	}
	p, err := workable(w, "import through the app's page of the order, or with POST /api/orders/{id}/import")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	shop, err := installedShop(w.ctx, p.store, c.Shop)
	if err != nil {
		return err
	}
	cause := "command:" + rand.Text()[:10]
	err = (&orders.Desk{Files: p.store}).ImportOrders(w.ctx, shop, ids, cause)
	if errors.Is(err, links.ErrNotFound) {
		return fmt.Errorf("%w: no connected TikTok shop of %s could have it", err, shop)
	}
	if err != nil {
		return err
	}
	told := -1
	err = p.work(w.ctx, func(ctx context.Context) (bool, error) {
		left, err := p.unfinished(ctx, cause)
		if left != told && left > 0 {
			told = left
			_, _ = fmt.Fprintf(w.errs, "%d of %d to go; Ctrl-C leaves them to `switchback serve`\n", left, len(ids))
		}
		return left == 0, err
	})
	if err != nil {
		return err
	}
	return p.tellOutcomes(w, shop, ids)
}

// tellOutcomes prints where each order is.
func (p *program) tellOutcomes(w world, shop shopify.Domain, ids []tiktok.OrderID) error {
	missing := 0
	for _, id := range ids {
		order, err := p.store.Order(w.ctx, shop, id)
		if err != nil {
			return fmt.Errorf("read order %s: %w", id, err)
		}
		line := fmt.Sprintf("%s  %s", id, strings.TrimSpace(string(order.State)+" "+parenthesis(order.Reason)))
		if order.ShopifyOrder != "" {
			line += fmt.Sprintf("  %s, name %s, total %s %s", order.ShopifyOrder, order.ShopifyName, order.Total, order.Currency)
		}
		_, _ = fmt.Fprintln(w.out, line)
		if order.State != links.Written {
			missing++
		}
		open, err := p.store.OrderExceptions(w.ctx, shop, id)
		if err != nil {
			return fmt.Errorf("read exceptions of order %s: %w", id, err)
		}
		for _, e := range open {
			_, _ = fmt.Fprintf(w.out, "    %s: %s\n    next: %s\n", e.Code, e.Message, e.Fix)
		}
	}
	if missing > 0 {
		return fmt.Errorf("%d of %d orders are not in Shopify: see above", missing, len(ids))
	}
	return nil
}
