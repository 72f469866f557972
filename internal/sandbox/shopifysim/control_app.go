package shopifysim

import (
	"context"
	"net/url"
	"strings"
)

// SetAppURL tells the simulator where the app is once that is known: appURL is its address without a trailing slash,
// webhookURL where its webhooks go, "" for nowhere.
func (s *Sim) SetAppURL(appURL, webhookURL string) {
	s.lock()
	s.opts.AppURL = strings.TrimRight(appURL, "/")
	s.mu.Unlock()
	s.deliveries.PostTo(webhookURL)
}

func (s *Sim) appURL() string {
	s.lock()
	defer s.mu.Unlock()
	return s.opts.AppURL
}

// SessionToken mints the ID token of a user of a shop; opts bend it away from what Shopify would mint.
func (s *Sim) SessionToken(domain, userID string, opts ...TokenOption) string {
	return s.authority.SessionToken(domain, userID, opts...)
}

// EmbeddedURL is the address that the admin loads when the merchant opens the app.
func (s *Sim) EmbeddedURL(domain, userID string, opts ...TokenOption) string {
	return s.authority.EmbeddedURL(s.appURL(), domain, userID, opts...)
}

// EmbeddedURLAt is the address that the admin loads for one of the app's pages: path and query are the page's own.
func (s *Sim) EmbeddedURLAt(domain, userID, path string, query url.Values, opts ...TokenOption) string {
	return s.authority.EmbeddedURLAt(s.appURL(), domain, userID, path, query, opts...)
}

// InstallQuery is the signed query with which Shopify opens the app outside the admin.
func (s *Sim) InstallQuery(domain string, extra url.Values) url.Values {
	return s.authority.InstallQuery(domain, extra)
}

// Uninstall removes the app from a shop: tokens end, and app/uninstalled is the last webhook.
func (s *Sim) Uninstall(domain string) error {
	return s.within(domain, func(sh *shop) error {
		if !s.authority.installed(domain) {
			return nil
		}
		s.authority.Revoke(domain) // first, so that nobody who hears of it finds a token that works
		s.deliveries.Send(domain, topicAppUninstalled, sh.profile().appUninstalled(s.opts.Now()))
		return nil
	})
}

// Reinstall puts the app back, with the configured scopes or the given ones. Tokens are for the app to ask for.
func (s *Sim) Reinstall(domain string, scopes ...string) error {
	return s.within(domain, func(*shop) error {
		s.authority.Install(domain, scopes...)
		return nil
	})
}

// installed says whether the app is in a shop.
func (a *authority) installed(shop string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return !a.installation(shop).removed
}

// GrantScopes changes what a shop grants the app and sends app/scopes_update.
func (s *Sim) GrantScopes(domain string, scopes ...string) error {
	return s.within(domain, func(sh *shop) error {
		previous := s.authority.SetScopes(domain, scopes...)
		s.lastID++
		s.send(sh, topicScopesUpdate, sh.profile().scopesUpdate(s.lastID, previous, scopes, s.opts.Now()))
		return nil
	})
}

// ExpireTokens lets a shop's access tokens run out now.
func (s *Sim) ExpireTokens(domain string) { s.authority.ExpireTokens(domain) }

// RequestCustomerData sends customers/data_request; orders are numbers of orders.
func (s *Sim) RequestCustomerData(domain string, c RedactedCustomer, orders ...int64) error {
	return s.within(domain, func(sh *shop) error {
		s.lastID++
		s.deliveries.Send(domain, topicDataRequest, sh.profile().dataRequest(s.lastID, c, orders...))
		return nil
	})
}

// RedactCustomer sends customers/redact.
func (s *Sim) RedactCustomer(domain string, c RedactedCustomer, orders ...int64) error {
	return s.within(domain, func(sh *shop) error {
		s.deliveries.Send(domain, topicCustomersRedact, sh.profile().customersRedact(c, orders...))
		return nil
	})
}

// RedactShop sends shop/redact, which comes 48 hours after an uninstall.
func (s *Sim) RedactShop(domain string) error {
	return s.within(domain, func(sh *shop) error {
		s.deliveries.Send(domain, topicShopRedact, sh.profile().shopRedact())
		return nil
	})
}

// HoldWebhooks keeps webhooks back until ReleaseWebhooks.
func (s *Sim) HoldWebhooks() { s.deliveries.Hold() }

// ReleaseWebhooks posts what was held in the order that order returns; nil keeps the order. One that it leaves out is
// lost, one that it names twice is posted twice.
func (s *Sim) ReleaseWebhooks(order func([]Delivery) []Delivery) { s.deliveries.Release(order) }

// DuplicateWebhooks posts every webhook n more times from now on.
func (s *Sim) DuplicateWebhooks(n int) { s.deliveries.Duplicate(n) }

// RedeliverWebhook posts an earlier webhook again: same ids, same body.
func (s *Sim) RedeliverWebhook(webhookID string) bool { return s.deliveries.Redeliver(webhookID) }

// TwinWebhook posts an earlier event again as a second subscription would: same event id, new webhook id.
func (s *Sim) TwinWebhook(webhookID string) bool { return s.deliveries.DeliverTwin(webhookID) }

// RetryFailedWebhooks posts again what the app has not accepted, and says how many there are.
func (s *Sim) RetryFailedWebhooks() int { return s.deliveries.RetryFailed() }

// Deliveries lists every webhook, oldest first.
func (s *Sim) Deliveries() []Delivery { return s.deliveries.Log() }

// WaitWebhooks returns when no webhook is under way.
func (s *Sim) WaitWebhooks(ctx context.Context) error { return s.deliveries.Wait(ctx) }
