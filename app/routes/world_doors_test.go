package routes_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/switchbackhq/switchback/internal/connections"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

type installer struct{ *world }

func (i installer) Ensure(_ context.Context, shop shopify.Domain, token string) (shops.Shop, error) {
	i.note("ensure " + string(shop))
	if i.tokenErr != nil {
		return shops.Shop{}, i.tokenErr
	}
	if token == "" {
		return shops.Shop{}, errors.New("no token")
	}
	if i.slow != nil {
		i.slow(shop)
	}
	return i.shops[demo], nil
}

func (i installer) Finish(_ context.Context, shop shopify.Domain, code string) (shops.Shop, error) {
	i.note("install " + string(shop) + " " + code)
	return shops.Shop{Domain: shop}, i.tokenErr
}

type connector struct{ *world }

func (c connector) Begin(_ context.Context, shop shopify.Domain, user string) (string, error) {
	return "https://tiktok.example/authorize?for=" + string(shop) + "&by=" + user, nil
}

func (c connector) Finish(_ context.Context, answer connections.Answer) (connections.Outcome, error) {
	return c.finish(answer)
}

func (c connector) Switch(_ context.Context, shop shopify.Domain, id tiktok.ShopID, on bool) error {
	c.note(fmt.Sprintf("switch %s %s %t", shop, id, on))
	return nil
}

func (c connector) Disconnect(_ context.Context, shop shopify.Domain, id tiktok.ShopID) ([]tiktok.ShopID, error) {
	if id != "" && id != "7" {
		return nil, shops.ErrNotFound
	}
	c.note("disconnect " + string(shop) + " " + string(id))
	return []tiktok.ShopID{"7"}, nil
}
