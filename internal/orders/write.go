package orders

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/switchbackhq/switchback/graphql/admin"
	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
)

// Shopify is what the importer asks Shopify.
type Shopify interface {
	VariantsBySKU(ctx context.Context, shop shopify.Domain, skus []string) (map[string][]shopify.Variant, error)
	// Variants leaves out what the shop does not have.
	Variants(ctx context.Context, shop shopify.Domain, ids []shopify.GID) (map[shopify.GID]shopify.Variant, error)
	// OrderByTikTokID reads by the unique metafield, without index lag; nil when there is none.
	OrderByTikTokID(ctx context.Context, shop shopify.Domain, id string) (*shopify.FoundOrder, error)
	// FindOrders searches by source identifier, name and tag; the caller confirms the match.
	FindOrders(ctx context.Context, shop shopify.Domain, id string) ([]shopify.FoundOrder, error)
	OrderByID(ctx context.Context, shop shopify.Domain, id shopify.GID) (*shopify.FoundOrder, error)
	CreateOrder(ctx context.Context, shop shopify.Domain, order admin.OrderCreateOrderInput, options admin.OrderCreateOptionsInput) (shopify.Created, error)
	SetTikTokOrderID(ctx context.Context, shop shopify.Domain, order shopify.GID, id string) error
	Written
}

// write creates the order in Shopify, once.
func (r *run) write(ctx context.Context) error {
	if found, err := r.guard(ctx); err != nil || found {
		return err
	}
	conversion, err := r.convert(ctx)
	if err != nil {
		return err
	}
	if !r.settings.PushOrders {
		return r.rest(ctx, links.Held, PushOff)
	}
	if r.Shipments != nil {
		if conversion.Order.Fulfillment, err = r.Shipments.Together(ctx, r.args.Shop, r.settings, r.order); err != nil {
			return err
		}
	}
	return r.attempt(ctx, conversion)
}

// guard looks for the order in Shopify before it is written: our own that the
// ledger lost, or another connector's. It reports true when the order is dealt with.
func (r *run) guard(ctx context.Context) (bool, error) {
	ours, err := r.Shopify.OrderByTikTokID(ctx, r.args.Shop, string(r.args.Order))
	if err != nil {
		return false, fmt.Errorf("look up order %s by its metafield: %w", r.args.Order, err)
	}
	if ours != nil {
		return true, r.adopt(ctx, *ours, "the order was already in Shopify with our metafield")
	}
	if r.row.Duplicate == links.WriteOurs {
		return false, nil
	}
	theirs, err := r.findTheirs(ctx)
	if err != nil || theirs == nil {
		return false, err
	}
	switch r.row.Duplicate {
	case links.AdoptTheirs:
		return true, r.adopt(ctx, *theirs, "the merchant adopted another connector's order")
	case links.IgnoreOrder:
		return true, r.rest(ctx, links.Skipped, Ignored)
	}
	return false, fault.NeedsMerchant(string(exceptions.DuplicateOrder), fmt.Sprintf("It is Shopify order %s (%s).", theirs.Name, theirs.ID), nil)
}

// findTheirs looks for the order under the marks that connectors leave, and
// takes only an exact one.
func (r *run) findTheirs(ctx context.Context) (*shopify.FoundOrder, error) {
	if found := r.referenced(ctx); found != nil {
		return found, nil
	}
	id := string(r.args.Order)
	candidates, err := r.Shopify.FindOrders(ctx, r.args.Shop, id)
	if err != nil {
		return nil, fmt.Errorf("search order %s in shopify: %w", id, err)
	}
	for _, c := range candidates {
		if c.SourceIdentifier == id || strings.TrimPrefix(c.Name, "#") == id || slices.Contains(c.Tags, id) {
			return &c, nil
		}
	}
	return nil, nil
}

// referenced asks TikTok which Shopify order other systems recorded for it. The
// endpoint is optional: when it fails, the search in Shopify still stands.
func (r *run) referenced(ctx context.Context) *shopify.FoundOrder {
	references, err := r.TikTok.ExternalOrders(ctx, seatOf(r.connection), r.args.Order)
	if err != nil {
		return nil // the call's own timeline entry holds the reason
	}
	for _, reference := range references {
		gid, err := shopify.ParseGID("Order", "gid://shopify/Order/"+reference.ID)
		if err != nil {
			continue
		}
		if found, err := r.Shopify.OrderByID(ctx, r.args.Shop, gid); err == nil && found != nil {
			return found
		}
	}
	return nil
}

// convert finds the variants and makes the order's Shopify form.
func (r *run) convert(ctx context.Context) (Conversion, error) {
	variants, err := r.variants(ctx)
	if err != nil {
		return Conversion{}, err
	}
	return Convert(Input{
		Order: r.order, Shop: r.shop, Connection: r.connection, Settings: r.settings, Variants: variants,
		Difference: r.row.Totals.Difference(),
	})
}

// attempt claims the order in the ledger, sends it, and finds out what became of it.
func (r *run) attempt(ctx context.Context, c Conversion) error {
	now := r.Now()
	r.row.State, r.row.Reason = links.Waiting, "being_written"
	r.row.AttemptAt, r.row.Lookups = &now, 0
	if err := r.Ledger.SaveOrder(ctx, r.lease, r.row); err != nil {
		return fmt.Errorf("claim order %s: %w", r.args.Order, err)
	}
	created, err := r.Shopify.CreateOrder(ctx, r.args.Shop, c.Order, c.Options)
	if err == nil && created.Order == nil && created.UserErrors.Concerns("fulfillment") && c.Order.Fulfillment != nil {
		// The parcel is mirrored once the order is there.
		c.Order.Fulfillment = nil
		created, err = r.Shopify.CreateOrder(ctx, r.args.Shop, c.Order, c.Options)
	}
	if customerRefused(created, err) && c.Order.Customer != nil {
		// The customer may need a scope that the app does without; the e-mail alone is enough for Loop.
		c.Order.Customer = nil
		created, err = r.Shopify.CreateOrder(ctx, r.args.Shop, c.Order, c.Options)
	}
	switch {
	case err != nil && shopify.OutcomeUnknown(err):
		if noted := r.note(ctx, timeline.Decision, "the answer was lost; looking for the order before another attempt"); noted != nil {
			return errors.Join(err, noted)
		}
		return r.recover(ctx)
	case err != nil:
		return errors.Join(fmt.Errorf("create order %s in shopify: %w", r.args.Order, err), r.disclaim(ctx))
	case created.Order == nil:
		if err := r.disclaim(ctx); err != nil {
			return err
		}
		return r.refused(ctx, created.UserErrors)
	}
	return r.finish(ctx, *created.Order, c, "written to Shopify")
}

// disclaim takes the claim back: the outcome is known and nothing was written.
func (r *run) disclaim(ctx context.Context) error {
	r.row.AttemptAt, r.row.Lookups = nil, 0
	if err := r.Ledger.SaveOrder(ctx, r.lease, r.row); err != nil {
		return fmt.Errorf("take back the claim on order %s: %w", r.args.Order, err)
	}
	return nil
}

// finish repairs what the order lacks and records it as written.
func (r *run) finish(ctx context.Context, found shopify.FoundOrder, c Conversion, why string) error {
	doubled, err := r.identify(ctx, &found)
	if err != nil {
		return err
	}
	now := r.Now()
	r.row.State, r.row.Reason = links.Written, ""
	r.row.ShopifyOrder, r.row.ShopifyName, r.row.WrittenAt = found.ID, found.Name, &now
	r.row.AttemptAt, r.row.Lookups = nil, 0
	r.row.Total = c.Total.String()
	lines, place := matchLines(c.Lines, found.Lines), placeOf(r.order)
	if r.row.Duplicate == links.AdoptTheirs {
		lines, place.Written = withoutStock(lines), ""
	}
	if err := r.Ledger.SaveChange(ctx, r.lease, r.row, links.Change{Lines: lines, Place: place}, r.afterWriting(lines)...); err != nil {
		return fmt.Errorf("record order %s as %s: %w", r.args.Order, found.ID, err)
	}
	r.notices = c.Notices
	if doubled != "" {
		r.notices = append(r.notices, Notice{Code: exceptions.DuplicateOrder, Detail: doubled})
	}
	r.Log.InfoContext(ctx, "order.imported", "shop", r.args.Shop, "tiktok_order_id", r.args.Order, "shopify_order_id", found.ID, "units", unitsBehind(lines))
	return r.note(ctx, timeline.Change, why, "shopify_order_id", string(found.ID), "shopify_name", found.Name,
		"total", r.row.Total+" "+r.row.Currency)
}

// afterWriting lists what follows a written order. None of it can undo or delay the order.
func (r *run) afterWriting(lines []links.Line) []Job {
	jobs := []Job{ReferenceArgs{Shop: r.args.Shop, Order: r.args.Order}}
	if len(newlyCancelled(lines, r.order)) > 0 { // while the answer was lost
		jobs = append(jobs, ImportArgs{Shop: r.args.Shop, TikTokShop: r.row.TikTokShop, Order: r.args.Order, Cause: "cancelled while it was written"})
	}
	if r.settings.LoopKeySet && r.LoopCheck != nil {
		jobs = append(jobs, r.LoopCheck(r.args.Shop, r.args.Order))
	}
	arrived := r.order.Status == tiktok.InTransit || r.order.Status == tiktok.Delivered || r.order.Status == tiktok.Completed
	if arrived && r.Returns != nil {
		jobs = append(jobs, r.Returns(r.args.Shop, r.args.Order))
	}
	return jobs
}

// identify gives the order its metafield when Shopify left it out. If another
// order holds it, that one is ours from an attempt that committed late: it is
// the order, and the second is reported.
func (r *run) identify(ctx context.Context, found *shopify.FoundOrder) (doubled string, err error) {
	id := string(r.args.Order)
	if found.TikTokOrderID == id {
		return "", nil
	}
	err = r.Shopify.SetTikTokOrderID(ctx, r.args.Shop, found.ID, id)
	var refused shopify.UserErrors
	switch {
	case err == nil:
		return "", r.note(ctx, timeline.Decision, "the order had no metafield; it has now", "shopify_order_id", string(found.ID))
	case !errors.As(err, &refused):
		return "", fmt.Errorf("repair the metafield of order %s: %w", id, err)
	}
	holder, err := r.Shopify.OrderByTikTokID(ctx, r.args.Shop, id)
	if err != nil {
		return "", fmt.Errorf("look up order %s by its metafield: %w", id, err)
	}
	if holder == nil || holder.ID == found.ID {
		return "", r.note(ctx, timeline.Decision, "Shopify refused the order's metafield", "answer", refused.Error())
	}
	doubled = fmt.Sprintf("Shopify has it twice: %s (%s) is kept, cancel %s (%s).", holder.Name, holder.ID, found.Name, found.ID)
	*found = *holder
	return doubled, nil
}

// refused maps Shopify's own words to what the merchant can do.
func (r *run) refused(ctx context.Context, refused shopify.UserErrors) error {
	found, err := r.Shopify.OrderByTikTokID(ctx, r.args.Shop, string(r.args.Order))
	if err != nil {
		return fmt.Errorf("look up order %s by its metafield: %w", r.args.Order, err)
	}
	if found != nil {
		return r.adopt(ctx, *found, "Shopify refused a second order with this TikTok order number; the first is kept")
	}
	if refused.Concerns("variantId") {
		return fault.NeedsMerchant(string(exceptions.SKUUnmatched), "Shopify no longer takes a variant of this order: "+refused.Error(), nil)
	}
	if refused.Has("INVENTORY_CLAIM_FAILED") {
		return fault.NeedsMerchant(string(exceptions.InventoryRefused), refused.Error(), nil)
	}
	return fault.NeedsMerchant(string(exceptions.APIRejected), "Shopify says: "+refused.Error(), nil)
}

// customerRefused tells whether it was the customer that Shopify would not take.
func customerRefused(created shopify.Created, err error) bool {
	var act *fault.Act
	if errors.As(err, &act) {
		return act.Code == string(exceptions.ScopeMissing) && strings.Contains(strings.ToLower(act.Error()), "customer")
	}
	return err == nil && created.Order == nil && created.UserErrors.Concerns("customer")
}
