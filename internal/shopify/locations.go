package shopify

import (
	"context"
	"errors"

	"github.com/switchbackhq/switchback/graphql/admin"
)

// Location is a place of the merchant's.
type Location struct {
	ID     GID
	Name   string
	Active bool
	// Ships tells whether goods leave from here, Online whether online orders may.
	Ships, Online bool
}

// ErrNoLocation is a shop without any active location.
var ErrNoLocation = errors.New("the shop has no active location")

// Locations reads the shop's active locations, fifty at most.
func (c *Client) Locations(ctx context.Context, shop Domain) ([]Location, error) {
	data, err := admin.Locations(ctx, c.at(shop, 1))
	if err != nil || data.Locations == nil {
		return nil, err
	}
	var all []Location
	for _, node := range data.Locations.Nodes {
		id, err := ParseGID("Location", node.Id)
		if err != nil {
			return nil, err
		}
		all = append(all, Location{ID: id, Name: node.Name, Active: node.IsActive, Ships: node.ShipsInventory, Online: node.FulfillsOnlineOrders})
	}
	return all, nil
}

// ShippingLocation is where the shop ships from when nothing else says so: the
// active location that Shopify falls back to, else one that fulfills online
// orders, else the first. Shopify has given up the idea of a primary location.
func (c *Client) ShippingLocation(ctx context.Context, shop Domain) (Location, error) {
	all, err := c.Locations(ctx, shop)
	if err != nil {
		return Location{}, err
	}
	best, rank := Location{}, 0
	for _, l := range all {
		if r := l.rank(); r > rank {
			best, rank = l, r
		}
	}
	if rank == 0 {
		return Location{}, ErrNoLocation
	}
	return best, nil
}

func (l Location) rank() int {
	switch {
	case !l.Active:
		return 0
	case l.Ships:
		return 3
	case l.Online:
		return 2
	}
	return 1
}
