package shopifysim

import "strings"

func (x *execution) variantObject(v *variant) object {
	policy := "DENY"
	if v.Oversell {
		policy = "CONTINUE"
	}
	display := v.ProductTitle
	if v.Title != "" {
		display += " - " + v.Title
	}
	return object{typ: "ProductVariant", of: v, fields: map[string]any{
		"id": v.gid, "legacyResourceId": legacyID(v.gid), "sku": orNull(v.SKU), "barcode": orNull(v.Barcode),
		"title": v.title(), "displayName": display, "price": fixed(v.Price, x.shop.spec.Currency),
		"inventoryQuantity": v.Stock, "inventoryPolicy": policy, "availableForSale": v.Oversell || v.Stock > 0,
		"product": object{typ: "Product", fields: map[string]any{
			"id": v.product, "title": v.ProductTitle, "status": v.status(), "vendor": v.Vendor,
			"legacyResourceId": legacyID(v.product), "handle": legacyID(v.product),
		}},
	}}
}

func (x *execution) variantOrNull(gid string) any {
	if v := x.shop.variantByID(gid); v != nil {
		return x.variantObject(v)
	}
	return nil
}

func queryVariant(x *execution, _ any, args input) (any, error) {
	return x.variantOrNull(args.text("id")), nil
}

// queryVariants finds variants by SKU, product or barcode. A SKU may belong to several variants.
func queryVariants(x *execution, _ any, args input) (any, error) {
	filters := variantFilters(x.sim.opts.LooseSearch)
	match, warnings := parseSearch(args.text("query"), filters)
	x.drift = append(x.drift, warnings...)
	var nodes []object
	for _, v := range x.shop.variants {
		if match == nil || match(v) {
			nodes = append(nodes, x.variantObject(v))
		}
	}
	return connection("ProductVariant", nodes, args)
}

func variantFilters(loose bool) map[string]filter[*variant] {
	return map[string]filter[*variant]{
		"sku": func(v *variant, t term) bool {
			if loose {
				return strings.HasPrefix(strings.ToLower(v.SKU), strings.ToLower(t.value))
			}
			return t.exactly(v.SKU)
		},
		"barcode":        func(v *variant, t term) bool { return t.is(v.Barcode) },
		"id":             func(v *variant, t term) bool { return t.is(legacyID(v.gid)) },
		"product_id":     func(v *variant, t term) bool { return t.is(legacyID(v.product)) },
		"product_status": func(v *variant, t term) bool { return t.is(v.status()) },
		"": func(v *variant, t term) bool {
			return t.within(v.SKU) || t.within(v.Title) || t.within(v.ProductTitle)
		},
	}
}

func (l *location) object() object {
	return object{typ: "Location", fields: map[string]any{
		"id": l.gid, "legacyResourceId": legacyID(l.gid), "name": l.Name, "isActive": !l.Inactive,
		"fulfillsOnlineOrders": !l.Inactive, "shipsInventory": !l.Inactive && !l.Storefront, "isFulfillmentService": false,
	}}
}

func (x *execution) locationOrNull(gid string) any {
	if l := x.shop.locationByID(gid); l != nil {
		return l.object()
	}
	return nil
}

func queryLocation(x *execution, _ any, args input) (any, error) {
	if gid := args.text("id"); gid != "" {
		return x.locationOrNull(gid), nil
	}
	return x.locationOrNull(x.shop.location), nil
}

// queryLocations lists the active ones, all of them when asked to.
func queryLocations(x *execution, _ any, args input) (any, error) {
	if args.text("query") != "" {
		x.drift = append(x.drift, "locations(query:) is not simulated")
	}
	var nodes []object
	for _, l := range x.shop.locations {
		if !l.Inactive || args.truth("includeInactive") {
			nodes = append(nodes, l.object())
		}
	}
	return connection("Location", nodes, args)
}
