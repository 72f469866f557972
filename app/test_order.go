package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/switchbackhq/switchback/internal/loopcheck"
	"github.com/switchbackhq/switchback/internal/testorders"
)

// testOrderCommand sends a test order and waits for its end.
type testOrderCommand struct {
	Shop string `help:"Shopify shop to send it to; needed when several have the app." placeholder:"NAME.myshopify.com"`
}

// errTestOrder ends the command when a step failed.
var errTestOrder = errors.New("the test order failed: see above")

// Run starts, or goes on with, a test order and prints each step as it ends.
func (c *testOrderCommand) Run(w world) (err error) {
	p, err := workable(w, "send the test order in the app, or with POST /api/test-order")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	shop, err := installedShop(w.ctx, p.store, c.Shop)
	if err != nil {
		return err
	}
	run, err := p.testOrderDesk().Start(w.ctx, shop)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(w.out, "test order %s in %s\n", run.ID, shop)
	told := 0
	err = p.work(w.ctx, func(ctx context.Context) (bool, error) {
		if run, err = p.store.TestOrder(ctx, shop, run.ID); err != nil {
			return false, err
		}
		tellSteps(w.out, run.Steps[told:])
		told = len(run.Steps)
		return run.State != testorders.Running, nil
	})
	if errors.Is(err, context.Canceled) {
		_, _ = fmt.Fprintln(w.out, "left here; `switchback serve` goes on with it and cleans up, and so does this command")
	}
	if err == nil && run.State == testorders.Failed {
		err = errTestOrder
	}
	return err
}

// tellSteps writes steps for a person in a terminal.
func tellSteps(out io.Writer, steps []testorders.Step) {
	words := map[testorders.Outcome]string{testorders.OK: "ok", testorders.Information: "info", testorders.NotOK: "FAULT"}
	for _, step := range steps {
		_, _ = fmt.Fprintf(out, "%-6s %-8s %s\n", words[step.Outcome], step.Name, step.Message)
	}
}

func (p *program) testOrderDesk() *testorders.Desk {
	return &testorders.Desk{Book: p.store, Now: time.Now}
}

func (p *program) testOrderRunner() *testorders.Runner {
	return &testorders.Runner{
		Book: p.store, Shops: p.store, Shopify: p.shopify, Loop: &loopcheck.Asker{Keys: p.store, Loop: p.loop}, Timeline: p.store,
		Now: time.Now, RetryBase: p.cfg.RetryBase, Log: p.log,
	}
}
