package orders

import (
	"context"
	"errors"
	"fmt"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// InShopify is why a preview skips an order that was written before.
const InShopify = "in_shopify"

// Preview is what an import would do with one order.
type Preview struct {
	Order  tiktok.OrderID `json:"tiktok_order_id"`
	Action Action         `json:"action"`
	// Reason is the word that the ledger or the exception would keep.
	Reason string `json:"reason,omitempty"`
	Detail string `json:"detail,omitempty"`
	// Variables are what orderCreate would be sent, to the letter; nil where it would not be sent.
	Variables *shopify.CreateVariables `json:"variables,omitempty"`
}

// Preview tells what an import that somebody asks for would do with an order
// that TikTok was just asked for. It reads from both platforms and writes
// nothing: no ledger, no timeline, no platform.
func (i *Importer) Preview(ctx context.Context, connection shops.Connection, order tiktok.Order) (Preview, error) {
	r := &run{
		Importer: i, connection: connection, order: order,
		args: ImportArgs{Shop: connection.Shop, TikTokShop: connection.TikTokShop, Order: order.ID, Asked: true},
	}
	p, err := r.preview(ctx)
	var act *fault.Act
	if fault.Of(err) == fault.Asks && errors.As(err, &act) && !expired(err) {
		return Preview{Order: order.ID, Action: Hold, Reason: act.Code, Detail: act.Detail}, nil
	}
	if err != nil {
		return Preview{}, fmt.Errorf("preview order %s: %w", order.ID, err)
	}
	p.Order = order.ID
	return p, nil
}

func (r *run) preview(ctx context.Context) (Preview, error) {
	var err error
	if r.shop, err = r.Book.Shop(ctx, r.args.Shop); err != nil {
		return Preview{}, err
	}
	if r.settings, err = r.Book.Settings(ctx, r.args.Shop); err != nil {
		return Preview{}, err
	}
	r.row, err = r.Ledger.Order(ctx, r.args.Shop, r.args.Order)
	if err != nil && !errors.Is(err, links.ErrNotFound) {
		return Preview{}, err
	}
	if r.row.State == links.Written || r.row.State == links.Cancelled {
		return Preview{Action: Skip, Reason: InShopify, Detail: r.row.ShopifyName}, nil
	}
	d := Decide(r.order, Context{
		Connection: r.connection, Settings: r.settings, ShopCurrency: r.shop.Currency,
		StartLine: r.settings.StartLine(r.connection), Asked: true,
	})
	if d.Action != Write {
		return Preview{Action: d.Action, Reason: d.Reason, Detail: d.Detail}, nil
	}
	if p, found, err := r.previewGuard(ctx); err != nil || found {
		return p, err
	}
	c, err := r.convert(ctx)
	if err != nil {
		return Preview{}, err
	}
	variables := shopify.VariablesOf(c.Order, c.Options)
	if !r.settings.PushOrders {
		return Preview{Action: Hold, Reason: PushOff, Variables: &variables}, nil
	}
	return Preview{Action: Write, Reason: d.Reason, Detail: d.Detail, Variables: &variables}, nil
}

// previewGuard looks for the order in Shopify as an import would before writing.
func (r *run) previewGuard(ctx context.Context) (Preview, bool, error) {
	ours, err := r.Shopify.OrderByTikTokID(ctx, r.args.Shop, string(r.args.Order))
	if err != nil {
		return Preview{}, false, err
	}
	if ours != nil {
		return Preview{Action: Skip, Reason: InShopify, Detail: ours.Name}, true, nil
	}
	if r.row.Duplicate == links.WriteOurs {
		return Preview{}, false, nil
	}
	theirs, err := r.findTheirs(ctx)
	if err != nil || theirs == nil {
		return Preview{}, false, err
	}
	switch r.row.Duplicate {
	case links.AdoptTheirs:
		return Preview{Action: Skip, Reason: InShopify, Detail: theirs.Name}, true, nil
	case links.IgnoreOrder:
		return Preview{Action: Skip, Reason: Ignored}, true, nil
	default:
		return Preview{Action: Hold, Reason: string(exceptions.DuplicateOrder), Detail: theirs.Name}, true, nil
	}
}
