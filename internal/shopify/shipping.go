package shopify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/graphql/admin"
)

// Shipment is a fulfillment to make. All fulfillment orders of one shipment
// belong to the same order and the same location.
type Shipment struct {
	Units   []ShippedUnits
	Parcels Parcels
}

// ShippedUnits are units of one line of a fulfillment order.
type ShippedUnits struct {
	FulfillmentOrder, Line GID
	Quantity               int
}

// Parcels is what is known of the parcels of one shipment: one company, any
// number of tracking numbers. The zero value is a shipment without tracking.
// Shopify makes the links itself for carriers whose name it knows.
type Parcels struct {
	Company       string
	Numbers, URLs []string
}

func (p Parcels) input() *admin.FulfillmentTrackingInput {
	in := &admin.FulfillmentTrackingInput{Numbers: p.Numbers, Urls: p.URLs}
	if p.Company != "" {
		in.Company = &p.Company
	}
	return in
}

func (p Parcels) empty() bool { return p.Company == "" && len(p.Numbers) == 0 && len(p.URLs) == 0 }

// CreateFulfillment marks units as shipped without telling the customer. It is
// never repeated here: after an error, OutcomeUnknown tells whether Shopify may
// have done it. The error is UserErrors when Shopify refuses.
func (c *Client) CreateFulfillment(ctx context.Context, shop Domain, s Shipment) (GID, error) {
	notify := false
	in := &admin.FulfillmentInput{NotifyCustomer: &notify}
	at := map[GID]*admin.FulfillmentOrderLineItemsInput{}
	for _, u := range s.Units {
		if u.Quantity < 1 {
			return "", fmt.Errorf("create fulfillment: %d units of %s", u.Quantity, u.Line)
		}
		if at[u.FulfillmentOrder] == nil {
			at[u.FulfillmentOrder] = &admin.FulfillmentOrderLineItemsInput{FulfillmentOrderId: string(u.FulfillmentOrder)}
			in.LineItemsByFulfillmentOrder = append(in.LineItemsByFulfillmentOrder, at[u.FulfillmentOrder])
		}
		group := at[u.FulfillmentOrder]
		group.FulfillmentOrderLineItems = append(group.FulfillmentOrderLineItems, &admin.FulfillmentOrderLineItemInput{Id: string(u.Line), Quantity: u.Quantity})
	}
	if !s.Parcels.empty() {
		in.TrackingInfo = s.Parcels.input()
	}
	if len(s.Units) == 0 {
		return "", errors.New("create fulfillment: no units")
	}
	data, err := admin.FulfillmentCreate(ctx, c.at(shop, len(s.Units)), in)
	if err != nil {
		return "", err
	}
	made := data.FulfillmentCreate
	switch {
	case made == nil:
		return "", unanswered("FulfillmentCreate")
	case made.Fulfillment == nil:
		return "", notDone("FulfillmentCreate", made.UserErrors)
	}
	return ParseGID("Fulfillment", made.Fulfillment.Id)
}

// UpdateTracking replaces the tracking of a fulfillment without telling the
// customer. It may be repeated. The error is UserErrors when Shopify refuses.
func (c *Client) UpdateTracking(ctx context.Context, shop Domain, fulfillment GID, p Parcels) error {
	data, err := admin.FulfillmentTrackingUpdate(ctx, c.at(shop, 1), string(fulfillment), p.input())
	if err != nil {
		return err
	}
	done := data.FulfillmentTrackingInfoUpdate
	switch {
	case done == nil:
		return unanswered("FulfillmentTrackingUpdate")
	case done.Fulfillment == nil || len(done.UserErrors) > 0:
		return notDone("FulfillmentTrackingUpdate", done.UserErrors)
	}
	return nil
}

// CancelFulfillment takes a fulfillment back; its units wait to be fulfilled
// again. The error is UserErrors when Shopify refuses.
func (c *Client) CancelFulfillment(ctx context.Context, shop Domain, fulfillment GID) error {
	data, err := admin.FulfillmentCancel(ctx, c.at(shop, 1), string(fulfillment))
	if err != nil {
		return err
	}
	done := data.FulfillmentCancel
	switch {
	case done == nil:
		return unanswered("FulfillmentCancel")
	case done.Fulfillment == nil || len(done.UserErrors) > 0:
		return notDone("FulfillmentCancel", done.UserErrors)
	}
	return nil
}

// AddFulfillmentEvent says what happened to a fulfillment's parcels and when.
// It adds another event each time: the caller first looks at DisplayStatus and
// DeliveredAt. The error is UserErrors when Shopify refuses.
func (c *Client) AddFulfillmentEvent(ctx context.Context, shop Domain, fulfillment GID, status admin.FulfillmentEventStatus, happened time.Time) error {
	at := happened.UTC().Format(time.RFC3339)
	data, err := admin.FulfillmentEventCreate(ctx, c.at(shop, 1), &admin.FulfillmentEventInput{
		FulfillmentId: string(fulfillment), Status: status, HappenedAt: &at,
	})
	if err != nil {
		return err
	}
	done := data.FulfillmentEventCreate
	switch {
	case done == nil:
		return unanswered("FulfillmentEventCreate")
	case done.FulfillmentEvent == nil:
		return notDone("FulfillmentEventCreate", done.UserErrors)
	}
	return nil
}

func unanswered(op string) error { return unreadable(op, errors.New("the answer lacks the mutation")) }

// notDone is the error of a mutation without a result: what was refused or,
// where nothing was, that the answer cannot be read.
func notDone(op string, errs []*admin.PlainUserError) error {
	var refused UserErrors
	for _, e := range errs {
		refused = append(refused, UserError{Field: e.Field, Message: e.Message})
	}
	if len(refused) == 0 {
		return unreadable(op, errors.New("the answer has neither a result nor userErrors"))
	}
	return refused
}
