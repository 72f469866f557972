package tiktok

import (
	"context"
	"fmt"
)

// EventType names a kind of webhook in subscriptions (`/event/202309/webhooks`).
// In the webhook itself the kind is a number.
type EventType string

// The event types that we subscribe to.
const (
	OrderStatusChange        EventType = "ORDER_STATUS_CHANGE"
	RecipientAddressUpdate   EventType = "RECIPIENT_ADDRESS_UPDATE"
	CancellationStatusChange EventType = "CANCELLATION_STATUS_CHANGE"
	ReturnStatusChange       EventType = "RETURN_STATUS_CHANGE"
	PackageUpdate            EventType = "PACKAGE_UPDATE"
	SellerDeauthorization    EventType = "SELLER_DEAUTHORIZATION"
	AuthorizationExpiring    EventType = "UPCOMING_AUTHORIZATION_EXPIRATION"
)

// Subscribed lists the event types that every connected shop sends us.
//
// AFTERSALES_REQUEST_STATUS_UPDATE, RMA_STATUS_UPDATE and REFUND_SUCCESS (64, 65
// and 67) are not asked for: the document of `/event/202309/webhooks` does not list
// them, and a refusal each hour would be noise. Types 11 and 12 tell of the same
// moments and name the order; what gets lost is found by polling. Where the app's
// page in Partner Center has them sent, they are taken.
func Subscribed() []EventType {
	return []EventType{
		OrderStatusChange, RecipientAddressUpdate, CancellationStatusChange, ReturnStatusChange,
		PackageUpdate, SellerDeauthorization, AuthorizationExpiring,
	}
}

// longestAddress is TikTok's limit for a webhook's address.
const longestAddress = 255

// Webhook is one subscription of a shop. Times are unix seconds.
type Webhook struct {
	EventType  EventType `json:"event_type"`
	Address    string    `json:"address"`
	CreateTime int64     `json:"create_time"`
	UpdateTime int64     `json:"update_time"`
}

// Webhooks lists a shop's subscriptions.
func (c *Client) Webhooks(ctx context.Context, seat Seat) ([]Webhook, error) {
	var data struct {
		Webhooks []Webhook `json:"webhooks"`
	}
	if _, err := c.call(ctx, seat, webhookList, request{}, &data); err != nil {
		return nil, fmt.Errorf("list webhooks of tiktok shop %s: %w", seat.Shop, err)
	}
	return data.Webhooks, nil
}

// SetWebhook has a shop's events of one type sent to address, in place of
// wherever they went before.
func (c *Client) SetWebhook(ctx context.Context, seat Seat, event EventType, address string) error {
	if len(address) > longestAddress {
		return fmt.Errorf("set webhook %s of tiktok shop %s: address has %d bytes, most is %d", event, seat.Shop, len(address), longestAddress)
	}
	body := struct {
		Address   string    `json:"address"`
		EventType EventType `json:"event_type"`
	}{address, event}
	if _, err := c.call(ctx, seat, webhookSet, request{body: body}, nil); err != nil {
		return fmt.Errorf("set webhook %s of tiktok shop %s: %w", event, seat.Shop, err)
	}
	return nil
}

// DeleteWebhook ends a subscription. TikTok answers success also where there is none.
func (c *Client) DeleteWebhook(ctx context.Context, seat Seat, event EventType) error {
	body := struct {
		EventType EventType `json:"event_type"`
	}{event}
	if _, err := c.call(ctx, seat, webhookDelete, request{body: body}, nil); err != nil {
		return fmt.Errorf("delete webhook %s of tiktok shop %s: %w", event, seat.Shop, err)
	}
	return nil
}
