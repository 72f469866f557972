package tiktoksim

import (
	"cmp"
	"fmt"
	"slices"
)

// SellerSpec is a seller account: one authorization, one or more shops.
type SellerSpec struct {
	OpenID string
	Name   string
	Region string   // "US", "GB"; default US
	Scopes []string // nil: all that AllScopes names
	Shops  []ShopSpec
}

// ShopSpec is one shop of a seller.
type ShopSpec struct {
	ID       string
	Name     string
	Region   string // default: the seller's
	Cipher   string
	Currency string // of its orders; default by region
}

// AllScopes are the scopes that a seller grants unless SellerSpec says otherwise.
func AllScopes() []string {
	return []string{"seller.authorization.info", "seller.shop.info", "seller.order.info",
		"seller.fulfillment.basic", "seller.logistics", "seller.return_refund.basic"}
}

type seller struct {
	openID, name, region string
	scopes               []string
	shops                []*shop
	authorized           bool // an app that is not authorized hears nothing of the shops
}

type shop struct {
	id, name, region, cipher, currency string
	seller                             *seller
	subscriptions                      []subscription
}

// AddSeller opens a seller account with its shops.
func (s *Sim) AddSeller(spec SellerSpec) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	added := &seller{openID: spec.OpenID, name: spec.Name, region: cmp.Or(spec.Region, "US"), scopes: spec.Scopes}
	if added.scopes == nil {
		added.scopes = AllScopes()
	}
	if spec.OpenID == "" || s.sellerByID(spec.OpenID) != nil {
		return fmt.Errorf("add seller %q: the open id is empty or taken", spec.OpenID)
	}
	for _, sh := range spec.Shops {
		region := cmp.Or(sh.Region, added.region)
		if sh.ID == "" || sh.Cipher == "" || s.shopByID(sh.ID) != nil || s.shopByCipher(sh.Cipher) != nil {
			return fmt.Errorf("add shop %q: id and cipher must be there and not be taken", sh.ID)
		}
		added.shops = append(added.shops, &shop{
			id: sh.ID, name: sh.Name, region: region, cipher: sh.Cipher, seller: added,
			currency: cmp.Or(sh.Currency, homes[region].currency, "USD"),
		})
	}
	s.sellers = append(s.sellers, added)
	return nil
}

func (s *Sim) sellerByID(openID string) *seller {
	for _, one := range s.sellers {
		if one.openID == openID {
			return one
		}
	}
	return nil
}

func (s *Sim) findShopBy(match func(*shop) bool) *shop {
	for _, one := range s.sellers {
		if i := slices.IndexFunc(one.shops, match); i >= 0 {
			return one.shops[i]
		}
	}
	return nil
}

func (s *Sim) shopByID(id string) *shop {
	return s.findShopBy(func(sh *shop) bool { return sh.id == id })
}

func (s *Sim) shopByCipher(cipher string) *shop {
	return s.findShopBy(func(sh *shop) bool { return sh.cipher == cipher })
}

// withSeller runs change on a seller under the lock.
func (s *Sim) withSeller(openID string, change func(*seller)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	who := s.sellerByID(openID)
	if who == nil {
		return fmt.Errorf("find seller %q: no such open id", openID)
	}
	change(who)
	return nil
}

// Authorize mints the code that the app would get from the authorize page.
func (s *Sim) Authorize(openID string) (code string, err error) {
	err = s.withSeller(openID, func(who *seller) { code = s.mintCode(who) })
	return code, err
}

// ChooseSeller decides who is logged in when the authorize page is opened next.
func (s *Sim) ChooseSeller(openID string) error {
	return s.withSeller(openID, func(who *seller) { s.chosen = who })
}

// DenyAuthorization makes the seller on the authorize page refuse, or agree again.
func (s *Sim) DenyAuthorization(deny bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.denying = deny
}

// SetScopes replaces what a seller has granted, for tokens that exist and those to come.
func (s *Sim) SetScopes(openID string, scopes ...string) error {
	return s.withSeller(openID, func(who *seller) { who.scopes = slices.Clone(scopes) })
}

// ExpireTokens lets the access tokens of a seller expire now; their refresh tokens still work.
func (s *Sim) ExpireTokens(openID string) error {
	return s.withSeller(openID, func(who *seller) {
		for _, g := range s.access {
			if g.seller == who {
				g.accessExpires = s.now()
			}
		}
	})
}

// ExpireRefreshTokens lets the refresh tokens of a seller expire now: only a new authorization helps.
func (s *Sim) ExpireRefreshTokens(openID string) error {
	return s.withSeller(openID, func(who *seller) {
		for _, g := range s.refresh {
			if g.seller == who {
				g.refreshExpires = s.now()
			}
		}
	})
}

// Deauthorize is the seller removing the app: tokens stop working, subscriptions go, webhook type 6 tells of it.
func (s *Sim) Deauthorize(openID string) error {
	return s.withSeller(openID, func(who *seller) {
		for _, g := range s.access {
			g.revoked = g.revoked || g.seller == who
		}
		for _, g := range s.refresh {
			g.revoked = g.revoked || g.seller == who
		}
		for _, sh := range who.shops {
			s.notify(sh, sellerDeauthorized, map[string]any{
				"message": fmt.Sprintf("Shop_id %s is deauthorized from your APP by merchant.", sh.id),
			})
			sh.subscriptions = nil
		}
		who.authorized = false
	})
}

func (s *Sim) listShops(c *call) answer {
	shops := make([]map[string]any, 0, len(c.seller.shops))
	kind := "LOCAL"
	if len(c.seller.shops) > 1 {
		kind = "CROSS_BORDER" // a local seller has one shop
	}
	for _, sh := range c.seller.shops {
		shops = append(shops, map[string]any{
			"id": sh.id, "name": sh.name, "region": sh.region, "seller_type": kind,
			"cipher": sh.cipher, "code": sh.region + "SIM" + sh.id,
		})
	}
	return success(map[string]any{"shops": shops})
}
