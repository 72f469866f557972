package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/config"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/queue"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store"
)

// workable is the program without listener and without jobs of its own accord,
// for a command that does a piece of work and ends. On SQLite nobody else may
// have the database; other is what to do then.
func workable(w world, other string) (*program, error) {
	cfg, err := config.Load(w.environ, config.Encryption, config.ShopifyApp, config.TikTokApp)
	if err != nil {
		return nil, err
	}
	p, err := join(w.ctx, cfg, quietLog(cfg, w))
	if errors.Is(err, store.ErrInUse) {
		return nil, fmt.Errorf("a running `switchback serve` has this database: %s", other)
	}
	if err != nil {
		return nil, err
	}
	p.queue, err = queue.New(queue.Options{Store: p.store, Workers: p.workers(), Carry: p.tracer.Carry, Logger: p.log})
	if err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

// quietLog is a command's: warnings, or less if the operator wants less.
func quietLog(cfg config.Config, w world) *slog.Logger {
	cfg.LogLevel = max(cfg.LogLevel, slog.LevelWarn)
	return newLog(cfg, w.errs)
}

// work runs the queue until done says so, or ctx ends. What is not done then
// stays in the database for whoever runs the queue next.
func (p *program) work(ctx context.Context, done func(context.Context) (bool, error)) error {
	if err := p.queue.Start(ctx); err != nil {
		return err
	}
	return errors.Join(ask(ctx, done), p.queue.Stop(context.WithoutCancel(ctx)))
}

// ask asks until the answer is yes.
func ask(ctx context.Context, done func(context.Context) (bool, error)) error {
	ticks := time.NewTicker(100 * time.Millisecond)
	defer ticks.Stop()
	for {
		is, err := done(ctx)
		if is || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticks.C:
		}
	}
}

// unfinished counts the imports with that cause that are not done with.
func (p *program) unfinished(ctx context.Context, cause string) (int, error) {
	return p.queue.Unfinished(ctx, orders.ImportArgs{}.Kind(), cause)
}

// installedShop is the shop that the operator named or, when only one has the
// app, that one.
func installedShop(ctx context.Context, kept *store.Store, named string) (shopify.Domain, error) {
	all, err := kept.Shops(ctx)
	if err != nil {
		return "", fmt.Errorf("list shops: %w", err)
	}
	var installed []string
	for _, shop := range all {
		if !shop.Installed() {
			continue
		}
		if named != "" && strings.EqualFold(string(shop.Domain), named) {
			return shop.Domain, nil
		}
		installed = append(installed, string(shop.Domain))
	}
	switch {
	case len(installed) == 0:
		return "", errors.New("no shop has the app: install it first")
	case named != "":
		return "", fmt.Errorf("--shop %s: it has not the app; these have: %s", named, strings.Join(installed, ", "))
	case len(installed) > 1:
		return "", fmt.Errorf("several shops have the app: name one with --shop: %s", strings.Join(installed, ", "))
	}
	return shopify.Domain(installed[0]), nil
}
