package main

import (
	"time"

	"github.com/switchbackhq/switchback/internal/config"
	"github.com/switchbackhq/switchback/internal/loop"
	"github.com/switchbackhq/switchback/internal/loopcheck"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/switches"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// newLoop makes the client for Loop's API.
func newLoop(cfg config.Config) *loop.Client {
	return &loop.Client{BaseURL: cfg.LoopAPIURL, HTTP: outgoing(), Limits: &loop.Limits{}}
}

// loopCheck is the job that follows a written order in a shop that gave a key.
func loopCheck(shop shopify.Domain, id tiktok.OrderID) orders.Job {
	return loopcheck.Args{Shop: shop, Order: id}
}

// loopChecker does that job.
func (p *program) loopChecker() *loopcheck.Checker {
	return &loopcheck.Checker{
		Keys: p.store, Ledger: p.store, Records: p.store, Loop: p.loop, Timeline: p.store,
		Exceptions: p.store, Jobs: p.store, Now: time.Now, RetryBase: p.cfg.RetryBase,
	}
}

// keyReview is the job that follows a key for Loop's API that was changed.
func keyReview(shop shopify.Domain) switches.Job { return loopcheck.KeyArgs{Shop: shop} }

// loopKeys does that job.
func (p *program) loopKeys() *loopcheck.Keyring {
	return &loopcheck.Keyring{Keys: p.store, Loop: p.loop, Exceptions: p.store, Waiting: p.store, Now: time.Now}
}

// loopTester tries an order in Loop when a person asks.
func (p *program) loopTester() *loopcheck.Tester {
	return &loopcheck.Tester{
		Keys: p.store, Ledger: p.store, Book: p.store, TikTok: p.tiktok, Loop: p.loop, Records: p.store, Timeline: p.store, Now: time.Now,
	}
}
