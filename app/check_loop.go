package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/config"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/loopcheck"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// checkLoopCommand tries one order in Loop as a buyer would. It writes nothing
// here, so it may run beside a serving process; at Loop it takes back what it began.
type checkLoopCommand struct {
	Order string `arg:"" help:"TikTok order number; # and spaces around it are ignored."`
}

// errNotInLoop ends the command when Loop does not find the order.
var errNotInLoop = errors.New("loop does not find the order: see above")

// Run finds the order's shop and prints what Loop says.
func (c *checkLoopCommand) Run(w world) error {
	id, err := tiktok.ParseOrderID(strings.TrimPrefix(strings.TrimSpace(c.Order), "#"))
	if err != nil {
		return err
	}
	cfg, err := config.Load(w.environ, config.Encryption, config.TikTokApp)
	if err != nil {
		return err
	}
	kept, err := openStore(w.ctx, cfg, store.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = kept.Close() }()
	ctx, cancel := context.WithTimeout(w.ctx, time.Minute)
	defer cancel()
	shop, err := shopOf(ctx, kept, id)
	if err != nil {
		return err
	}
	sellers := &tiktok.Client{
		BaseURL: cfg.TikTokAPIURL, AuthURL: cfg.TikTokAuthURL, AppKey: cfg.TikTokAppKey, AppSecret: cfg.TikTokAppSecret,
		HTTP: outgoing(), Limits: &tiktok.Limits{}, Tokens: stillTikTok{&stillTokens{store: kept}},
	}
	tester := &loopcheck.Tester{Keys: kept, Ledger: kept, Book: kept, TikTok: sellers, Loop: newLoop(cfg), Now: time.Now}
	report, err := tester.Test(ctx, shop, id)
	if errors.Is(err, loopcheck.ErrKeyMissing) {
		return fmt.Errorf("%s has no key for Loop's API: create one in Loop with the scopes Orders and Draft Returns, and save it in the settings (loop_api_key)", shop)
	}
	if err != nil {
		return err
	}
	tellReport(w.out, id, report)
	if !report.Found {
		return errNotInLoop
	}
	return nil
}

// shopOf finds the installed shop whose order it is.
func shopOf(ctx context.Context, kept *store.Store, id tiktok.OrderID) (shopify.Domain, error) {
	all, err := kept.Shops(ctx)
	if err != nil {
		return "", fmt.Errorf("list shops: %w", err)
	}
	for _, shop := range all {
		switch _, err := kept.Order(ctx, shop.Domain, id); {
		case err == nil:
			return shop.Domain, nil
		case !errors.Is(err, links.ErrNotFound):
			return "", fmt.Errorf("read order %s: %w", id, err)
		}
	}
	return "", fmt.Errorf("order %s is unknown: no webhook or import has named it", id)
}

// tellReport writes a test's outcome for a person in a terminal.
func tellReport(out io.Writer, id tiktok.OrderID, report loopcheck.Report) {
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(out, format+"\n", args...) }
	word := "ok    "
	if !report.Found {
		word = "FAULT "
	}
	p("%s order %s: %s", word, id, report.Message)
	for _, try := range report.Tries {
		p("       %-28s %s", map[string]string{"as_given": "ZIP as TikTok gives it", "first_five": "its first five digits"}[try.ZIP], try.Code)
	}
	if report.Fix != "" {
		p("       fix: %s", report.Fix)
	}
}
