package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/config"
	"github.com/switchbackhq/switchback/internal/reconcile"
	"github.com/switchbackhq/switchback/internal/refunds"
	"github.com/switchbackhq/switchback/internal/store"
)

// reconcileCommand compares what Shopify gave back with what TikTok paid. It
// only reads, so it may run beside a serving process.
type reconcileCommand struct {
	Since string `help:"Refunds made since this day (2006-01-02) or time (RFC 3339); 90 days ago by default." placeholder:"DAY"`
	CSV   bool   `help:"Print every order as CSV, not only those with a difference." name:"csv"`
	Shop  string `help:"Shopify shop; needed when several have the app." placeholder:"NAME.myshopify.com"`
}

const reconcileDays = 90

// Run prints the table; the error tells that something is paid that should not be.
func (c *reconcileCommand) Run(w world) (err error) {
	since := time.Now().AddDate(0, 0, -reconcileDays)
	if c.Since != "" {
		if since, err = dayOrTime(c.Since); err != nil {
			return fmt.Errorf("--since: %w", err)
		}
	}
	cfg, err := config.Load(w.environ, config.Encryption)
	if err != nil {
		return err
	}
	kept, err := openStore(w.ctx, cfg, store.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, kept.Close()) }()
	shop, err := installedShop(w.ctx, kept, c.Shop)
	if err != nil {
		return err
	}
	rows, totals, err := (&refunds.Reporter{Records: kept}).Since(w.ctx, shop, since)
	if err != nil {
		return err
	}
	if c.CSV {
		err = reconcile.WriteCSV(w.out, rows)
	} else {
		err = reconcile.WriteTable(w.out, rows, totals)
	}
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	for _, total := range totals {
		if !total.Over.IsZero() {
			return fmt.Errorf("%s was given back, or is on its way, beyond what buyers paid", total.Over.Text())
		}
	}
	return nil
}

// dayOrTime reads a day, which begins at midnight UTC, or a time.
func dayOrTime(text string) (time.Time, error) {
	if at, err := time.Parse(time.DateOnly, text); err == nil {
		return at, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no day (2006-01-02) and no time (RFC 3339)", text)
	}
	return at, nil
}
