package tiktoksim

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// SetStatus moves an order to a status with what belongs to it: payment and shipping times, packages for units that
// must have been shipped by then, cancelled lines. Webhook type 1 follows.
func (s *Sim) SetStatus(orderID, status string) error {
	return s.withOrder("move", orderID, func(o *order) error {
		switch {
		case !slices.Contains(statuses, status):
			return fmt.Errorf("no status %q", status)
		case status == "PARTIALLY_SHIPPING":
			return errors.New("an order is partly shipped by Ship")
		case status == "CANCELLED":
			return s.cancel(o, Cancellation{By: "SYSTEM", Reason: "Order cancelled"})
		}
		s.move(o, status)
		s.notifyStatus(o)
		return nil
	})
}

// move sets status and everything that follows from it, without telling anybody.
func (s *Sim) move(o *order, status string) {
	now := s.now().Unix()
	o.doc["status"] = status
	s.touch(o)
	if status != "UNPAID" && o.doc["paid_time"] == nil {
		o.doc["paid_time"] = now
	}
	pkgStatus := map[string]string{"AWAITING_COLLECTION": "PROCESSING", "IN_TRANSIT": "FULFILLING",
		"DELIVERED": "COMPLETED", "COMPLETED": "COMPLETED"}[status]
	if pkgStatus != "" {
		if rest := unshipped(o); len(rest) > 0 {
			s.pack(o, rest, Shipment{})
		}
	}
	for _, line := range o.lines() {
		if text(line["display_status"]) == "CANCELLED" || status == "PARTIALLY_SHIPPING" {
			continue
		}
		line["display_status"] = lineStatus(status)
		if pkgStatus != "" {
			line["package_status"] = pkgStatus
		}
	}
	switch {
	case status == "IN_TRANSIT":
		o.doc["collection_time"] = now
	case status == "DELIVERED":
		o.doc["delivery_time"] = now
	case status == "CANCELLED" && o.doc["cancel_time"] == nil:
		o.doc["cancel_time"] = now
	}
}

// Shipment is one parcel.
type Shipment struct {
	LineIDs                  []string // nil: everything not yet shipped
	TrackingNumber           string   // default: an invented one
	ProviderID, ProviderName string   // default: the first of the market's
}

// Ship puts lines into a package, as Seller Center or another tool would. The order becomes AWAITING_COLLECTION when
// nothing is left, else PARTIALLY_SHIPPING. Webhook type 1 follows.
func (s *Sim) Ship(orderID string, sp Shipment) (packageID string, err error) {
	err = s.withOrder("ship", orderID, func(o *order) error {
		if st := o.status(); st != "AWAITING_SHIPMENT" && st != "PARTIALLY_SHIPPING" {
			return fmt.Errorf("cannot be shipped in status %s", st)
		}
		open := unshipped(o)
		chosen := open
		if sp.LineIDs != nil {
			chosen = slices.DeleteFunc(slices.Clone(open), func(l map[string]any) bool {
				return !slices.Contains(sp.LineIDs, text(l["id"]))
			})
		}
		if len(chosen) == 0 || (sp.LineIDs != nil && len(chosen) != len(sp.LineIDs)) {
			return errors.New("no such unshipped line")
		}
		packageID = s.pack(o, chosen, sp)
		if len(chosen) == len(open) {
			s.move(o, "AWAITING_COLLECTION")
		} else {
			o.doc["split_or_combine_tag"] = "SPLIT"
			s.move(o, "PARTIALLY_SHIPPING")
		}
		s.notifyStatus(o)
		return nil
	})
	return packageID, err
}

// Cancellation takes lines out of an order.
type Cancellation struct {
	LineIDs []string // nil: all
	By      string   // BUYER (default), SELLER, OPERATOR, SYSTEM
	Reason  string
}

// CancelLines cancels lines that have not been shipped; webhook type 11 tells of it. An order without any line left is
// CANCELLED, and webhook type 1 says CANCEL; while lines are left only update_time moves, unless all that remain have been
// shipped.
func (s *Sim) CancelLines(orderID string, c Cancellation) error {
	return s.withOrder("cancel", orderID, func(o *order) error { return s.cancel(o, c) })
}

func (s *Sim) cancel(o *order, c Cancellation) error {
	c.By, c.Reason = cmp.Or(c.By, "BUYER"), cmp.Or(c.Reason, "No longer needed")
	units := slices.DeleteFunc(unshipped(o), func(l map[string]any) bool {
		return c.LineIDs != nil && !slices.Contains(c.LineIDs, text(l["id"]))
	})
	if len(units) == 0 || (c.LineIDs != nil && len(units) != len(c.LineIDs)) {
		return errors.New("no such line that can still be cancelled")
	}
	for _, l := range units { // a request that the buyer has open is overtaken
		if asked := o.caseOf(text(l["id"])); asked != nil {
			s.dropCancel(asked, c.By)
		}
	}
	s.cancelUnits(o, o.refundable(units, "CANCEL", false), "CANCEL", c.By, c.Reason)
	return nil
}

// ChangeAddress is the buyer or customer service correcting the address; webhook type 3 follows, which carries neither
// the address nor a notification id.
func (s *Sim) ChangeAddress(orderID string, a Address) error {
	return s.withOrder("readdress", orderID, func(o *order) error {
		if o.spec != nil {
			o.spec.Address = &a
		} else {
			o.doc["recipient_address"] = a.document()
		}
		o.doc["has_updated_recipient_address"] = true
		s.touch(o)
		s.notify(o.shop, addressUpdated, map[string]any{
			"order_id": o.id, "update_time": integer(o.doc["update_time"]),
		})
		return nil
	})
}

// Unmask is TikTok no longer hiding an order's buyer; webhook type 3 follows.
func (s *Sim) Unmask(orderID string) error {
	return s.withOrder("unmask", orderID, func(o *order) error {
		if o.spec == nil {
			return errors.New("was not placed in the sandbox")
		}
		o.spec.unmasked = true
		s.touch(o)
		s.notify(o.shop, addressUpdated, map[string]any{
			"order_id": o.id, "update_time": integer(o.doc["update_time"]),
		})
		return nil
	})
}
