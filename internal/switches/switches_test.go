package switches_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fulfillments"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/refunds"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/switches"
)

const shop shopify.Domain = "demo.myshopify.com"

type drawer struct {
	settings shops.Settings
	jobs     []switches.Job
}

func (d *drawer) ChangeSettings(_ context.Context, _ shopify.Domain, change func(*shops.Settings) ([]switches.Job, error)) (shops.Settings, error) {
	next := d.settings
	jobs, err := change(&next)
	if err != nil {
		return shops.Settings{}, err
	}
	d.settings, d.jobs = next, append(d.jobs, jobs...)
	return next, nil
}

func TestTurningASwitchOnReleasesWhatItHeld(t *testing.T) {
	t.Parallel()
	pull := orders.ReleaseArgs{Shop: shop, State: links.Waiting, Reason: orders.PullOff}
	push := orders.ReleaseArgs{Shop: shop, State: links.Held, Reason: orders.PushOff}
	written := orders.ReleaseArgs{Shop: shop, State: links.Written, Reason: orders.PushOff}
	mirror := orders.ReleaseArgs{Shop: shop, State: links.Written, Reason: orders.MirrorOff}
	mirrorRefunds := refunds.ResumeArgs{Shop: shop, Code: exceptions.RefundNotMirrored}
	cases := map[string]struct {
		edit func(*shops.Settings)
		want []switches.Job
	}{
		"nothing":           {func(*shops.Settings) {}, nil},
		"another one":       {func(s *shops.Settings) { s.OrderNamePrefix = "T" }, nil},
		"pull fulfillments": {func(s *shops.Settings) { s.PullFulfillments = true }, []switches.Job{fulfillments.ReleaseArgs{Shop: shop, Reason: fulfillments.PullOff}}},
		"push fulfillments": {func(s *shops.Settings) { s.PushFulfillments = true }, []switches.Job{fulfillments.ReleaseArgs{Shop: shop, Reason: fulfillments.PushOff}}},
		"mirror shipments":  {func(s *shops.Settings) { s.MirrorShipments = true }, []switches.Job{fulfillments.ReleaseArgs{Shop: shop, Reason: fulfillments.MirrorOff}}},
		"pull refunds":      {func(s *shops.Settings) { s.PullRefunds = true }, []switches.Job{refunds.ReleaseArgs{Shop: shop, Reason: refunds.PullOff}}},
		"push refunds":      {func(s *shops.Settings) { s.PushRefunds = true }, []switches.Job{refunds.ReleaseArgs{Shop: shop, Reason: refunds.PushOff}}},
		"pull":              {func(s *shops.Settings) { s.PullOrders = true }, []switches.Job{pull}},
		"push":              {func(s *shops.Settings) { s.PushOrders = true }, []switches.Job{push, written}},
		"pull and push":     {func(s *shops.Settings) { s.PullOrders, s.PushOrders = true, true }, []switches.Job{pull, push, written}},
		"mirror":            {func(s *shops.Settings) { s.MirrorRefunds = true }, []switches.Job{mirrorRefunds, mirror}},
	}
	for name, c := range cases {
		d := &drawer{settings: shops.DefaultSettings()}
		d.settings.MirrorRefunds, d.settings.MirrorShipments = false, false
		panel := switches.Panel{Store: d, KeyReview: func(shopify.Domain) switches.Job { return nil }}
		edit := func(s *shops.Settings) error { c.edit(s); return nil }
		for range 2 { // the second time nothing changes, so nothing is released
			if _, err := panel.Change(t.Context(), shop, edit); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if diff := cmp.Diff(c.want, d.jobs); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestWhatCannotBeTakenChangesNothing(t *testing.T) {
	t.Parallel()
	d := &drawer{settings: shops.DefaultSettings()}
	_, err := (&switches.Panel{Store: d}).Change(t.Context(), shop, func(s *shops.Settings) error {
		s.PullOrders, s.OrderEmail = true, "everyone"
		return nil
	})
	var refused *shops.SettingsError
	if !errors.As(err, &refused) || refused.Key != "order_email" {
		t.Fatalf("got %v, want a refusal of order_email", err)
	}
	if d.settings.PullOrders || len(d.jobs) != 0 {
		t.Fatalf("changed all the same: %+v, %v", d.settings, d.jobs)
	}
}

func TestAKeyForLoopIsReviewedWhenItChanges(t *testing.T) {
	t.Parallel()
	review := orders.ReleaseArgs{Shop: shop, Reason: "any job"}
	panel := func(d *drawer) *switches.Panel {
		return &switches.Panel{Store: d, KeyReview: func(shopify.Domain) switches.Job { return review }}
	}
	for name, key := range map[string]string{"another one": "a-key-of-loop", "removed": ""} {
		d := &drawer{settings: shops.DefaultSettings()}
		given := secret.New(key)
		if _, err := panel(d).Change(t.Context(), shop, func(s *shops.Settings) error { s.LoopKey = &given; return nil }); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]switches.Job{review}, d.jobs); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
