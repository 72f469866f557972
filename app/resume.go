package main

import (
	"context"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/tokens"
)

// resuming is the store for those who bring new tokens: with the tokens it
// keeps the job that takes up the orders which waited for them.
type resuming struct{ *store.Store }

// InstallShop keeps the installation.
func (r resuming) InstallShop(ctx context.Context, shop shops.Shop, pair tokens.Pair) (shops.Shop, error) {
	return r.Store.InstallShop(ctx, shop, pair, resume(shop.Domain))
}

// Connect keeps the connection.
func (r resuming) Connect(ctx context.Context, auth shops.Authorization, pair tokens.Pair, connections []shops.Connection) error {
	return r.Store.Connect(ctx, auth, pair, connections, resume(auth.Shop))
}

func resume(shop shopify.Domain) store.Job {
	return orders.ReleaseArgs{Shop: shop, State: links.Held, Reason: string(exceptions.ConnectionExpired)}
}
