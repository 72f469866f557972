package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
)

// special is a golden case of the conversion, as the whole program should end it.
type special struct {
	name, id string
	raw      []byte
	// state and reason are the verdict's; of a written order total is what the golden file has Shopify told.
	state, reason, total string
	lines                int
}

// specials reads the cases that need no settings and no variants of their own.
func specials(t *testing.T) (all []special) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "internal", "orders", "testdata", "*", "tiktok.json"))
	check(t, err)
	for n, path := range paths {
		dir := filepath.Dir(path)
		if own, _ := filepath.Glob(filepath.Join(dir, "[cv]*.json")); len(own) > 0 { // context, variants
			continue
		}
		if _, err := os.Stat(filepath.Join(dir, "settings.json")); err == nil {
			continue
		}
		raw, err := os.ReadFile(path)
		check(t, err)
		var order struct {
			ID      string `json:"id"`
			Payment struct {
				Currency string `json:"currency"`
			} `json:"payment"`
		}
		check(t, json.Unmarshal(raw, &order))
		// The simulator knows TikTok's documented statuses only.
		if order.Payment.Currency != "USD" || filepath.Base(dir) == "unknown_status_and_fields" {
			continue
		}
		// Some cases are the same order in another shape.
		c := special{name: filepath.Base(dir), id: fmt.Sprintf("5769000000010%05d", n)}
		c.raw = bytes.ReplaceAll(raw, []byte(`"`+order.ID+`"`), []byte(`"`+c.id+`"`))
		c.verdict(t, dir)
		all = append(all, c)
	}
	return all
}

// verdict reads what the case ends in.
func (c *special) verdict(t *testing.T, dir string) {
	t.Helper()
	if text, err := os.ReadFile(filepath.Join(dir, "error.txt")); err == nil {
		words := strings.Fields(string(text))
		c.state, c.reason = map[string]string{"hold": "held", "wait": "waiting", "skip": "skipped"}[words[0]], words[1]
		return
	}
	text, err := os.ReadFile(filepath.Join(dir, "shopify.json"))
	check(t, err)
	var told struct {
		Order struct {
			LineItems    []any `json:"lineItems"`
			Transactions []struct {
				Amount struct {
					Shop struct {
						Amount string `json:"amount"`
					} `json:"shopMoney"`
				} `json:"amountSet"`
			} `json:"transactions"`
		} `json:"order"`
	}
	check(t, json.Unmarshal(text, &told))
	c.state, c.total, c.lines = "written", "0.00", len(told.Order.LineItems)
	if len(told.Order.Transactions) > 0 {
		c.total = told.Order.Transactions[0].Amount.Shop.Amount
	}
}

// Each kind of order ends in the whole program as its golden case says, once.
func TestEverySpecialOrderEndsAsDecided(t *testing.T) {
	t.Parallel()
	s := play(t, seldom)
	s.furnished(t)
	for _, sku := range []string{"STK-001", "SET-MUG-TEE"} {
		_, err := s.platforms.Shopify.AddVariant(sandbox.Shop, shopifysim.VariantSpec{SKU: sku, ProductTitle: sku, Price: 100, Stock: 100})
		check(t, err)
	}
	all := specials(t)
	if len(all) < 40 {
		t.Fatalf("only %d cases", len(all))
	}
	for _, c := range all {
		_, err := s.platforms.TikTok.LoadOrder(sandbox.TikTokShop, c.raw)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		data := map[string]any{"order_id": c.id, "order_status": "AWAITING_SHIPMENT", "update_time": 1}
		check(t, s.platforms.TikTok.Notify(sandbox.TikTokShop, 1, data, false))
	}
	for _, c := range all {
		t.Run(c.name, func(t *testing.T) { s.endsSo(t, c) })
	}
}

func (s *stage) endsSo(t *testing.T, c special) {
	t.Helper()
	s.until(t, func() error {
		var view orderView
		status, body := s.api(t, sandbox.Shop, http.MethodGet, "/api/orders/"+c.id, "")
		if status == http.StatusOK {
			check(t, json.Unmarshal([]byte(body), &view))
		}
		if view.State != c.state || view.Reason != c.reason {
			return fmt.Errorf("order is %s (%s), want %s (%s)", view.State, view.Reason, c.state, c.reason)
		}
		return nil
	})
	if c.state != "written" {
		if n := len(s.written(sandbox.Shop, c.id)); n != 0 {
			t.Errorf("Shopify has %d orders of it", n)
		}
		return
	}
	o := s.one(t, sandbox.Shop, c.id)
	if total := fmt.Sprintf("%d.%02d", o.Total/100, o.Total%100); total != c.total || len(o.Lines) != c.lines || o.FinancialStatus != "PAID" {
		t.Errorf("%s in %d lines, %s; want %s in %d, PAID", total, len(o.Lines), o.FinancialStatus, c.total, c.lines)
	}
}
