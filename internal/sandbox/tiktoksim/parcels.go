package tiktoksim

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

func unshipped(o *order) []map[string]any {
	return slices.DeleteFunc(o.lines(), func(l map[string]any) bool {
		return text(l["package_id"]) != "" || text(l["display_status"]) == "CANCELLED"
	})
}

// inPackage are the lines of a parcel that are still part of the order.
func (o *order) inPackage(id string) []map[string]any {
	return slices.DeleteFunc(o.lines(), func(l map[string]any) bool {
		return id == "" || text(l["package_id"]) != id || text(l["display_status"]) == "CANCELLED"
	})
}

// pack puts lines into a parcel of their own.
func (s *Sim) pack(o *order, lines []map[string]any, sp Shipment) string {
	id := s.packageID()
	s.packInto(id, o, lines, sp)
	return id
}

func (s *Sim) packInto(id string, o *order, lines []map[string]any, sp Shipment) {
	now, carrier := s.now().Unix(), sp.carrier(o.shop)
	for _, l := range lines {
		l["package_id"], l["package_status"], l["rts_time"] = id, "PROCESSING", now
		l["display_status"] = "AWAITING_COLLECTION"
		l["tracking_number"] = cmp.Or(sp.TrackingNumber, "94001"+id[len(id)-17:])
		l["shipping_provider_id"], l["shipping_provider_name"] = carrier.ID, carrier.Name
	}
	o.doc["packages"] = append(list(o.doc["packages"]), map[string]any{"id": id})
	o.doc["rts_time"] = now
}

// carrier is who takes a parcel: unless said otherwise, the first that the shop's market has.
func (sp Shipment) carrier(sh *shop) provider {
	known := providersOf(sh)
	at := slices.IndexFunc(known, func(p provider) bool { return p.ID == sp.ProviderID })
	if sp.ProviderID == "" && sp.ProviderName == "" {
		at = 0
	}
	if at < 0 {
		return provider{ID: sp.ProviderID, Name: sp.ProviderName}
	}
	return provider{ID: known[at].ID, Name: cmp.Or(sp.ProviderName, known[at].Name)}
}

// Combine is TikTok putting orders of one buyer into one parcel and shipping it: package and tracking number are the
// same on all of them. Webhook type 4 names them together, then type 1 tells of each.
func (s *Sim) Combine(orderIDs []string, sp Shipment) (packageID string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var together []*order
	for _, id := range orderIDs {
		o := s.orders[id]
		switch {
		case o == nil || slices.Contains(together, o):
			return "", fmt.Errorf("combine orders: no such order %q, or it is named twice", id)
		case o.status() != "AWAITING_SHIPMENT":
			return "", fmt.Errorf("combine order %s: cannot be shipped in status %s", id, o.status())
		case len(together) > 0 && o.shop != together[0].shop:
			return "", fmt.Errorf("combine order %s: it is another shop's", id)
		}
		together = append(together, o)
	}
	if len(together) < 2 || sp.LineIDs != nil {
		return "", errors.New("combine orders: takes two or more, and the whole of each")
	}
	packageID = s.packageID()
	group := fmt.Sprintf("7629%015d", s.next())
	for _, o := range together {
		s.packInto(packageID, o, unshipped(o), sp)
		o.doc["split_or_combine_tag"], o.doc["auto_combine_group_id"] = "COMBINED", group
		s.move(o, "AWAITING_COLLECTION")
	}
	s.notify(together[0].shop, packageUpdated, map[string]any{
		"sc_type": "COMBINE", "role_type": "SYSTEM", "update_time": s.now().Unix(),
		"package_list": []any{map[string]any{"package_id": packageID, "order_id_list": slices.Clone(orderIDs)}},
	})
	for _, o := range together {
		s.notifyStatus(o)
	}
	return packageID, nil
}

// Carry is a carrier's scan of one parcel, IN_TRANSIT or DELIVERED. An order of several parcels follows its last one:
// what TikTok calls an order whose parcels differ is not public. Webhook type 1 tells of the order, nothing tells of
// a parcel alone.
func (s *Sim) Carry(packageID, status string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	pkgStatus := map[string]string{"IN_TRANSIT": "FULFILLING", "DELIVERED": "COMPLETED"}[status]
	if pkgStatus == "" {
		return fmt.Errorf("carry package %s: no scan says %q", packageID, status)
	}
	var ids []string
	for id, o := range s.orders {
		lines := o.inPackage(packageID)
		if slices.ContainsFunc(lines, func(l map[string]any) bool { return rank(text(l["display_status"])) >= rank(status) }) {
			return fmt.Errorf("carry package %s: it is past %s", packageID, status)
		}
		if len(lines) > 0 {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return fmt.Errorf("carry package %s: no such package", packageID)
	}
	slices.Sort(ids)
	for _, id := range ids {
		for _, l := range s.orders[id].inPackage(packageID) {
			l["display_status"], l["package_status"] = status, pkgStatus
		}
		s.catchUp(s.orders[id])
	}
	return nil
}

// catchUp lets the order's status follow that of its last unit.
func (s *Sim) catchUp(o *order) {
	last := "COMPLETED"
	for _, l := range o.lines() {
		if st := text(l["display_status"]); st != "CANCELLED" && rank(st) < rank(last) {
			last = st
		}
	}
	s.touch(o)
	if rank(last) <= rank(o.status()) || len(unshipped(o)) > 0 {
		return
	}
	o.doc["status"] = last
	switch last {
	case "IN_TRANSIT":
		o.doc["collection_time"] = s.now().Unix()
	case "DELIVERED":
		o.doc["delivery_time"] = s.now().Unix()
	}
	s.notifyStatus(o)
}

// rank is how far a status is along an order's life.
func rank(status string) int { return slices.Index(statuses, status) }
