package shops

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/secret"
)

// Settings are the merchant's choices for one shop. The JSON names are the
// outside contract of `GET` and `PUT /api/settings`.
type Settings struct {
	PullOrders       bool `json:"pull_orders"`
	PushOrders       bool `json:"push_orders"`
	PullFulfillments bool `json:"pull_fulfillments"`
	PushFulfillments bool `json:"push_fulfillments"`
	PullRefunds      bool `json:"pull_refunds"`
	PushRefunds      bool `json:"push_refunds"`
	// MirrorShipments and MirrorRefunds write into Shopify what happened at TikTok.
	MirrorShipments bool `json:"mirror_shipments"`
	MirrorRefunds   bool `json:"mirror_refunds"`

	// ReturnPortalURL is where the merchant's buyers return: https, a host, no userinfo. Plain http is for 127.0.0.1 and
	// [::1] alone, where the sandbox has its portal.
	ReturnPortalURL string `json:"return_portal_url"`
	OrderNamePrefix string `json:"order_name_prefix"`
	OrderNameSuffix string `json:"order_name_suffix"`
	// ImportFrom is the start line; nil means the moment each TikTok shop was connected.
	ImportFrom *time.Time `json:"import_from"`
	OrderEmail OrderEmail `json:"order_email"`

	UnmappedSKU        UnmappedSKU        `json:"unmapped_sku"`
	InventoryBehaviour InventoryBehaviour `json:"inventory_behaviour"`
	// Tags are added to every order beside `tiktok-shop`.
	Tags []string `json:"tags"`

	// DataRetentionDays is how long after delivery what is known of an order's buyer is kept.
	DataRetentionDays int `json:"data_retention_days"`

	// LoopKeySet tells whether a key for Loop's API is kept. The key itself is
	// sealed apart from the settings and never read with them.
	LoopKeySet bool `json:"-"`
	// LoopKey, set by a change, replaces the key for Loop's API; an empty one
	// removes it. Nil leaves the key alone, and is what reading gives.
	LoopKey *secret.String `json:"-"`
}

// OrderEmail says which e-mail an order carries in Shopify.
type OrderEmail string

// Values of OrderEmail.
const (
	// RelayEmail writes TikTok's anonymous relay address and a customer with it.
	RelayEmail OrderEmail = "relay"
	// NoEmail writes neither e-mail nor customer.
	NoEmail OrderEmail = "none"
)

// UnmappedSKU says what happens to an order with a SKU that no variant has.
type UnmappedSKU string

// Values of UnmappedSKU.
const (
	HoldUnmapped   UnmappedSKU = "hold"
	CustomUnmapped UnmappedSKU = "custom_line"
)

// InventoryBehaviour says what writing an order does to Shopify's stock.
type InventoryBehaviour string

// Values of InventoryBehaviour; the words are those of Shopify's
// `OrderCreateInputsInventoryBehavior`, in lower case.
const (
	Bypass                  InventoryBehaviour = "bypass"
	DecrementIgnoringPolicy InventoryBehaviour = "decrement_ignoring_policy"
	DecrementObeyingPolicy  InventoryBehaviour = "decrement_obeying_policy"
)

// DefaultSettings are a new shop's: the six switches are off until the merchant
// has been through the set-up guide.
func DefaultSettings() Settings {
	return Settings{
		MirrorShipments:    true,
		MirrorRefunds:      true,
		OrderEmail:         RelayEmail,
		UnmappedSKU:        HoldUnmapped,
		InventoryBehaviour: DecrementIgnoringPolicy,
		Tags:               []string{},
		DataRetentionDays:  120,
	}
}

// SettingsError names the setting that cannot be taken and why.
type SettingsError struct{ Key, Problem string }

func (e *SettingsError) Error() string { return e.Key + ": " + e.Problem }

const (
	mostTags     = 20
	longestTag   = 40 // Shopify's own limit for a tag
	longestAffix = 20
	longestURL   = 2048
	longestKey   = 256
	// A buyer may return for weeks, and is found by the ZIP until the data goes.
	fewestDays, mostDays = 30, 730
)

// affixPattern keeps names searchable: Shopify's search grammar gives other
// characters a meaning.
var affixPattern = regexp.MustCompile(`^[A-Za-z0-9#._-]*$`)

// Validate reports the first setting that cannot be taken, as a *SettingsError.
func (s Settings) Validate() error {
	switch {
	case s.OrderEmail != RelayEmail && s.OrderEmail != NoEmail:
		return &SettingsError{"order_email", `want "relay" or "none"`}
	case s.UnmappedSKU != HoldUnmapped && s.UnmappedSKU != CustomUnmapped:
		return &SettingsError{"unmapped_sku", `want "hold" or "custom_line"`}
	case s.InventoryBehaviour != Bypass && s.InventoryBehaviour != DecrementIgnoringPolicy && s.InventoryBehaviour != DecrementObeyingPolicy:
		return &SettingsError{"inventory_behaviour", `want "bypass", "decrement_ignoring_policy" or "decrement_obeying_policy"`}
	}
	if s.DataRetentionDays < fewestDays || s.DataRetentionDays > mostDays {
		return &SettingsError{"data_retention_days", fmt.Sprintf("want a number of days from %d to %d", fewestDays, mostDays)}
	}
	for key, affix := range map[string]string{"order_name_prefix": s.OrderNamePrefix, "order_name_suffix": s.OrderNameSuffix} {
		if len(affix) > longestAffix || !affixPattern.MatchString(affix) {
			return &SettingsError{key, fmt.Sprintf("want at most %d of the characters A-Z a-z 0-9 # . _ -", longestAffix)}
		}
	}
	if err := validatePortal(s.ReturnPortalURL); err != nil {
		return err
	}
	if err := validateLoopKey(s.LoopKey); err != nil {
		return err
	}
	return validateTags(s.Tags)
}

func validatePortal(portal string) error {
	if portal == "" {
		return nil
	}
	u, err := url.Parse(portal)
	if err != nil || len(portal) > longestURL || u.Scheme != "https" && !onThisMachine(u) || u.Hostname() == "" || u.User != nil || u.Opaque != "" {
		return &SettingsError{"return_portal_url", "want an https address with a host and without a user name"}
	}
	return nil
}

// onThisMachine allows the sandbox's portal, which has no certificate: the literal loopback addresses, where nobody's
// buyer can be sent. Names are not believed, not even localhost: what they lead to is for others to say.
func onThisMachine(u *url.URL) bool {
	return u.Scheme == "http" && (u.Hostname() == "127.0.0.1" || u.Hostname() == "::1")
}

// loopKeyPattern is what may stand in a header: visible ASCII.
var loopKeyPattern = regexp.MustCompile(`^[!-~]*$`)

func validateLoopKey(key *secret.String) error {
	if key == nil || len(key.Reveal()) <= longestKey && loopKeyPattern.MatchString(key.Reveal()) {
		return nil
	}
	return &SettingsError{"loop_api_key", fmt.Sprintf("want a key as Loop shows it, at most %d characters without spaces; an empty text removes it", longestKey)}
}

func validateTags(tags []string) error {
	if len(tags) > mostTags {
		return &SettingsError{"tags", fmt.Sprintf("at most %d tags", mostTags)}
	}
	for _, tag := range tags {
		if tag == "" || len([]rune(tag)) > longestTag || tag != strings.TrimSpace(tag) || strings.ContainsAny(tag, ",\n\r\t") {
			return &SettingsError{"tags", fmt.Sprintf("each tag has 1 to %d characters, no comma, no space around it", longestTag)}
		}
	}
	return nil
}

// StartLine is the moment before which an order of this connection is not
// written by itself.
func (s Settings) StartLine(c Connection) time.Time {
	if s.ImportFrom != nil {
		return *s.ImportFrom
	}
	return c.ConnectedAt
}
