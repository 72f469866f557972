package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/backfills"
	"github.com/switchbackhq/switchback/internal/config"
	"github.com/switchbackhq/switchback/internal/metrics"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// backfillCommand brings in the orders of a time span.
type backfillCommand struct {
	Shop       string        `help:"Shopify shop to bring them into; needed when several have the app." placeholder:"NAME.myshopify.com"`
	TikTokShop tiktok.ShopID `name:"tiktok-shop" help:"TikTok shop to read; needed when several are connected." placeholder:"ID"`
	From       string        `help:"First moment: 2026-01-31 (UTC) or 2026-01-31T08:00:00Z." placeholder:"TIME"`
	To         string        `help:"Moment after the last; now when absent." placeholder:"TIME"`
	DryRun     bool          `help:"Print what would be done with each order, one JSON object a line, and write nothing. Works beside a running server."`
	Resume     string        `help:"Go on with a backfill that was stopped, failed, or left behind." placeholder:"ID"`
}

// Run backfills and shows progress until all of it is done.
func (c *backfillCommand) Run(w world) error {
	if (c.From == "") == (c.Resume == "") {
		return errors.New("want either --from or --resume")
	}
	var want backfills.Wanted
	if c.Resume == "" {
		var err error
		if want, err = c.wanted(time.Now()); err != nil {
			return err
		}
	}
	if c.DryRun {
		return c.rehearse(w, want)
	}
	return c.perform(w, want)
}

// wanted reads the span.
func (c *backfillCommand) wanted(now time.Time) (backfills.Wanted, error) {
	from, err := parseMoment("--from", c.From)
	if err != nil {
		return backfills.Wanted{}, err
	}
	to, err := parseMoment("--to", c.To)
	if err != nil {
		return backfills.Wanted{}, err
	}
	from, to, err = backfills.Span(from, to, now)
	if err != nil {
		return backfills.Wanted{}, fmt.Errorf("--%w", err)
	}
	return backfills.Wanted{TikTokShop: c.TikTokShop, From: from, To: to, DryRun: c.DryRun}, nil
}

func parseMoment(flag, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("%s %s: want a time like 2026-01-31 or 2026-01-31T08:00:00Z", flag, text)
}

// perform starts the backfill and runs the queue until its last import is done with.
func (c *backfillCommand) perform(w world, want backfills.Wanted) (err error) {
	p, err := workable(w, "start the backfill with POST /api/backfills instead (--dry-run works beside it)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	shop, err := installedShop(w.ctx, p.store, c.Shop)
	if err != nil {
		return err
	}
	desk := p.backfillDesk()
	var b backfills.Backfill
	if c.Resume != "" {
		b, err = desk.Resume(w.ctx, shop, c.Resume)
		if errors.Is(err, backfills.ErrOver) {
			err = nil // all its pages are read; imports may be left
		}
	} else {
		b, err = desk.Start(w.ctx, shop, want)
	}
	if errors.Is(err, backfills.ErrRunning) {
		return fmt.Errorf("%w: %s", err, p.running(w.ctx, shop))
	}
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(w.out, "backfill %s: orders created from %s to %s\n", b.ID, b.From.Format(time.RFC3339), b.To.Format(time.RFC3339))
	err = p.work(w.ctx, p.watch(w, shop, b.ID))
	if errors.Is(err, context.Canceled) {
		_, _ = fmt.Fprintf(w.out, "left here; `switchback serve` goes on with it, and so does `switchback backfill --resume %s`\n", b.ID)
	}
	return err
}

// running says how to go on with the backfill that is in the way.
func (p *program) running(ctx context.Context, shop shopify.Domain) string {
	list, err := p.store.Backfills(ctx, shop, 100)
	if err != nil {
		return err.Error()
	}
	var ids []string
	for _, b := range list {
		if b.State == backfills.Running {
			ids = append(ids, b.ID)
		}
	}
	return "go on with it: --resume " + strings.Join(ids, " or ")
}

// watch tells progress and whether all is done.
func (p *program) watch(w world, shop shopify.Domain, id string) func(context.Context) (bool, error) {
	var told string
	return func(ctx context.Context) (bool, error) {
		b, err := p.store.Backfill(ctx, shop, id)
		if err != nil {
			return false, err
		}
		left, err := p.unfinished(ctx, b.Cause())
		if err != nil {
			return false, err
		}
		line := fmt.Sprintf("%-8s found %d, imports %d (%d to go), skipped %d, %.0f a minute", b.State, b.Found, b.Imported, left, b.Skipped, b.Rate())
		if line != told {
			told = line
			_, _ = fmt.Fprintln(w.out, line)
		}
		if b.State == backfills.Failed {
			return false, fmt.Errorf("backfill %s: %s", b.ID, b.Message)
		}
		return b.State != backfills.Running && left == 0, nil
	}
}

// rehearse shows what a backfill would do. It opens the database read only,
// renews no token and sends nothing but reads.
func (c *backfillCommand) rehearse(w world, want backfills.Wanted) (err error) {
	if c.Resume != "" {
		return errors.New("--dry-run begins anew: want --from")
	}
	cfg, err := config.Load(w.environ, config.Encryption, config.ShopifyApp, config.TikTokApp)
	if err != nil {
		return err
	}
	kept, err := openStore(w.ctx, cfg, store.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, kept.Close()) }()
	p := &program{cfg: cfg, log: quietLog(cfg, w), store: kept, metrics: metrics.New(version())}
	p.reach()
	still := &stillTokens{store: kept}
	p.tiktok.Tokens, p.shopify.Tokens = stillTikTok{still}, stillShopify{still}
	shop, err := installedShop(w.ctx, kept, c.Shop)
	if err != nil {
		return err
	}
	connection, err := backfills.Choose(w.ctx, kept, shop, want.TikTokShop)
	if err != nil {
		return err
	}
	return p.rehearse(w, connection, want)
}

func (p *program) rehearse(w world, connection shops.Connection, want backfills.Wanted) error {
	counts := map[string]int{}
	lines := json.NewEncoder(w.out)
	lines.SetEscapeHTML(false)
	dry := &backfills.DryRun{TikTok: p.tiktok, Preview: p.importer().Preview}
	err := dry.Run(w.ctx, connection, want, func(preview orders.Preview) error {
		counts[strings.TrimSpace(string(preview.Action)+" "+preview.Reason)]++
		return lines.Encode(preview)
	})
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		_, _ = fmt.Fprintf(w.errs, "%6d  %s\n", counts[what], what)
	}
	_, _ = fmt.Fprintln(w.errs, "dry run: nothing was written")
	return err
}

func (p *program) backfillDesk() *backfills.Desk {
	return &backfills.Desk{Book: p.store, Connections: p.store, Now: time.Now}
}

func (p *program) backfillRunner() *backfills.Runner {
	return &backfills.Runner{
		Book: p.store, Connections: p.store, Ledger: p.store, TikTok: p.tiktok, Unfinished: p.unfinished, Now: time.Now, Log: p.log,
	}
}
