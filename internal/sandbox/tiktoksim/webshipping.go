package tiktoksim

import (
	"encoding/json"
	"net/http"
	"slices"
)

// pagePackage is a parcel as the page lists it, with the carrier's scans that can still come.
type pagePackage struct {
	ID, Number, Provider, Status string
	Scans                        []pageScan
}

type pageScan struct{ Package, Status, Label string }

// pageParcels are the parcels of an order, and its lines that can still be shipped.
func pageParcels(raw json.RawMessage) (packages []pagePackage, unshipped []string) {
	var shown struct {
		Status string
		Lines  []struct {
			ID        string `json:"id"`
			Status    string `json:"display_status"`
			PackageID string `json:"package_id"`
			Number    string `json:"tracking_number"`
			Provider  string `json:"shipping_provider_name"`
		} `json:"line_items"`
	}
	_ = json.Unmarshal(raw, &shown) // an order without readable lines shows none
	for _, l := range shown.Lines {
		switch {
		case l.Status == "CANCELLED":
		case l.PackageID == "" && (shown.Status == "AWAITING_SHIPMENT" || shown.Status == "PARTIALLY_SHIPPING"):
			unshipped = append(unshipped, l.ID)
		case l.PackageID != "" && !slices.ContainsFunc(packages, func(p pagePackage) bool { return p.ID == l.PackageID }):
			packages = append(packages, pagePackage{l.PackageID, l.Number, l.Provider, l.Status, scans(l.PackageID, l.Status)})
		}
	}
	return packages, unshipped
}

func scans(id, status string) []pageScan {
	all := []pageScan{{id, "IN_TRANSIT", "Carrier: took it"}, {id, "DELIVERED", "Carrier: delivered it"}}
	return slices.DeleteFunc(all, func(s pageScan) bool { return rank(s.Status) <= rank(status) })
}

// webShip is Seller Center, or TikTok's own warehouse, shipping lines of an order.
func (s *Sim) webShip(w http.ResponseWriter, r *http.Request) {
	parcel := Shipment{TrackingNumber: r.PostFormValue("number")}
	if line := r.PostFormValue("line"); line != "" {
		parcel.LineIDs = []string{line}
	}
	_, err := s.Ship(r.PathValue("id"), parcel)
	back(w, r, err)
}

func (s *Sim) webCarry(w http.ResponseWriter, r *http.Request) {
	back(w, r, s.Carry(r.PathValue("id"), r.PostFormValue("status")))
}
