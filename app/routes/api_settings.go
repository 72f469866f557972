package routes

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/internal/fulfillments"
	"github.com/switchbackhq/switchback/internal/refunds"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shops"
)

// settingsAnswer is all settings, and what is read only.
type settingsAnswer struct {
	shops.Settings
	ReturnLink    string `json:"return_link"`
	LoopAPIKeySet bool   `json:"loop_api_key_set"`
	// FulfillmentsHeld is how many parcels push_fulfillments keeps from TikTok, or sets free in this moment.
	FulfillmentsHeld int `json:"fulfillments_held"`
	// RefundsHeld is what push_refunds keeps from TikTok, by currency: the plans of those
	// that need no approval are made anew and sent when it is turned on.
	RefundsHeld []refunds.Held `json:"refunds_held"`
}

func (s *server) answerSettings(c *gin.Context, settings shops.Settings) {
	held, err := s.Overview.CountShipmentsHolding(c.Request.Context(), shopOf(c).Domain, fulfillments.PushOff)
	if err != nil {
		s.fail(c, err)
		return
	}
	refunded, err := s.RefundDesk.Held(c.Request.Context(), shopOf(c).Domain, refunds.PushOff)
	if err != nil {
		s.fail(c, err)
		return
	}
	if settings.Tags == nil {
		settings.Tags = []string{}
	}
	c.JSON(http.StatusOK, settingsAnswer{settings, s.returnLink(shopOf(c)), settings.LoopKeySet, held, refunded})
}

func (s *server) readSettings(c *gin.Context) {
	settings, err := s.Settings.Settings(c.Request.Context(), shopOf(c).Domain)
	if err != nil {
		s.fail(c, err)
		return
	}
	s.answerSettings(c, settings)
}

// changeSettings takes any subset: what is absent stays as it is.
func (s *server) changeSettings(c *gin.Context) {
	var patch map[string]json.RawMessage
	if err := readJSON(c, &patch, false); err != nil {
		s.fail(c, err)
		return
	}
	settings, err := s.Panel.Change(c.Request.Context(), shopOf(c).Domain, func(current *shops.Settings) error {
		return apply(patch, current)
	})
	if err != nil {
		s.fail(c, err)
		return
	}
	s.answerSettings(c, settings)
}

// setter puts one value of the patch into its place.
type setter func(into *shops.Settings, raw json.RawMessage) error

// settable are the keys that a patch may hold.
var settable = map[string]setter{
	"pull_orders":         value("true or false", func(s *shops.Settings, v bool) { s.PullOrders = v }),
	"push_orders":         value("true or false", func(s *shops.Settings, v bool) { s.PushOrders = v }),
	"pull_fulfillments":   value("true or false", func(s *shops.Settings, v bool) { s.PullFulfillments = v }),
	"push_fulfillments":   value("true or false", func(s *shops.Settings, v bool) { s.PushFulfillments = v }),
	"pull_refunds":        value("true or false", func(s *shops.Settings, v bool) { s.PullRefunds = v }),
	"push_refunds":        value("true or false", func(s *shops.Settings, v bool) { s.PushRefunds = v }),
	"mirror_shipments":    value("true or false", func(s *shops.Settings, v bool) { s.MirrorShipments = v }),
	"mirror_refunds":      value("true or false", func(s *shops.Settings, v bool) { s.MirrorRefunds = v }),
	"return_portal_url":   value("a text", func(s *shops.Settings, v string) { s.ReturnPortalURL = v }),
	"order_name_prefix":   value("a text", func(s *shops.Settings, v string) { s.OrderNamePrefix = v }),
	"order_name_suffix":   value("a text", func(s *shops.Settings, v string) { s.OrderNameSuffix = v }),
	"order_email":         value("a text", func(s *shops.Settings, v shops.OrderEmail) { s.OrderEmail = v }),
	"unmapped_sku":        value("a text", func(s *shops.Settings, v shops.UnmappedSKU) { s.UnmappedSKU = v }),
	"inventory_behaviour": value("a text", func(s *shops.Settings, v shops.InventoryBehaviour) { s.InventoryBehaviour = v }),
	"tags":                value("a list of texts", setTags),
	"import_from":         setImportFrom,
	"data_retention_days": value("a number of days", func(s *shops.Settings, v int) { s.DataRetentionDays = v }),
	"loop_api_key":        value("a text", setLoopKey),
}

func value[T any](want string, set func(*shops.Settings, T)) setter {
	return func(into *shops.Settings, raw json.RawMessage) error {
		var v *T
		if err := json.Unmarshal(raw, &v); err != nil || v == nil {
			return fmt.Errorf("want %s", want)
		}
		set(into, *v)
		return nil
	}
}

func setTags(s *shops.Settings, tags []string) { s.Tags = tags }

// setLoopKey takes a key that is never shown again; an empty one removes what is kept.
func setLoopKey(s *shops.Settings, key string) {
	given := secret.New(strings.TrimSpace(key))
	s.LoopKey = &given
}

// setImportFrom is the one setting with a meaning for null: the moment each TikTok shop was connected.
func setImportFrom(into *shops.Settings, raw json.RawMessage) error {
	var text *string
	if err := json.Unmarshal(raw, &text); err != nil {
		return errImportFrom
	}
	if text == nil {
		into.ImportFrom = nil
		return nil
	}
	from, err := time.Parse(time.RFC3339, *text)
	if err != nil {
		return errImportFrom
	}
	from = from.UTC()
	into.ImportFrom = &from
	return nil
}

var errImportFrom = fmt.Errorf("want a time such as %q, or null", "2026-11-01T00:00:00Z")

// readOnly are the keys of the answer that no patch may hold.
var readOnly = []string{"return_link", "loop_api_key_set", "fulfillments_held", "refunds_held"}

// apply puts a patch over settings. The first key, by name, that cannot be
// taken is the error, and then nothing is kept.
func apply(patch map[string]json.RawMessage, into *shops.Settings) error {
	for _, key := range slices.Sorted(maps.Keys(patch)) {
		set, known := settable[key]
		switch {
		case slices.Contains(readOnly, key):
			return &shops.SettingsError{Key: key, Problem: "is read only"}
		case !known:
			return &shops.SettingsError{Key: clip(key), Problem: "is no setting"}
		}
		if err := set(into, patch[key]); err != nil {
			return &shops.SettingsError{Key: key, Problem: err.Error()}
		}
	}
	return nil
}
