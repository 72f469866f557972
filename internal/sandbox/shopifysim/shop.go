package shopifysim

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// firstOrderNumber is where Shopify starts to count a shop's orders.
const firstOrderNumber = 1001

// shop is one simulated shop; Sim.mu guards it.
type shop struct {
	spec      ShopSpec
	gid       string
	bucket    bucket
	location  string // GID of the first location, where a variant is that names none
	locations []*location
	variants  []*variant
	customers []*Customer
	orders    []*orderRecord
	number    int
	jobs      []*job
	replays   map[string]replay // refundCreate by idempotency key
	created   []time.Time       // orderCreate calls of the last minute, for development shops
}

// VariantSpec describes a variant to add. Price is in minor units of the shop's currency.
type VariantSpec struct {
	SKU, Title, ProductTitle string
	Vendor, Barcode          string
	Price                    int64
	Stock                    int
	// Oversell lets the variant be sold without stock (inventory policy CONTINUE).
	Oversell bool
	// Location is the GID of where the variant is kept. Empty: the shop's first location.
	Location string
	// Status is the product's: ACTIVE (also when empty), DRAFT or ARCHIVED.
	Status string
	// Product adds the variant to the product of an earlier variant, named by that product's GID. Empty: a new product.
	Product string
}

type variant struct {
	VariantSpec
	gid, product string
}

// Variant is a variant of a simulated shop.
type Variant struct {
	VariantSpec
	GID, ProductGID string
}

func (v *variant) snapshot() Variant { return Variant{v.VariantSpec, v.gid, v.product} }

// title is the variant's own title; Shopify calls a product's only variant so.
func (v *variant) title() string {
	if v.Title == "" {
		return "Default Title"
	}
	return v.Title
}

// status is the product's.
func (v *variant) status() string { return cmp.Or(v.Status, "ACTIVE") }

func (sh *shop) variantByID(gid string) *variant {
	i := slices.IndexFunc(sh.variants, func(v *variant) bool { return v.gid == gid })
	if i < 0 {
		return nil
	}
	return sh.variants[i]
}

func (sh *shop) orderByID(gid string) *orderRecord {
	i := slices.IndexFunc(sh.orders, func(r *orderRecord) bool { return r.GID == gid })
	if i < 0 {
		return nil
	}
	return sh.orders[i]
}

// orderByMetafield finds the order that holds a value of an id metafield.
func (sh *shop) orderByMetafield(namespace, key, value string) *orderRecord {
	i := slices.IndexFunc(sh.orders, func(r *orderRecord) bool {
		m, ok := findMetafield(r.Metafields, namespace, key)
		return ok && m.Value == value
	})
	if i < 0 {
		return nil
	}
	return sh.orders[i]
}

// overLimit counts an orderCreate of a development shop and says whether it is one too many.
func (sh *shop) overLimit(now time.Time) bool {
	if !sh.spec.DevelopmentShop {
		return false
	}
	sh.created = slices.DeleteFunc(sh.created, func(t time.Time) bool { return !t.After(now.Add(-time.Minute)) })
	if len(sh.created) >= 5 {
		return true
	}
	sh.created = append(sh.created, now)
	return false
}

// nextGID hands out an id. Shopify's ids are larger than a JavaScript number holds exactly, and so are these.
func (s *Sim) nextGID(typ string) string {
	s.lastID++
	return fmt.Sprintf("gid://shopify/%s/%d", typ, s.lastID)
}

// legacyID is the number at the end of a GID.
func legacyID(gid string) string {
	for i := len(gid) - 1; i >= 0; i-- {
		if gid[i] == '/' {
			return gid[i+1:]
		}
	}
	return gid
}

func numericID(gid string) int64 {
	n, _ := strconv.ParseInt(legacyID(gid), 10, 64) // the simulator's own ids are numbers; anything else is no id of ours
	return n
}
