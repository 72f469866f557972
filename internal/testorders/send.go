package testorders

import (
	"context"
	"errors"
	"fmt"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/loopcheck"
	"github.com/switchbackhq/switchback/internal/money"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/shopify"
)

// errUnknownOutcome is why a run waits between looks.
var errUnknownOutcome = errors.New("nobody knows yet whether shopify took the order")

// product chooses what the order is of.
func (w *work) product(ctx context.Context) (result, error) {
	v, err := w.Shopify.ActiveVariant(ctx, w.Shop)
	switch {
	case fault.Of(err) == fault.Asks:
		return told("Your products cannot be read, so the test order has a line without a product. %s", w.inWords(err).message)
	case err != nil:
		return result{}, err
	case v == nil:
		return told("No product of your shop is active, so the test order has a line without a product. Loop can return only lines with one.")
	}
	w.Variant = v.ID
	return ok("The test order is of %.120q.", v.ProductTitle)
}

// write creates the order, once.
func (w *work) write(ctx context.Context) (result, error) {
	if w.SentAt != nil {
		found, err := w.ours(ctx)
		if err != nil {
			return result{}, err
		}
		if len(found) > 0 {
			return w.written(found[0], "It is in Shopify as %s, found after the answer was lost.")
		}
		if w.Now().Sub(*w.SentAt) < lookFor*w.RetryBase {
			return result{}, fault.After(lookWait*w.RetryBase, errUnknownOutcome)
		}
	}
	c, err := w.converted(ctx)
	if err != nil {
		return result{}, err
	}
	now := w.Now()
	w.SentAt, w.Attempts = &now, w.Attempts+1
	if err := w.save(ctx); err != nil {
		return result{}, err
	}
	created, err := w.Shopify.CreateOrder(ctx, w.Shop, c.Order, c.Options)
	switch {
	case err != nil && shopify.OutcomeUnknown(err):
		return result{}, fault.After(lookWait*w.RetryBase, errors.Join(errUnknownOutcome, err))
	case err != nil:
		w.SentAt, w.Attempts = nil, w.Attempts-1
		return result{}, errors.Join(err, w.save(ctx))
	case created.Order != nil:
		return w.written(*created.Order, "It is in Shopify as %s.")
	}
	return w.refused(ctx, created.UserErrors)
}

// refused tells a refusal from a second try of an order whose first came through late.
func (w *work) refused(ctx context.Context, refused shopify.UserErrors) (result, error) {
	found, err := w.ours(ctx)
	if err != nil {
		return result{}, err
	}
	if len(found) > 0 {
		return w.written(found[0], "It is in Shopify as %s.")
	}
	w.SentAt, w.Attempts = nil, w.Attempts-1
	return failed("Shopify refuses the order: %v.", refused)
}

func (w *work) written(found shopify.FoundOrder, format string) (result, error) {
	w.Order, w.Name, w.SentAt = found.ID, found.Name, nil
	return ok(format, found.Name)
}

func (w *work) converted(ctx context.Context) (orders.Conversion, error) {
	shop, err := w.Shops.Shop(ctx, w.Shop)
	if err != nil {
		return orders.Conversion{}, fmt.Errorf("read shop %s: %w", w.Shop, err)
	}
	settings, err := w.Shops.Settings(ctx, w.Shop)
	if err != nil {
		return orders.Conversion{}, fmt.Errorf("read settings of %s: %w", w.Shop, err)
	}
	connections, err := w.Shops.Connections(ctx, w.Shop)
	if err != nil {
		return orders.Conversion{}, fmt.Errorf("list connections of %s: %w", w.Shop, err)
	}
	return convert(w.Run, shop, settings, connections)
}

// ours lists what is in Shopify of this run: by the metafield, which shows it
// at once, by the id that is known, and by search, as the metafield may be missing.
func (w *work) ours(ctx context.Context) ([]shopify.FoundOrder, error) {
	var list []shopify.FoundOrder
	add := func(o *shopify.FoundOrder) {
		if o == nil || !o.Test || o.SourceIdentifier != string(w.ID) {
			return
		}
		for _, known := range list {
			if known.ID == o.ID {
				return
			}
		}
		list = append(list, *o)
	}
	byID, err := w.Shopify.OrderByTikTokID(ctx, w.Shop, string(w.ID))
	if err != nil {
		return nil, fmt.Errorf("look up by metafield: %w", err)
	}
	add(byID)
	if w.Order != "" {
		known, err := w.Shopify.OrderByID(ctx, w.Shop, w.Order)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", w.Order, err)
		}
		add(known)
	}
	candidates, err := w.Shopify.FindOrders(ctx, w.Shop, string(w.ID))
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	for _, c := range candidates {
		add(&c)
	}
	return list, nil
}

// find reads the order as a later import would look for it.
func (w *work) find(ctx context.Context) (result, error) {
	found, err := w.Shopify.OrderByTikTokID(ctx, w.Shop, string(w.ID))
	if err != nil {
		return result{}, err
	}
	if found == nil || found.ID != w.Order {
		return failed("Shopify does not find the order by its TikTok order number. See that the app's configuration was deployed with the metafield tiktok_order_id.")
	}
	sent, err := money.Parse(total, money.Currency(found.Currency))
	if err != nil {
		return failed("The order's total cannot be read: %v.", err)
	}
	if has, err := money.Parse(found.Total, sent.Currency()); err != nil || !has.Equal(sent) {
		return failed("The order's total is %.20s %s, not the %s that was sent.", found.Total, found.Currency, sent.Text())
	}
	return ok("Shopify finds it by its order number, with the total of %s.", sent.Text())
}

// loop asks Loop, which may leave test orders out: its answer is never a failure.
func (w *work) loop(ctx context.Context) (result, error) {
	answer, err := w.Loop.Ask(ctx, w.Shop, w.Name)
	switch {
	case errors.Is(err, loopcheck.ErrKeyMissing):
		return told("There is no key for Loop's API, so Loop was not asked.")
	case err != nil:
		return result{}, err
	case answer.Found:
		return ok("%s", answer.Message)
	}
	return told("%s Loop may leave test orders out, or need some minutes: a real order counts.", answer.Message)
}
