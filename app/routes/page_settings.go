package routes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/app/pages"
	"github.com/switchbackhq/switchback/internal/fulfillments"
	"github.com/switchbackhq/switchback/internal/refunds"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// sections are the page's forms, with the settings that each holds, named as in the API.
var sections = map[string][]string{
	"switches": {
		"pull_orders", "push_orders", "pull_fulfillments", "push_fulfillments", "pull_refunds", "push_refunds", "mirror_shipments", "mirror_refunds",
	},
	"orders":  {"order_name_prefix", "order_name_suffix", "tags", "import_from", "order_email", "unmapped_sku", "inventory_behaviour"},
	"returns": {"return_portal_url", "loop_api_key"},
	"privacy": {"data_retention_days"},
}

func (s *server) settingsPage(c *gin.Context) { s.showSettings(c, http.StatusOK, nil, nil) }

// saveSettings takes one form of the page. Sent twice it saves the same twice.
func (s *server) saveSettings(c *gin.Context) {
	section := c.Param("section")
	if _, known := sections[section]; !known {
		s.failPage(c, errNotFound)
		return
	}
	form, err := readForm(c)
	if err != nil {
		s.failPage(c, err)
		return
	}
	zone := s.around(c, "").Zone()
	_, err = s.Panel.Change(c.Request.Context(), shopOf(c).Domain, func(current *shops.Settings) error {
		patch, err := patchOf(section, form, zone)
		if err != nil {
			return err
		}
		return apply(patch, current)
	})
	var refused *shops.SettingsError
	switch {
	case errors.As(err, &refused):
		s.showSettings(c, http.StatusUnprocessableEntity, form, refused)
	case err != nil:
		s.failPage(c, err)
	default:
		s.back(c, "/settings", "saved")
	}
}

// switchesOf are the switches that somebody moved: a page that was opened long
// ago must not put back what was changed elsewhere since.
func switchesOf(form url.Values) map[string]json.RawMessage {
	patch := map[string]json.RawMessage{}
	was := strings.Fields(form.Get("was"))
	for _, key := range sections["switches"] {
		if on := form.Get(key) == "true"; on != slices.Contains(was, key) {
			patch[key] = json.RawMessage(strconv.FormatBool(on))
		}
	}
	return patch
}

// patchOf is a form as the API would be sent it.
func patchOf(section string, form url.Values, zone *time.Location) (map[string]json.RawMessage, error) {
	if section == "switches" {
		return switchesOf(form), nil
	}
	patch := map[string]json.RawMessage{}
	for _, key := range sections[section] {
		var value any
		text := strings.TrimSpace(form.Get(key))
		switch key {
		case "tags":
			value = tagsOf(text)
		case "import_from":
			from, err := momentOf(text, zone)
			if err != nil {
				return nil, err
			}
			value = from
		case "data_retention_days":
			days, err := strconv.Atoi(text)
			if err != nil {
				return nil, &shops.SettingsError{Key: key, Problem: "want a number of days"}
			}
			value = days
		case "loop_api_key":
			if text == "" && form.Get("remove_loop_api_key") == "" {
				continue
			}
			value = text
		default:
			value = text
		}
		raw, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("write setting %s: %w", key, err)
		}
		patch[key] = raw
	}
	return patch, nil
}

func tagsOf(text string) []string {
	tags := []string{}
	for tag := range strings.SplitSeq(text, ",") {
		if tag = strings.TrimSpace(tag); tag != "" {
			tags = append(tags, tag)
		}
	}
	return tags
}

// momentOf reads a time of the shop's zone; nil for none.
func momentOf(text string, zone *time.Location) (*time.Time, error) {
	if text == "" {
		return nil, nil
	}
	at, err := time.ParseInLocation(pages.LocalTime, text, zone)
	if err != nil {
		return nil, &shops.SettingsError{Key: "import_from", Problem: "want a time such as 2026-11-01 00:00, or nothing"}
	}
	at = at.UTC()
	return &at, nil
}

// showSettings shows the page, with what was typed and refused when a form was.
func (s *server) showSettings(c *gin.Context, status int, typed url.Values, refused *shops.SettingsError) {
	page := pages.Settings{Frame: s.around(c, "Settings"), ReturnLink: s.returnLink(shopOf(c)), Typed: typed, Missing: s.MissingScopes(shopOf(c).Scopes)}
	page.Path = "/settings"
	if refused != nil {
		page.Problems = map[string]string{refused.Key: refused.Problem}
		page.Banner = pages.Refused("Look for the field with the problem: " + refused.Problem + ".")
	}
	if err := s.readSettingsPage(c.Request.Context(), &page); err != nil {
		s.failPage(c, err)
		return
	}
	s.render(c, status, page)
}

func (s *server) readSettingsPage(ctx context.Context, page *pages.Settings) error {
	shop := page.Shop.Domain
	var err error
	if page.Settings, err = s.Settings.Settings(ctx, shop); err != nil {
		return err
	}
	connections, err := s.Overview.Connections(ctx, shop)
	if err != nil {
		return err
	}
	permissions, err := s.Overview.Permissions(ctx, shop)
	if err != nil {
		return err
	}
	page.Connections = pages.Permit(connections, func(c shops.Connection) shops.Permission { return permissions[c.OpenID] })
	page.Held, err = s.heldBack(ctx, shop)
	return err
}

// heldBack says, by switch, what turning it on would set free.
func (s *server) heldBack(ctx context.Context, shop shopify.Domain) (map[string]string, error) {
	parcels, err := s.Overview.CountShipmentsHolding(ctx, shop, fulfillments.PushOff)
	if err != nil {
		return nil, err
	}
	sums, err := s.RefundDesk.Held(ctx, shop, refunds.PushOff)
	if err != nil {
		return nil, err
	}
	var money []string
	for _, sum := range sums {
		money = append(money, pages.HeldRefunds(sum.Count, sum.Total, sum.Currency, sum.TooOld))
	}
	return map[string]string{"push_fulfillments": pages.HeldShipments(parcels), "push_refunds": strings.Join(money, " ")}, nil
}

// switchTikTok has one TikTok shop synced or not, or parts it. What is so already stays so.
func (s *server) switchTikTok(c *gin.Context) {
	id, err := tiktok.ParseShopID(c.Param("id"))
	if err != nil {
		s.failPage(c, errNotFound)
		return
	}
	ctx, shop := c.Request.Context(), shopOf(c).Domain
	said := "tiktok_" + c.Param("wish")
	switch c.Param("wish") {
	case "on", "off":
		err = s.Connector.Switch(ctx, shop, id, c.Param("wish") == "on")
	case "disconnect":
		said = "tiktok_parted"
		if _, err = s.Connector.Disconnect(ctx, shop, id); errors.Is(err, shops.ErrNotFound) {
			err = nil // the form came twice: it is parted
		}
	default:
		err = errNotFound
	}
	if err != nil {
		s.failPage(c, err)
		return
	}
	s.back(c, "/settings", said)
}
