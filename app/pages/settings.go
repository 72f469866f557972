package pages

import (
	"io"
	"net/url"
	"strconv"
	"strings"

	"github.com/switchbackhq/switchback/internal/guide"
	"github.com/switchbackhq/switchback/internal/shops"
)

// Settings is the page of the merchant's choices.
type Settings struct {
	Frame
	Settings    shops.Settings
	Connections []Permitted
	// Held is what each push switch keeps back and would set free, in words, by the switch's name.
	Held map[string]string
	// ReturnLink is the shop's own; Missing are the permissions that Shopify has not granted.
	ReturnLink string
	Missing    []string
	// Typed is what a form held that was refused; Problems say why, by setting.
	Typed    url.Values
	Problems map[string]string
}

// Permitted is a TikTok shop with how long its seller's permission lasts.
type Permitted struct {
	Connected
	Permission shops.Permission
	// Switchable tells whether the merchant may have it synced or not.
	Switchable bool
}

// Permit joins connections with their sellers' permissions.
func Permit(list []shops.Connection, permission func(shops.Connection) shops.Permission) []Permitted {
	permitted := make([]Permitted, len(list))
	for n, connected := range Describe(list) {
		off := list[n].Off
		permitted[n] = Permitted{connected, permission(list[n]), off == shops.On || off == shops.OffByMerchant}
	}
	return permitted
}

// Switches are the eight with what each keeps back.
func (s Settings) Switches() []Switch { return Switches(s.Settings) }

// Text is what the field of a setting shows: what was typed and refused, or what is kept.
func (s Settings) Text(key string) string {
	if s.Typed.Has(key) {
		return s.Typed.Get(key)
	}
	kept := s.Settings
	switch key {
	case "return_portal_url":
		return kept.ReturnPortalURL
	case "order_name_prefix":
		return kept.OrderNamePrefix
	case "order_name_suffix":
		return kept.OrderNameSuffix
	case "order_email":
		return string(kept.OrderEmail)
	case "unmapped_sku":
		return string(kept.UnmappedSKU)
	case "inventory_behaviour":
		return string(kept.InventoryBehaviour)
	case "tags":
		return strings.Join(kept.Tags, ", ")
	case "data_retention_days":
		return strconv.Itoa(kept.DataRetentionDays)
	case "import_from":
		if kept.ImportFrom == nil {
			return ""
		}
		return kept.ImportFrom.In(s.Zone()).Format(LocalTime)
	}
	return ""
}

// LocalTime is how a page writes and reads a time in the shop's zone.
const LocalTime = "2006-01-02 15:04"

// PortalForm is the portal's address as TikTok's return proxy app fills it in; empty while no portal is set.
func (s Settings) PortalForm() string { return guide.PortalURL(s.Settings) }

// LinkForm is the same for the shop's return link.
func (s Settings) LinkForm() string { return guide.LinkURL(s.ReturnLink) }

// Option is one of several values of a setting.
type Option struct{ Value, Text string }

// EmailOptions are the values of order_email.
func (Settings) EmailOptions() []Option {
	return []Option{
		{string(shops.RelayEmail), "TikTok's relay address, with a customer"},
		{string(shops.NoEmail), "No e-mail and no customer"},
	}
}

// SKUOptions are the values of unmapped_sku.
func (Settings) SKUOptions() []Option {
	return []Option{
		{string(shops.HoldUnmapped), "Hold the order until the SKU is mapped"},
		{string(shops.CustomUnmapped), "Write a custom line, which Loop cannot return"},
	}
}

// StockOptions are the values of inventory_behaviour.
func (Settings) StockOptions() []Option {
	return []Option{
		{string(shops.DecrementIgnoringPolicy), "Take it, also below zero"},
		{string(shops.DecrementObeyingPolicy), "Take it, and hold the order where there is too little"},
		{string(shops.Bypass), "Leave it alone: another app keeps it in step"},
	}
}

// HeldShipments is the word on parcels that a switch keeps back.
func HeldShipments(n int) string {
	if n == 0 {
		return ""
	}
	return someOf(n, "parcel is", "parcels are") + " held and will be reported to TikTok when this is turned on."
}

func someOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// HeldRefunds is the word on refunds of one currency that a switch keeps back,
// the last of them for a person to approve one by one or in bulk.
func HeldRefunds(count int, total, currency string, needApproval int) string {
	text := someOf(count, "refund", "refunds") + ", " + total + " " + currency + " in all, held: each plan is made anew and sent when this is turned on"
	if needApproval > 0 {
		text += ", but for " + someOf(needApproval, "that is", "that are") + " older than a week and wait for your approval"
	}
	return text + "."
}

// Render writes the page.
func (s Settings) Render(w io.Writer) error { return renderEmbedded(w, "settings.html", s) }
