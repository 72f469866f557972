package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/config"
	"github.com/switchbackhq/switchback/internal/inbox"
	"github.com/switchbackhq/switchback/internal/queue"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// replayCommand starts again what followed from webhooks that are kept, for
// support: after a fault was mended, or an account was connected late.
type replayCommand struct {
	Targets []string `arg:"" optional:"" name:"event|order" help:"Delivery ids, as an order's timeline names them after \"webhook:\", or TikTok order numbers."`
	From    string   `help:"Instead: all received from this moment on, 2026-01-31 (UTC) or 2026-01-31T08:00:00Z." placeholder:"TIME"`
	To      string   `help:"Moment after the last; now when absent." placeholder:"TIME"`
	DryRun  bool     `help:"Print which jobs would be started, and start none. It may run beside the server."`
	Yes     bool     `help:"Also what takes away a shop's tokens or data: app/uninstalled and shop/redact."`
	since   time.Time
	until   time.Time
}

// Run starts the jobs, does them, and prints what they changed.
func (c *replayCommand) Run(w world) (err error) {
	if err := c.read(); err != nil {
		return err
	}
	if c.DryRun {
		return c.look(w)
	}
	p, err := workable(w, "stop it first, or see with --dry-run what would be done; a single order is better brought up to date with POST /api/orders/{id}/import")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	plan, err := c.plan(w.ctx, p.store)
	if err != nil {
		return err
	}
	if n := ends(plan); n > 0 && !c.Yes {
		c.tell(w, plan)
		return fmt.Errorf("%d of these events take away what a shop has here, as far as it is from before them: add --yes if that is meant", n)
	}
	return p.replay(w, plan)
}

// read understands the arguments.
func (c *replayCommand) read() (err error) {
	if (len(c.Targets) == 0) == (c.From == "") || c.From == "" && c.To != "" {
		return errors.New("want either delivery ids and order numbers, or --from")
	}
	if c.since, err = parseMoment("--from", c.From); err != nil {
		return err
	}
	if c.until, err = parseMoment("--to", c.To); err != nil {
		return err
	}
	if c.until.IsZero() {
		c.until = time.Now()
	}
	return nil
}

// look prints what would be done.
func (c *replayCommand) look(w world) error {
	cfg, err := config.Load(w.environ, config.Encryption)
	if err != nil {
		return err
	}
	kept, err := openStore(w.ctx, cfg, store.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = kept.Close() }()
	plan, err := c.plan(w.ctx, kept)
	if err != nil {
		return err
	}
	c.tell(w, plan)
	return nil
}

// tell prints events and jobs, by their ids alone.
func (c *replayCommand) tell(w world, plan []inbox.Consequence) {
	for _, one := range plan {
		e, kinds := one.Event, make([]string, len(one.Jobs))
		for n, job := range one.Jobs {
			kinds[n] = job.Kind()
		}
		line := fmt.Sprintf("%s  %s %s  %s", e.ReceivedAt.UTC().Format("2006-01-02 15:04:05"), e.Source, e.Topic, e.DeliveryID)
		if about := string(e.Order) + string(e.ShopifyOrder); about != "" {
			line += "  of " + about
		}
		line += ": "
		switch {
		case len(kinds) == 0:
			line += "nothing follows"
		case one.Ends():
			line += strings.Join(kinds, ", ") + " (takes away what the shop has here; needs --yes)"
		default:
			line += strings.Join(kinds, ", ")
		}
		_, _ = fmt.Fprintln(w.out, line)
	}
	_, _ = fmt.Fprintf(w.out, "%d events, %d jobs; nothing was started\n", len(plan), jobsOf(plan))
}

// plan finds what followed from all that the arguments name, each event once.
func (c *replayCommand) plan(ctx context.Context, kept *store.Store) ([]inbox.Consequence, error) {
	replayer := &inbox.Replayer{Kept: kept, Accounts: kept}
	if c.From != "" {
		return replayer.Span(ctx, c.since, c.until)
	}
	var plan []inbox.Consequence
	known := map[string]bool{}
	for _, target := range c.Targets {
		found, err := findTarget(ctx, kept, replayer, strings.TrimPrefix(strings.TrimSpace(target), "#"))
		if err != nil {
			return nil, err
		}
		for _, one := range found {
			if !known[one.Event.ID] {
				known[one.Event.ID] = true
				plan = append(plan, one)
			}
		}
	}
	return plan, nil
}

// findTarget finds a delivery or, as both are numbers at TikTok, an order of that id.
func findTarget(ctx context.Context, kept *store.Store, replayer *inbox.Replayer, target string) ([]inbox.Consequence, error) {
	found, err := replayer.Delivery(ctx, strings.TrimPrefix(target, "webhook:"))
	if !errors.Is(err, inbox.ErrNoDelivery) {
		return found, err
	}
	id, notOrder := tiktok.ParseOrderID(target)
	if notOrder != nil {
		return nil, err
	}
	shops, failed := kept.Shops(ctx)
	if failed != nil {
		return nil, fmt.Errorf("list shops: %w", failed)
	}
	domains := make([]shopify.Domain, len(shops))
	for n, shop := range shops {
		domains[n] = shop.Domain
	}
	found, failed = replayer.Order(ctx, domains, id)
	if failed == nil && len(found) == 0 {
		return nil, fmt.Errorf("%w, nor any about an order %s: `switchback import` asks TikTok for it", err, id)
	}
	return found, failed
}

// replay does the jobs and prints what they changed.
func (p *program) replay(w world, plan []inbox.Consequence) error {
	orders, err := p.about(w.ctx, plan)
	if err != nil {
		return err
	}
	before, err := p.accounts(w.ctx, orders)
	if err != nil {
		return err
	}
	mark := "replay:" + rand.Text()[:10]
	replayer := &inbox.Replayer{Kept: p.store, Accounts: p.store}
	if err := replayer.Start(queue.Marked(w.ctx, mark), plan); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(w.out, "%d events, %d jobs\n", len(plan), jobsOf(plan))
	told := -1
	err = p.work(w.ctx, func(ctx context.Context) (bool, error) {
		left, err := p.queue.UnfinishedOf(ctx, mark)
		if left != told && left > 0 {
			told = left
			_, _ = fmt.Fprintf(w.errs, "%d jobs to go; Ctrl-C leaves them to `switchback serve`\n", left)
		}
		return left == 0, err
	})
	if err != nil {
		return err
	}
	after, err := p.accounts(w.ctx, orders)
	if err != nil {
		return err
	}
	compare(w.out, orders, before, after)
	return nil
}

func ends(plan []inbox.Consequence) (n int) {
	for _, one := range plan {
		if one.Ends() {
			n++
		}
	}
	return n
}

func jobsOf(plan []inbox.Consequence) (n int) {
	for _, one := range plan {
		n += len(one.Jobs)
	}
	return n
}
