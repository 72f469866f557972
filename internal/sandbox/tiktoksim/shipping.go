package tiktoksim

import (
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// provider is a carrier that TikTok takes.
type provider struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// providers are those of each market's delivery option; others have the US ones.
var providers = map[string][]provider{
	"US": {
		{"7117000000000010001", "USPS"}, {"7117000000000010002", "UPS"}, {"7117000000000010003", "FedEx"}, {"7117000000000010004", "DHL eCommerce US"},
		{"7117000000000010005", "OnTrac"}, {"7117000000000010006", "Amazon Logistics"},
	},
	"GB": {
		{"7117000000000020001", "Royal Mail"}, {"7117000000000020002", "Evri"}, {"7117000000000020003", "DPD UK"}, {"7117000000000020004", "Yodel"},
		{"7117000000000020005", "Parcelforce"},
	},
}

func providersOf(sh *shop) []provider {
	if of, known := providers[sh.region]; known {
		return of
	}
	return providers["US"]
}

// deliveryOption is the one that orders placed here have.
const deliveryOption = "7080000000000010001"

func (s *Sim) listProviders(c *call) answer {
	if c.vars["delivery_option_id"] != deliveryOption {
		return refusal(21001001, "The delivery option does not exist.")
	}
	return success(map[string]any{"shipping_providers": providersOf(c.shop)})
}

// shippingInfo is what both kinds of calls say of a parcel.
type shippingInfo struct {
	TrackingNumber string   `json:"tracking_number"`
	ProviderID     string   `json:"shipping_provider_id"`
	LineIDs        []string `json:"order_line_item_ids"`
}

// correctable is how long after shipping tracking may be corrected (fulfillment 202309, update shipping info).
const correctable = 72 * time.Hour

var trackingNumber = regexp.MustCompile(`^[A-Za-z0-9]{8,40}$`)

// wrong is what TikTok finds wrong with number and carrier. Its real table of codes for these calls is not public.
func (info shippingInfo) wrong(sh *shop) (provider, *answer) {
	at := slices.IndexFunc(providersOf(sh), func(p provider) bool { return p.ID == info.ProviderID })
	switch {
	case at < 0:
		no := refusal(21001001, "The shipping provider is not one of the delivery option's.")
		return provider{}, &no
	case !trackingNumber.MatchString(info.TrackingNumber):
		no := refusal(21001001, "The tracking number is invalid.")
		return provider{}, &no
	}
	return providersOf(sh)[at], nil
}

// markShipped takes lines of a seller-shipped order as one parcel: all that are left when none are named. It knows no
// idempotency key; a line is shipped once.
func (s *Sim) markShipped(c *call) answer {
	info, err := decodeBody[shippingInfo](c)
	if err != nil {
		return breach(http.StatusBadRequest, 36009004, err.Error())
	}
	o := s.orderOf(c.shop, c.vars["order_id"])
	if o == nil {
		return refusal(21001001, "The order does not exist.")
	}
	if !sellerShips(o) {
		return refusal(21011029, "The order is outside the fulfillment unit: it is not shipped by the seller.")
	}
	chosen, no := o.toShip(info.LineIDs)
	if no != nil {
		return *no
	}
	carrier, no := info.wrong(c.shop)
	if no != nil {
		return *no
	}
	whole := len(chosen) == len(unshipped(o))
	id := s.pack(o, chosen, Shipment{TrackingNumber: info.TrackingNumber, ProviderID: carrier.ID, ProviderName: carrier.Name})
	if whole {
		s.move(o, "AWAITING_COLLECTION")
	} else {
		o.doc["split_or_combine_tag"] = "SPLIT"
		s.move(o, "PARTIALLY_SHIPPING")
	}
	s.notifyStatus(o)
	lines := make([]string, len(chosen))
	for n, l := range chosen {
		lines[n] = text(l["id"])
	}
	data := map[string]any{"order_id": o.id, "order_line_item_ids": lines, "package_id": id}
	if carrier.Name == "USPS" && !strings.HasPrefix(info.TrackingNumber, "9") {
		data["warning"] = map[string]any{"message": "The tracking number does not look like one of USPS."}
	}
	return success(data)
}

func sellerShips(o *order) bool {
	return text(o.doc["fulfillment_type"]) == "FULFILLMENT_BY_SELLER" && text(o.doc["shipping_type"]) == "SELLER"
}

// toShip finds the lines of a parcel, or why they cannot leave.
func (o *order) toShip(ids []string) (chosen []map[string]any, no *answer) {
	refuse := func(code int, why string) ([]map[string]any, *answer) { a := refusal(code, why); return nil, &a }
	switch o.status() {
	case "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING":
	case "AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED", "COMPLETED":
		return refuse(21011006, "The package has already been shipped.")
	case "CANCELLED":
		return refuse(21001001, "The order is cancelled.")
	default:
		return refuse(21001001, "The order cannot be shipped in its status.")
	}
	if len(ids) == 0 {
		chosen = unshipped(o)
	}
	for n, id := range ids {
		l := o.line(id)
		switch {
		case l == nil || slices.Contains(ids[:n], id):
			return refuse(21001001, "An order line item does not exist, or is named twice.")
		case text(l["display_status"]) == "CANCELLED":
			return refuse(21001001, "An order line item is cancelled.")
		case text(l["package_id"]) != "":
			return refuse(21011006, "An order line item has already been shipped.")
		}
		chosen = append(chosen, l)
	}
	frozen := func(l map[string]any) bool {
		asked := o.caseOf(text(l["id"]))
		return asked != nil && asked.status == cancelPending
	}
	if slices.ContainsFunc(chosen, frozen) {
		return refuse(10007014, "The package is frozen: the buyer asked to cancel.")
	}
	return chosen, nil
}

// updateOrderShipping corrects the one parcel of an order.
func (s *Sim) updateOrderShipping(c *call) answer {
	o := s.orderOf(c.shop, c.vars["order_id"])
	if o == nil {
		return refusal(21001001, "The order does not exist.")
	}
	packages := list(o.doc["packages"])
	if len(packages) != 1 || len(unshipped(o)) > 0 {
		return refusal(21001001, "The order is split, or not shipped: name the package.")
	}
	return s.updateShipping(c, o, text(object(packages[0])["id"]))
}

func (s *Sim) updatePackageShipping(c *call) answer {
	id := c.vars["package_id"]
	for _, o := range s.orders {
		if o.shop == c.shop && len(o.inPackage(id)) > 0 {
			return s.updateShipping(c, o, id)
		}
	}
	return refusal(21011001, "The package does not exist.")
}

func (s *Sim) updateShipping(c *call, o *order, packageID string) answer {
	info, err := decodeBody[shippingInfo](c)
	if err != nil {
		return breach(http.StatusBadRequest, 36009004, err.Error())
	}
	if !sellerShips(o) {
		return refusal(21011029, "The order is outside the fulfillment unit: it is not shipped by the seller.")
	}
	carrier, no := info.wrong(c.shop)
	if no != nil {
		return *no
	}
	lines := o.inPackage(packageID)
	if len(lines) == 0 {
		return refusal(21001001, "The package is cancelled.")
	}
	if s.now().Unix()-integer(lines[0]["rts_time"]) > int64(correctable/time.Second) {
		return refusal(21001001, "Shipping information can only be updated within 72 hours after shipping.")
	}
	for _, l := range lines {
		l["tracking_number"], l["shipping_provider_id"], l["shipping_provider_name"] = info.TrackingNumber, carrier.ID, carrier.Name
	}
	s.touch(o)
	return success(map[string]any{})
}

// Retrack is somebody correcting a parcel's tracking number in Seller Center, or TikTok's carrier doing so.
func (s *Sim) Retrack(orderID, packageID, number string) error {
	return s.withOrder("retrack", orderID, func(o *order) error {
		found := false
		for _, l := range o.lines() {
			if text(l["package_id"]) == packageID {
				l["tracking_number"], found = number, true
			}
		}
		if !found {
			return errors.New("no such package")
		}
		s.touch(o)
		s.notifyStatus(o)
		return nil
	})
}
