package shopify

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/switchbackhq/switchback/graphql/admin"
)

// ShopInfo is what Shopify says of a shop.
type ShopInfo struct {
	Domain Domain
	Name   string
	// Currency is ISO 4217, TimeZone an IANA name.
	Currency string
	TimeZone string
	// TaxesIncluded tells whether the shop shows prices with tax.
	TaxesIncluded bool
	// Development shops take five new orders a minute.
	Development bool
}

// ShopInfo reads the shop's own record.
func (c *Client) ShopInfo(ctx context.Context, shop Domain) (ShopInfo, error) {
	data, err := admin.Shop(ctx, c.at(shop, 1))
	if err != nil {
		return ShopInfo{}, err
	}
	if data.Shop == nil {
		return ShopInfo{}, fmt.Errorf("read shop %s: the answer has no shop", shop)
	}
	s := data.Shop
	domain, err := ParseDomain(s.MyshopifyDomain)
	if err != nil {
		return ShopInfo{}, fmt.Errorf("read shop %s: %w", shop, err)
	}
	info := ShopInfo{Domain: domain, Name: s.Name, Currency: string(s.CurrencyCode), TimeZone: s.IanaTimezone, TaxesIncluded: s.TaxesIncluded}
	if s.Plan != nil {
		info.Development = s.Plan.PartnerDevelopment
	}
	return info, nil
}

// GrantedScopes are the access scopes that the merchant granted, sorted.
func (c *Client) GrantedScopes(ctx context.Context, shop Domain) ([]string, error) {
	data, err := admin.GrantedScopes(ctx, c.at(shop, 1))
	if err != nil {
		return nil, err
	}
	if data.CurrentAppInstallation == nil {
		return nil, errors.New("read granted scopes: the answer has no installation")
	}
	var scopes []string
	for _, scope := range data.CurrentAppInstallation.AccessScopes {
		if scope != nil {
			scopes = append(scopes, scope.Handle)
		}
	}
	slices.Sort(scopes)
	return scopes, nil
}
