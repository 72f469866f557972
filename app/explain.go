package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/config"
	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/testorders"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
)

// explainCommand tells everything that happened to one order. It only reads,
// so it may run beside a serving process.
type explainCommand struct {
	Order string `arg:"" help:"TikTok order number, or a test order's; # and spaces around it are ignored."`
}

// Run prints the order's state, its open exceptions and its timeline.
func (c *explainCommand) Run(w world) error {
	number := strings.TrimPrefix(strings.TrimSpace(c.Order), "#")
	id, err := tiktok.ParseOrderID(number)
	if err != nil && !testorders.IsID(number) {
		return err
	}
	cfg, err := config.Load(w.environ, config.Encryption)
	if err != nil {
		return err
	}
	kept, err := openStore(w.ctx, cfg, store.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = kept.Close() }()
	if testorders.IsID(number) {
		return explainTest(w, kept, tiktok.OrderID(number))
	}
	all, err := kept.Shops(w.ctx)
	if err != nil {
		return fmt.Errorf("list shops: %w", err)
	}
	found := false
	for _, shop := range all {
		err := explainOrder(w.ctx, w.out, kept, shop.Domain, id)
		if errors.Is(err, links.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		found = true
	}
	if !found {
		return fmt.Errorf("order %s is unknown: no webhook or import has named it, or it belongs to a shop that uninstalled", id)
	}
	return nil
}

// explainOrder writes the story of a shop's order, or returns links.ErrNotFound.
func explainOrder(ctx context.Context, out io.Writer, kept *store.Store, shop shopify.Domain, id tiktok.OrderID) error {
	order, err := kept.Order(ctx, shop, id)
	if err != nil {
		return err
	}
	open, err := kept.OrderExceptions(ctx, shop, id)
	if err != nil {
		return fmt.Errorf("read exceptions of order %s: %w", id, err)
	}
	entries, err := kept.Timeline(ctx, shop, id)
	if err != nil {
		return fmt.Errorf("read timeline of order %s: %w", id, err)
	}
	shipments, err := kept.Shipments(ctx, shop, id)
	if err != nil {
		return fmt.Errorf("read shipments of order %s: %w", id, err)
	}
	refunds, err := kept.Refunds(ctx, shop, id)
	if err != nil {
		return fmt.Errorf("read refunds of order %s: %w", id, err)
	}
	explain(out, order, shipments, refunds, open, entries)
	return nil
}

// explain writes the story of an order for a person in a terminal.
func explain(out io.Writer, order links.Order, shipments []links.Shipment, refunds []links.Refund, open []exceptions.Exception, entries []timeline.Entry) {
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(out, format+"\n", args...) }
	p("TikTok order %s of %s", order.ID, order.Shop)
	p("  state    %s", strings.TrimSpace(string(order.State)+" "+parenthesis(order.Reason)))
	p("  tiktok   shop %s, status %s", order.TikTokShop, order.Status)
	if order.ShopifyOrder != "" {
		p("  shopify  %s, name %s, total %s %s", order.ShopifyOrder, order.ShopifyName, order.Total, order.Currency)
	}
	if order.ShipBy > 0 {
		p("  ship by  %s", time.Unix(order.ShipBy, 0).UTC().Format("2006-01-02 15:04:05"))
	}
	for _, s := range shipments {
		p("  parcel   %s, %s: %d units, %s %s %s", s.Direction, strings.TrimSpace(string(s.State)+" "+parenthesis(s.Reason)), len(s.Units), s.Company, s.Number, s.Fulfillment)
		if s.Warning != "" {
			p("           TikTok remarks: %s", s.Warning)
		}
	}
	for _, r := range refunds {
		p("  refund   %s, %s: %s %s of %d units, %s completed", r.ID, strings.TrimSpace(string(r.State)+" "+parenthesis(r.Reason)), r.Amount, r.Currency, len(r.Units), cmp.Or(r.Completed, "nothing"))
		for _, step := range r.Steps {
			p("           %d. %s of %s, %s %s %s", step.Number, step.Kind, step.Amount, step.State, step.Case, parenthesis(step.Answer))
		}
	}
	for _, e := range open {
		p("  open     %s: %s", e.Code, e.Message)
		p("           next: %s", e.Fix)
	}
	p("")
	explainEntries(out, entries)
}

// explainTest tells the story of a test order.
func explainTest(w world, kept *store.Store, id tiktok.OrderID) error {
	all, err := kept.Shops(w.ctx)
	if err != nil {
		return fmt.Errorf("list shops: %w", err)
	}
	for _, shop := range all {
		run, err := kept.TestOrder(w.ctx, shop.Domain, id)
		if errors.Is(err, testorders.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		entries, err := kept.Timeline(w.ctx, shop.Domain, id)
		if err != nil {
			return fmt.Errorf("read timeline of test order %s: %w", id, err)
		}
		_, _ = fmt.Fprintf(w.out, "Test order %s of %s\n  state    %s\n", id, shop.Domain, run.State)
		tellSteps(w.out, run.Steps)
		_, _ = fmt.Fprintln(w.out)
		explainEntries(w.out, entries)
		return nil
	}
	return fmt.Errorf("test order %s is unknown", id)
}

// explainEntries writes a timeline, a line for each entry.
func explainEntries(out io.Writer, entries []timeline.Entry) {
	for _, e := range entries {
		line := fmt.Sprintf("%s  %-9s %s", e.At.UTC().Format("2006-01-02 15:04:05.000"), e.Kind, e.Text)
		for _, name := range slices.Sorted(maps.Keys(e.Facts)) {
			line += fmt.Sprintf("  %s=%s", name, e.Facts[name])
		}
		if e.Latency > 0 {
			line += fmt.Sprintf("  (%v)", e.Latency.Round(100_000))
		}
		_, _ = fmt.Fprintln(out, line)
	}
}

func parenthesis(s string) string {
	if s == "" {
		return ""
	}
	return "(" + s + ")"
}
