package exceptions

import (
	"regexp"
	"strconv"
	"strings"
)

// Product is something at TikTok for which an exception found no variant.
type Product struct {
	// SKUID is TikTok's, SellerSKU the seller's own; the latter may be empty.
	SKUID, SellerSKU string
}

var (
	namedSKU   = regexp.MustCompile(`SKU ("(?:[^"\\]|\\.)*") \(TikTok SKU id ([0-9]{1,32})\)`)
	unnamedSKU = regexp.MustCompile(`TikTok SKU id ([0-9]{1,32}) has no seller SKU`)
	saysName   = regexp.MustCompile(` says ("(?:[^"\\]|\\.)*")\.`)
	takes      = regexp.MustCompile(`TikTok takes(?: for this order)?: (.+)\.$`)
)

// Products reads from an exception's message which products it names.
func Products(message string) []Product {
	var list []Product
	for _, found := range namedSKU.FindAllStringSubmatch(message, -1) {
		sku, err := strconv.Unquote(found[1])
		if err != nil {
			sku = ""
		}
		list = append(list, Product{found[2], sku})
	}
	for _, found := range unnamedSKU.FindAllStringSubmatch(message, -1) {
		list = append(list, Product{SKUID: found[1]})
	}
	return list
}

// CarrierNamed is the carrier's name in Shopify that a message about an unknown
// carrier quotes; empty where the fulfillment names none.
func CarrierNamed(message string) string {
	found := saysName.FindStringSubmatch(message)
	if found == nil {
		return ""
	}
	name, err := strconv.Unquote(found[1])
	if err != nil {
		return ""
	}
	return name
}

// Taken are the carriers or reasons that TikTok takes, as a message lists them.
func Taken(message string) []string {
	found := takes.FindStringSubmatch(message)
	if found == nil || found[1] == "none" {
		return nil
	}
	return strings.Split(found[1], ", ")
}
