// Package appconfig reads what the app declares to Shopify: the scopes it asks
// for, the webhook topics it subscribes to, its metafield definitions. There is
// one such file, shopify.app.toml, embedded by the module's root package.
//
// The wiring reads it for installation, `check` compares it with what a shop
// granted, the sandbox gives it to its simulated Shopify. The package sends
// nothing to Shopify: `shopify app deploy` does.
package appconfig

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// App is the part of shopify.app.toml that the program uses.
type App struct {
	Name           string
	ApplicationURL string
	Embedded       bool
	// Scopes are the access scopes the app asks for.
	Scopes []string
	// RedirectURLs are the addresses the authorization code grant may return to.
	RedirectURLs []string
	// APIVersion is the Admin API version in which webhooks are written.
	APIVersion    string
	Subscriptions []Subscription
	// OrderMetafields are the app-owned metafields of orders, by key.
	OrderMetafields map[string]Metafield
}

// Subscription is one set of webhook topics and the address they go to.
type Subscription struct {
	Topics           []string `toml:"topics"`
	ComplianceTopics []string `toml:"compliance_topics"`
	URI              string   `toml:"uri"`
}

// Metafield is the definition of an app-owned metafield.
type Metafield struct {
	Type string `toml:"type"`
	Name string `toml:"name"`
}

type file struct {
	Name           string `toml:"name"`
	ApplicationURL string `toml:"application_url"`
	Embedded       bool   `toml:"embedded"`
	AccessScopes   struct {
		Scopes string `toml:"scopes"`
	} `toml:"access_scopes"`
	Auth struct {
		RedirectURLs []string `toml:"redirect_urls"`
	} `toml:"auth"`
	Webhooks struct {
		APIVersion    string         `toml:"api_version"`
		Subscriptions []Subscription `toml:"subscriptions"`
	} `toml:"webhooks"`
	Order struct {
		Metafields struct {
			App map[string]Metafield `toml:"app"`
		} `toml:"metafields"`
	} `toml:"order"`
}

// Parse reads the text of a shopify.app.toml.
func Parse(text string) (App, error) {
	var f file
	if err := toml.Unmarshal([]byte(text), &f); err != nil {
		return App{}, fmt.Errorf("parse shopify.app.toml: %w", err)
	}
	return App{
		Name: f.Name, ApplicationURL: f.ApplicationURL, Embedded: f.Embedded,
		Scopes:       splitScopes(f.AccessScopes.Scopes),
		RedirectURLs: f.Auth.RedirectURLs,
		APIVersion:   f.Webhooks.APIVersion, Subscriptions: f.Webhooks.Subscriptions,
		OrderMetafields: f.Order.Metafields.App,
	}, nil
}

func splitScopes(list string) []string {
	var scopes []string
	for scope := range strings.SplitSeq(list, ",") {
		if scope = strings.TrimSpace(scope); scope != "" {
			scopes = append(scopes, scope)
		}
	}
	return scopes
}

// Topics are all topics subscribed to, without the compliance topics.
func (a App) Topics() []string {
	var topics []string
	for _, s := range a.Subscriptions {
		topics = append(topics, s.Topics...)
	}
	return topics
}

// ComplianceTopics are the topics that Shopify's privacy rules ask every app to take.
func (a App) ComplianceTopics() []string {
	var topics []string
	for _, s := range a.Subscriptions {
		topics = append(topics, s.ComplianceTopics...)
	}
	return topics
}

// MissingScopes are the declared scopes that granted does not cover.
func (a App) MissingScopes(granted []string) []string {
	var missing []string
	for _, scope := range a.Scopes {
		if !Covers(granted, scope) {
			missing = append(missing, scope)
		}
	}
	return missing
}

// Covers tells whether granted gives the wanted scope. At Shopify the right to
// write includes the right to read, and a grant does not spell that out.
func Covers(granted []string, wanted string) bool {
	if slices.Contains(granted, wanted) {
		return true
	}
	resource, reads := strings.CutPrefix(wanted, "read_")
	return reads && slices.Contains(granted, "write_"+resource)
}
