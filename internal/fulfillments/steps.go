package fulfillments

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/graphql/admin"
	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
)

// take does the steps of one plan. It tells whether anything may be different
// now, so that the next plan is needed.
func (r *run) take(ctx context.Context, steps []Step) (acted bool, err error) {
	for _, step := range steps {
		read, did := r.reading(step), r.doing(step)
		switch {
		case read != nil:
			return true, read(ctx)
		case did != nil:
			if err := did(ctx, step); err != nil {
				return false, err
			}
			acted = true
		}
	}
	return acted, nil
}

// reading is what a step has to be read for; nil for a step that does something.
func (r *run) reading(step Step) func(context.Context) error {
	switch step.Kind {
	case ReadFulfillments:
		return r.readFulfillments
	case ReadOpen:
		return r.readOpen
	case ReadCancellations:
		return r.readCancellations
	case ReadCarrier:
		return func(ctx context.Context) error { return r.readCarrier(ctx, step.Company) }
	default:
		return nil
	}
}

func (r *run) doing(step Step) func(context.Context, Step) error {
	switch step.Kind {
	case Keep:
		return r.keep
	case Report:
		return r.report
	case Correct:
		return r.correct
	case Mirror:
		return r.mirror
	case Track:
		return r.track
	case Deliver:
		return r.deliver
	default:
		return nil
	}
}

func (r *run) readFulfillments(ctx context.Context) error {
	found, err := r.Shopify.OrderFulfillments(ctx, r.shop, r.row.ShopifyOrder, len(r.truth.Lines))
	if err != nil {
		return fmt.Errorf("read fulfillments of order %s: %w", r.id, err)
	}
	r.truth.Fulfillments, r.looked = append([]shopify.Fulfillment{}, found...), true
	return nil
}

func (r *run) readOpen(ctx context.Context) error {
	found, err := r.Shopify.FulfillmentOrders(ctx, r.shop, r.row.ShopifyOrder, len(r.truth.Lines))
	if err != nil {
		return fmt.Errorf("read fulfillment orders of order %s: %w", r.id, err)
	}
	r.truth.Open = append([]shopify.FulfillmentOrder{}, found...)
	return nil
}

// readCancellations asks which units the buyer wants to cancel. A connection
// without the permission to ask leaves the order's own flag to tell.
func (r *run) readCancellations(ctx context.Context) error {
	r.truth.Cancelling = []tiktok.LineItemID{}
	all, err := r.TikTok.OrderCancellations(ctx, r.seat, r.id)
	switch {
	case tiktok.IsScopeMissing(err), tiktok.IsNotFound(err):
		return nil
	case err != nil:
		return fmt.Errorf("list cancellations of order %s: %w", r.id, err)
	}
	for _, c := range all {
		if c.Status.Phase() == tiktok.PhaseOpen {
			units := c.Units()
			if len(units) == 0 { // it names none: it may be any
				r.truth.Order.IsBuyerRequestCancel = true
			}
			r.truth.Cancelling = append(r.truth.Cancelling, units...)
		}
	}
	return nil
}

func (r *run) readCarrier(ctx context.Context, company string) error {
	carrier, err := r.Carriers.Provider(ctx, r.shop, r.seat, r.truth.Order.DeliveryOptionID, company)
	if err != nil {
		return fmt.Errorf("find tiktok's provider for a carrier of order %s: %w", r.id, err)
	}
	r.truth.Carriers[company] = carrier
	return nil
}

func (r *run) keep(ctx context.Context, step Step) error {
	if err := r.save(ctx, step.Shipment); err != nil {
		return err
	}
	s := step.Shipment
	return r.note(ctx, timeline.Decision, step.Why, "shopify_fulfillment_id", string(s.Fulfillment), "package_id", string(s.Package),
		"units", unitIDs(s.Units), "state", string(s.State), "reason", s.Reason)
}

// sending keeps a shipment with the call that is about to be made.
func (r *run) sending(ctx context.Context, s *links.Shipment, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode shipment of order %s: %w", r.id, err)
	}
	now := r.Now()
	s.State, s.Reason, s.Body, s.SentAt = links.ShipmentSent, "", string(text), &now
	return r.save(ctx, *s)
}

// report marks a fulfillment's units as shipped at TikTok.
func (r *run) report(ctx context.Context, step Step) error {
	s := step.Shipment
	parcel := tiktok.Parcel{Order: r.id, Units: s.Units, TrackingNumber: s.Number, Provider: tiktok.ProviderID(s.Provider)}
	if err := r.sending(ctx, &s, parcel); err != nil {
		return err
	}
	marked, err := r.TikTok.MarkShipped(ctx, r.seat, parcel)
	if err != nil {
		return r.notReported(ctx, s, err)
	}
	now := r.Now()
	s.State, s.Package, s.Warning, s.ShippedAt = links.ShipmentDone, marked.Package, marked.Warning, &now
	if err := r.save(ctx, s); err != nil {
		return err
	}
	return r.note(ctx, timeline.Change, "TikTok knows that the parcel left", "shopify_fulfillment_id", string(s.Fulfillment),
		"package_id", string(s.Package), "units", unitIDs(s.Units), "warning", s.Warning)
}

// notReported finds out what an error leaves of a report.
func (r *run) notReported(ctx context.Context, s links.Shipment, err error) error {
	switch tiktok.OutcomeOf(err) {
	case tiktok.OutcomeNotDone:
		s.State, s.SentAt = links.ShipmentPlanned, nil
		return errors.Join(fmt.Errorf("report shipment of order %s: %w", r.id, err), r.save(ctx, s))
	case tiktok.OutcomeRefused:
		s.State, s.SentAt = links.ShipmentRefused, nil
		refusal := refusalOf(err)
		s.Reason = string(refusal.Code)
		if err := r.save(ctx, s); err != nil {
			return err
		}
		r.truth.Refused[s.Key] = refusal
		// TikTok may have shipped the units by another way, or the buyer asked to cancel: the order tells.
		order, failed := r.TikTok.Order(ctx, r.seat, r.id)
		if failed != nil {
			return fmt.Errorf("fetch tiktok order %s: %w", r.id, failed)
		}
		r.truth.Order = order
		return r.note(ctx, timeline.Decision, "TikTok refused the parcel", "code", s.Reason, "answer", refusal.Detail)
	default:
		// The next run looks at the order before it reports again.
		return fmt.Errorf("report shipment of order %s: %w", r.id, err)
	}
}

// refusalOf is what the merchant is told of TikTok's refusal.
func refusalOf(err error) Refusal {
	detail := tiktok.Answer(err)
	switch tiktok.ShipObjectionOf(err) {
	case tiktok.ShipObjectsNumber:
		return Refusal{exceptions.TrackingRefused, detail}
	case tiktok.ShipObjectsProvider:
		return Refusal{exceptions.CarrierUnknown, detail}
	case tiktok.ShipObjectsCancel:
		return Refusal{exceptions.CancelPending, detail}
	case tiktok.ShipObjectsLate:
		return Refusal{exceptions.TrackingLate, detail}
	default:
		return Refusal{exceptions.ShipmentRefused, detail}
	}
}

// correct gives TikTok the right number. It may be repeated: what TikTok shows tells whether it has it.
func (r *run) correct(ctx context.Context, step Step) error {
	s := step.Shipment
	update := tiktok.ShippingUpdate{Order: r.id, TrackingNumber: s.Number, Provider: tiktok.ProviderID(s.Provider)}
	if r.truth.Order.SplitOrCombineTag != "" || len(r.truth.Order.Packages) > 1 {
		update.Package = s.Package
	}
	err := r.TikTok.UpdateShipping(ctx, r.seat, update)
	if err != nil && tiktok.OutcomeOf(err) == tiktok.OutcomeRefused {
		r.truth.Refused[s.Key] = refusalOf(err)
		return r.note(ctx, timeline.Decision, "TikTok refused the correction", "answer", tiktok.Answer(err))
	}
	if err != nil {
		return fmt.Errorf("correct tracking of order %s: %w", r.id, err)
	}
	if err := r.save(ctx, s); err != nil {
		return err
	}
	r.Log.InfoContext(ctx, "fulfillment.corrected", "shop", r.shop, "tiktok_order_id", r.id, "shopify_fulfillment_id", s.Fulfillment)
	return r.note(ctx, timeline.Change, "TikTok has the corrected tracking number", "shopify_fulfillment_id", string(s.Fulfillment), "package_id", string(s.Package))
}

// mirror makes a fulfillment in Shopify of a parcel of TikTok's.
func (r *run) mirror(ctx context.Context, step Step) error {
	s := step.Shipment
	made := shopify.Shipment{Units: step.From, Parcels: parcels(s)}
	if err := r.sending(ctx, &s, made); err != nil {
		return err
	}
	id, err := r.Shopify.CreateFulfillment(ctx, r.shop, made)
	var refused shopify.UserErrors
	switch {
	case errors.As(err, &refused):
		s.State, s.SentAt, s.Reason = links.ShipmentRefused, nil, string(exceptions.ShipmentRefused)
		r.truth.Refused[s.Key] = Refusal{exceptions.ShipmentRefused, "Shopify says: " + refused.Error()}
		return r.save(ctx, s)
	case err != nil && !shopify.OutcomeUnknown(err):
		s.State, s.SentAt = links.ShipmentPlanned, nil
		return errors.Join(fmt.Errorf("mirror parcel of order %s: %w", r.id, err), r.save(ctx, s))
	case err != nil:
		return fmt.Errorf("mirror parcel of order %s: %w", r.id, err)
	}
	now := r.Now()
	s.State, s.Fulfillment, s.ShippedAt = links.ShipmentDone, id, &now
	if err := r.save(ctx, s); err != nil {
		return err
	}
	r.truth.Fulfillments, r.truth.Open = append(r.truth.Fulfillments, r.madeOf(s)), nil
	return r.note(ctx, timeline.Change, "TikTok's parcel is a fulfillment in Shopify", "shopify_fulfillment_id", string(id),
		"package_id", string(s.Package), "units", unitIDs(s.Units))
}

// parcels is a shipment's tracking as Shopify takes it.
func parcels(s links.Shipment) shopify.Parcels {
	p := shopify.Parcels{Company: s.Company}
	if s.Number != "" {
		p.Numbers = []string{s.Number}
	}
	return p
}

// madeOf is the fulfillment as Shopify would show it, so that it need not be read.
func (r *run) madeOf(s links.Shipment) shopify.Fulfillment {
	f := shopify.Fulfillment{ID: s.Fulfillment, Order: r.row.ShopifyOrder, Status: string(admin.FulfillmentStatusSuccess), CreatedAt: r.Now().UTC().Format(time.RFC3339)}
	if s.Number != "" || s.Company != "" {
		f.Tracking = []shopify.Tracking{{Company: s.Company, Number: s.Number}}
	}
	b := newBoard(r.truth)
	for _, u := range b.of(s) {
		at := -1
		for n := range f.Lines {
			if f.Lines[n].Line == u.line {
				at = n
			}
		}
		if at < 0 {
			at, f.Lines = len(f.Lines), append(f.Lines, shopify.FulfillmentLine{Line: u.line})
		}
		f.Lines[at].Quantity++
	}
	return f
}

// track gives a fulfillment TikTok's number. It may be repeated.
func (r *run) track(ctx context.Context, step Step) error {
	s := step.Shipment
	err := r.Shopify.UpdateTracking(ctx, r.shop, s.Fulfillment, parcels(s))
	var refused shopify.UserErrors
	if errors.As(err, &refused) {
		r.truth.Refused[s.Key] = Refusal{exceptions.ShipmentRefused, "Shopify says: " + refused.Error()}
		return nil
	}
	if err != nil {
		return fmt.Errorf("give a fulfillment of order %s its number: %w", r.id, err)
	}
	for n := range r.truth.Fulfillments {
		if f := &r.truth.Fulfillments[n]; f.ID == s.Fulfillment {
			f.Tracking = []shopify.Tracking{{Company: s.Company, Number: s.Number}}
		}
	}
	if err := r.save(ctx, s); err != nil {
		return err
	}
	r.Log.InfoContext(ctx, "fulfillment.corrected", "shop", r.shop, "tiktok_order_id", r.id, "shopify_fulfillment_id", s.Fulfillment)
	return r.note(ctx, timeline.Change, "the fulfillment has TikTok's tracking number", "shopify_fulfillment_id", string(s.Fulfillment))
}

// deliver says in Shopify that a fulfillment's parcels arrived. After an unknown
// outcome the fulfillment itself tells: it is read before it is told again.
func (r *run) deliver(ctx context.Context, step Step) error {
	id := step.Shipment.Fulfillment
	err := r.Shopify.AddFulfillmentEvent(ctx, r.shop, id, admin.FulfillmentEventStatusDelivered, step.At)
	var refused shopify.UserErrors
	if errors.As(err, &refused) {
		r.truth.Refused["deliver "+string(id)] = Refusal{exceptions.ShipmentRefused, "Shopify says: " + refused.Error()}
		return nil
	}
	if err != nil {
		return fmt.Errorf("tell of the delivery of order %s: %w", r.id, err)
	}
	for n := range r.truth.Fulfillments {
		if f := &r.truth.Fulfillments[n]; f.ID == id {
			f.DeliveredAt = step.At.UTC().Format(time.RFC3339)
		}
	}
	r.Log.InfoContext(ctx, "fulfillment.delivered", "shop", r.shop, "tiktok_order_id", r.id, "shopify_fulfillment_id", id)
	return r.note(ctx, timeline.Change, "delivered at TikTok, and said so in Shopify", "shopify_fulfillment_id", string(id))
}
