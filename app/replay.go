package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/inbox"
)

// replayCommand starts again what followed from webhooks that are kept, for
// support: after a fault was mended, or an account was connected late.
type replayCommand struct {
	Deliveries []string `arg:"" optional:"" help:"Delivery ids, as an order's timeline names them after \"webhook:\"."`
	From       string   `help:"Instead: all received from this moment on, 2026-01-31 (UTC) or 2026-01-31T08:00:00Z." placeholder:"TIME"`
	To         string   `help:"Moment after the last; now when absent." placeholder:"TIME"`
}

// Run puts the jobs into the queue; whoever runs it next does them.
func (c *replayCommand) Run(w world) (err error) {
	if (len(c.Deliveries) == 0) == (c.From == "") || c.From == "" && c.To != "" {
		return errors.New("want either delivery ids or --from")
	}
	since, err := parseMoment("--from", c.From)
	if err != nil {
		return err
	}
	until, err := parseMoment("--to", c.To)
	if err != nil {
		return err
	}
	if until.IsZero() {
		until = time.Now()
	}
	p, err := workable(w, "stop it first; a single order is better brought up to date with POST /api/orders/{id}/import")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.store.Close()) }()
	replayer := &inbox.Replayer{Kept: p.store, Accounts: p.store}
	var events, jobs int
	if c.From != "" {
		events, jobs, err = replayer.Span(w.ctx, since, until)
	}
	for _, id := range c.Deliveries {
		found, started, failed := replayer.Delivery(w.ctx, id)
		events, jobs, err = events+found, jobs+started, errors.Join(err, failed)
	}
	_, _ = fmt.Fprintf(w.out, "%d events, %d jobs in the queue; `switchback serve` does them\n", events, jobs)
	return err
}
