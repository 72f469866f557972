package main

import (
	"context"
	"slices"
	"time"

	"github.com/switchbackhq/switchback/internal/connections"
	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fulfillments"
	"github.com/switchbackhq/switchback/internal/installs"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/privacy"
	"github.com/switchbackhq/switchback/internal/queue"
	"github.com/switchbackhq/switchback/internal/refunds"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/sweep"
	"github.com/switchbackhq/switchback/internal/tokens"
)

// watchEvery is how often TikTok's subscriptions are checked and repaired.
const watchEvery = time.Hour

// privacyEvery is how often it is looked whose data has to go.
const privacyEvery = 6 * time.Hour

// watching adds the workers of all that is looked at without being told of it:
// orders that no webhook named, deadlines, causes that went away, connections that ended.
func (p *program) watching(w *queue.Workers) {
	poller := &orders.Poller{Store: p.store, TikTok: p.tiktok, Interval: p.cfg.PollInterval, Now: time.Now, Log: p.log}
	rechecker := &orders.Rechecker{Store: p.store, Interval: p.cfg.PollInterval, Now: time.Now}
	watcher := &connections.Watcher{
		Connections: p.store, TikTok: p.tiktok, WebhookURL: p.connector.WebhookURL, Renewed: renewed, Log: p.log,
	}
	deadlines := &fulfillments.Watcher{Store: p.store, Now: time.Now}
	sweeper := &sweep.Sweeper{
		Store: p.store, Shopify: p.shopify, Legs: []sweep.Leg{&fulfillments.Missed{Ledger: p.store}, &refunds.Missed{Ledger: p.store}},
		Interval: p.cfg.PollInterval, Now: time.Now, Log: p.log,
	}
	reviewer := &connections.Reviewer{Accesses: p.store, Exceptions: p.store, Now: time.Now}
	queue.Handle(w, poller.Poll)
	queue.Handle(w, poller.PollShop)
	queue.Handle(w, rechecker.Recheck)
	queue.Handle(w, rechecker.Resume)
	queue.Handle(w, deadlines.Watch)
	queue.Handle(w, sweeper.Sweep)
	queue.Handle(w, sweeper.SweepShop)
	queue.Handle(w, watcher.Watch)
	queue.Handle(w, watcher.Check)
	queue.Handle(w, watcher.Deauthorize)
	queue.Handle(w, reviewer.Review)
	queue.Handle(w, reviewer.Expiring)
	keeper := &privacy.Keeper{Book: p.store, Now: time.Now, Log: p.log}
	queue.Handle(w, keeper.Take)
	queue.Handle(w, keeper.Round)
	queue.Handle(w, keeper.Shop)
}

// watches are the jobs that come again and again for it.
func (p *program) watches() []queue.Periodic {
	return []queue.Periodic{
		queue.Every(p.cfg.PollInterval, orders.PollArgs{}),
		queue.Every(p.cfg.PollInterval, orders.RecheckArgs{}),
		queue.Every(p.cfg.PollInterval, fulfillments.RecheckArgs{}),
		queue.Every(p.cfg.PollInterval, fulfillments.WatchArgs{}),
		queue.Every(p.cfg.PollInterval, refunds.PollArgs{}),
		queue.Every(p.cfg.PollInterval, refunds.RecheckArgs{}),
		queue.Every(p.cfg.PollInterval, sweep.Args{}),
		queue.Every(watchEvery, connections.WatchArgs{}),
		queue.Every(privacyEvery, privacy.RoundArgs{}),
	}
}

// refused has the merchant told that a platform renews a token no more.
func refused(key tokens.Key) []tokens.Job {
	return []tokens.Job{connections.ReviewArgs{Shop: shopify.Domain(key.Shop)}}
}

// reviews look again at what concerns a whole shop. A connection is tried at
// TikTok itself, which may have changed its mind and told nobody.
func (p *program) reviews(ctx context.Context, e exceptions.Exception) ([]orders.Job, error) {
	if e.Code == exceptions.LoopKeyRefused {
		return []orders.Job{keyReview(e.Shop)}, nil
	}
	if e.Code == exceptions.PrivacyRequest {
		return []orders.Job{privacy.ShopArgs{Shop: e.Shop}}, nil
	}
	list, err := p.store.Connections(ctx, e.Shop)
	if err != nil {
		return nil, err
	}
	jobs := []orders.Job{connections.ReviewArgs{Shop: e.Shop}}
	for _, c := range list {
		if c.Off == shops.On || c.Off == shops.OffDeauthorized {
			jobs = append(jobs, connections.CheckArgs{Shop: c.Shop, TikTokShop: c.TikTokShop})
		}
	}
	return jobs, nil
}

// reopened takes up what waited for the shop's token at Shopify.
func reopened(shop shopify.Domain) []installs.Job {
	return append(renewed(shop), connections.ReviewArgs{Shop: shop})
}

// renewed lists what may go on in every leg once a shop's access was renewed.
func renewed(shop shopify.Domain) []orders.Job {
	return slices.Concat(orders.Renewed(shop), fulfillments.Renewed(shop), refunds.Renewed(shop))
}
