package fulfillments

import (
	"context"
	"errors"
	"fmt"

	"github.com/switchbackhq/switchback/graphql/admin"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Together is the fulfillment that orderCreate makes with the order where one
// parcel holds all that it is written with; nil for none. Its delivery is an
// event of its own, because only that can say when it was.
func (f *Follower) Together(ctx context.Context, shop shopify.Domain, settings shops.Settings, order tiktok.Order) (*admin.OrderCreateFulfillmentInput, error) {
	one, whole := onlyParcel(order)
	if !settings.MirrorShipments || !whole {
		return nil, nil
	}
	location, err := f.Shopify.ShippingLocation(ctx, shop)
	var act *fault.Act
	if errors.Is(err, shopify.ErrNoLocation) || errors.As(err, &act) {
		return nil, nil // the parcel is mirrored once the order is written
	}
	if err != nil {
		return nil, fmt.Errorf("find where order %s leaves from: %w", order.ID, err)
	}
	in := &admin.OrderCreateFulfillmentInput{LocationId: string(location.ID), NotifyCustomer: new(false)}
	if one.ShippingProviderName != "" {
		in.TrackingCompany = &one.ShippingProviderName
	}
	if one.TrackingNumber != "" {
		in.TrackingNumber = &one.TrackingNumber
	}
	return in, nil
}

// onlyParcel is a unit of the one parcel that holds all units which were not cancelled.
func onlyParcel(o tiktok.Order) (tiktok.LineItem, bool) {
	var one *tiktok.LineItem
	for n, item := range o.LineItems {
		switch {
		case item.Cancelled():
		case !shipped(o, item), one != nil && parcel(*one) != parcel(item):
			return tiktok.LineItem{}, false
		default:
			one = &o.LineItems[n]
		}
	}
	if one == nil {
		return tiktok.LineItem{}, false
	}
	return *one, true
}
