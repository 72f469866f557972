package privacy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
)

// Report is what Switchback keeps of a customer, made when it is asked for and
// kept nowhere. Its JSON is for the customer to read.
type Report struct {
	Shop        shopify.Domain `json:"shop"`
	Request     string         `json:"request"`
	Customer    string         `json:"shopify_customer"`
	RequestedAt time.Time      `json:"requested_at"`
	MadeAt      time.Time      `json:"made_at"`
	// Note says what is kept of a buyer at all.
	Note   string        `json:"note"`
	Orders []OrderReport `json:"orders"`
	// NotOurs counts the orders that Shopify named and Switchback does not know.
	NotOurs int `json:"orders_of_other_channels"`
}

const note = "Switchback keeps no name, e-mail, phone number or address of a buyer in readable form. Of where an order goes it keeps keyed hashes " +
	"of the ZIP and the address, which cannot be read back. Notifications of Shopify and TikTok Shop are kept encrypted for two weeks; " +
	"those that are still there are below, opened."

// OrderReport is what is kept of one order.
type OrderReport struct {
	TikTokOrder  tiktok.OrderID     `json:"tiktok_order"`
	ShopifyOrder shopify.GID        `json:"shopify_order"`
	ShopifyName  string             `json:"shopify_name"`
	Status       tiktok.OrderStatus `json:"tiktok_status"`
	OrderedAt    time.Time          `json:"ordered_at"`
	DeliveredAt  *time.Time         `json:"delivered_or_cancelled_at"`
	Total        string             `json:"total"`
	Currency     string             `json:"currency"`
	// AddressHashed tells whether hashes of ZIP and address are kept; RedactedAt when what was kept was deleted.
	AddressHashed bool             `json:"zip_and_address_kept_as_hash"`
	RedactedAt    *time.Time       `json:"deleted_at"`
	Lines         []LineReport     `json:"lines"`
	Parcels       []ParcelReport   `json:"parcels"`
	Refunds       []RefundReport   `json:"refunds"`
	Open          []string         `json:"open_exceptions"`
	Story         []timeline.Entry `json:"story"`
	Notifications []Payload        `json:"notifications"`
}

// LineReport is a line of an order.
type LineReport struct {
	SKU       string `json:"sku"`
	Title     string `json:"title"`
	Quantity  int    `json:"quantity"`
	UnitPrice string `json:"unit_price"`
}

// ParcelReport is a parcel of an order.
type ParcelReport struct {
	Carrier     string     `json:"carrier"`
	Tracking    string     `json:"tracking_number"`
	State       string     `json:"state"`
	ShippedAt   *time.Time `json:"shipped_at"`
	DeliveredAt *time.Time `json:"delivered_at"`
}

// RefundReport is a refund of an order.
type RefundReport struct {
	ShopifyRefund shopify.GID `json:"shopify_refund"`
	State         string      `json:"state"`
	Amount        string      `json:"amount"`
	Completed     string      `json:"paid_by_tiktok"`
	RefundedAt    time.Time   `json:"refunded_at"`
}

// Payload is a notification as the platform sent it; without a body where it was deleted.
type Payload struct {
	Platform   string          `json:"platform"`
	Topic      string          `json:"topic"`
	ReceivedAt time.Time       `json:"received_at"`
	Body       json.RawMessage `json:"body,omitempty"`
}

// Records is what a report is made of.
type Records interface {
	PrivacyRequest(ctx context.Context, shop shopify.Domain, id string) (Request, error)
	// PrivacyRequests lists the newest first.
	PrivacyRequests(ctx context.Context, shop shopify.Domain, limit int) ([]Request, error)
	FinishPrivacyRequest(ctx context.Context, shop shopify.Domain, id string) error
	OrderByShopifyOrder(ctx context.Context, shop shopify.Domain, order shopify.GID) (links.Order, error)
	ComparePlace(ctx context.Context, shop shopify.Domain, id tiktok.OrderID, place links.Place) (links.SamePlace, error)
	Lines(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) ([]links.Line, error)
	Shipments(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) ([]links.Shipment, error)
	Refunds(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) ([]links.Refund, error)
	OrderExceptions(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) ([]exceptions.Exception, error)
	Timeline(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) ([]timeline.Entry, error)
	// OrderEvents are the notifications about an order that are still kept.
	OrderEvents(ctx context.Context, order links.Order) ([]Payload, error)
	Enqueue(ctx context.Context, jobs ...Job) error
}

// Desk shows the merchant what customers asked for.
type Desk struct {
	Records Records
	Now     func() time.Time
}

// mostShown is how many requests the page lists; they are kept for a year.
const mostShown = 200

// Requests lists a shop's, the newest first.
func (d *Desk) Requests(ctx context.Context, shop shopify.Domain) ([]Request, error) {
	return d.Records.PrivacyRequests(ctx, shop, mostShown)
}

// Report makes the report for a request, which is done with that. It returns
// ErrNotFound for a request that the shop does not have.
func (d *Desk) Report(ctx context.Context, shop shopify.Domain, id string) (Report, error) {
	request, err := d.Records.PrivacyRequest(ctx, shop, id)
	if err != nil {
		return Report{}, err
	}
	if request.Kind != DataRequest {
		return Report{}, ErrNotFound
	}
	report := Report{
		Shop: shop, Request: request.ID, Customer: request.Customer, RequestedAt: request.ReceivedAt, MadeAt: d.Now().UTC(), Note: note,
		Orders: []OrderReport{},
	}
	for _, gid := range request.Orders {
		order, err := d.Records.OrderByShopifyOrder(ctx, shop, gid)
		if errors.Is(err, links.ErrNotFound) {
			report.NotOurs++
			continue
		}
		if err != nil {
			return Report{}, err
		}
		one, err := d.order(ctx, order)
		if err != nil {
			return Report{}, fmt.Errorf("report on order %s: %w", order.ID, err)
		}
		report.Orders = append(report.Orders, one)
	}
	if request.DoneAt != nil {
		return report, nil
	}
	return report, errors.Join(
		d.Records.FinishPrivacyRequest(ctx, shop, id),
		d.Records.Enqueue(ctx, ShopArgs{Shop: shop}), // the exception clears itself
	)
}

func (d *Desk) order(ctx context.Context, order links.Order) (OrderReport, error) {
	one := OrderReport{
		TikTokOrder: order.ID, ShopifyOrder: order.ShopifyOrder, ShopifyName: order.ShopifyName, Status: order.Status, OrderedAt: order.OrderedAt,
		DeliveredAt: order.DeliveredAt, Total: order.Total, Currency: order.Currency, RedactedAt: order.RedactedAt,
		Lines: []LineReport{}, Parcels: []ParcelReport{}, Refunds: []RefundReport{}, Open: []string{},
	}
	var errs [7]error
	var place links.SamePlace
	place, errs[0] = d.Records.ComparePlace(ctx, order.Shop, order.ID, links.Place{})
	one.AddressHashed = place.HasZIP || !place.Seen || !place.Written
	lines, err := d.Records.Lines(ctx, order.Shop, order.ID)
	errs[1] = err
	for _, l := range lines {
		one.Lines = append(one.Lines, LineReport{l.SKU, l.Title, l.Quantity, l.UnitPrice})
	}
	parcels, err := d.Records.Shipments(ctx, order.Shop, order.ID)
	errs[2] = err
	for _, p := range parcels {
		one.Parcels = append(one.Parcels, ParcelReport{p.Company, p.Number, string(p.State), p.ShippedAt, p.DeliveredAt})
	}
	refunds, err := d.Records.Refunds(ctx, order.Shop, order.ID)
	errs[3] = err
	for _, r := range refunds {
		one.Refunds = append(one.Refunds, RefundReport{r.ID, string(r.State), r.Amount, r.Completed, r.RefundedAt})
	}
	open, err := d.Records.OrderExceptions(ctx, order.Shop, order.ID)
	errs[4] = err
	for _, e := range open {
		one.Open = append(one.Open, e.Message)
	}
	one.Story, errs[5] = d.Records.Timeline(ctx, order.Shop, order.ID)
	one.Notifications, errs[6] = d.Records.OrderEvents(ctx, order)
	return one, errors.Join(errs[:]...)
}
