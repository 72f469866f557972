package orders

import (
	"fmt"
	"slices"
	"strings"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Variants are the Shopify variants that an order's units may be.
type Variants struct {
	// Mapped is the merchant's own table; what it names is not looked up by SKU.
	Mapped map[tiktok.SKUID]shopify.Variant
	// Gone are mapped SKUs whose variant Shopify does not have any more. They are not
	// looked up by SKU either: the merchant said that another variant is meant.
	Gone map[tiktok.SKUID]shopify.GID
	// BySKU holds, for each seller SKU, every variant with exactly that SKU.
	BySKU map[string][]shopify.Variant
}

// of lists the variants that a unit may be.
func (v Variants) of(u unit) []shopify.Variant {
	if variant, mapped := v.Mapped[u.SKUID]; mapped {
		return []shopify.Variant{variant}
	}
	if _, gone := v.Gone[u.SKUID]; gone || u.SellerSKU == "" {
		return nil
	}
	var found []shopify.Variant
	for _, variant := range v.BySKU[u.SellerSKU] {
		if !slices.ContainsFunc(found, func(known shopify.Variant) bool { return known.ID == variant.ID }) {
			found = append(found, variant)
		}
	}
	return found
}

// chosen are the variants of an order's lines; a line without one is written as
// a custom line.
type chosen map[string]shopify.Variant

// choose finds each unit's one variant. Without it the order cannot be returned
// in Loop, so it is held unless the merchant's setting says otherwise. All that
// is wrong is named at once.
func choose(units []unit, v Variants, setting shops.UnmappedSKU) (chosen, error) {
	picks := chosen{}
	wrong := map[exceptions.Code][]string{}
	for _, u := range units {
		found := v.of(u)
		switch len(found) {
		case 1:
			picks[pickKey(u)] = found[0]
		case 0:
			wrong[exceptions.SKUUnmatched] = append(wrong[exceptions.SKUUnmatched], v.unmatched(u))
		default:
			wrong[exceptions.SKUAmbiguous] = append(wrong[exceptions.SKUAmbiguous], fmt.Sprintf("%s: %d variants", named(u), len(found)))
		}
	}
	if setting == shops.CustomUnmapped {
		return picks, nil
	}
	for _, code := range []exceptions.Code{exceptions.SKUUnmatched, exceptions.SKUAmbiguous} {
		if names := wrong[code]; len(names) > 0 {
			return nil, fault.NeedsMerchant(string(code), listed(names), nil)
		}
	}
	return picks, nil
}

// unmatched says why a unit has no variant.
func (v Variants) unmatched(u unit) string {
	gone, mapped := v.Gone[u.SKUID]
	if !mapped {
		return named(u)
	}
	return fmt.Sprintf("%s is mapped to variant %s, which is no longer in Shopify: map it anew", named(u), gone.LegacyID())
}

// pickKey is the same for units that are the same product.
func pickKey(u unit) string { return string(u.SKUID) + "\x00" + u.SellerSKU }

// named says which product is meant, in the words of TikTok's Seller Center.
func named(u unit) string {
	if u.SellerSKU == "" {
		return fmt.Sprintf("TikTok SKU id %.40s has no seller SKU", u.SKUID)
	}
	return fmt.Sprintf("SKU %.80q (TikTok SKU id %.40s)", u.SellerSKU, u.SKUID)
}

// listed is a sentence of the distinct names, of long lists the first.
func listed(names []string) string {
	const most = 10
	slices.Sort(names)
	names = slices.Compact(names)
	if more := len(names) - most; more > 0 {
		names = append(names[:most:most], fmt.Sprintf("%d more", more))
	}
	return strings.Join(names, "; ") + "."
}
