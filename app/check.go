package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/switchbackhq/switchback"
	"github.com/switchbackhq/switchback/internal/appconfig"
	"github.com/switchbackhq/switchback/internal/config"
	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/tokens"
)

// checkCommands are what `check` can check: everything, unless it is told what.
type checkCommands struct {
	All  checkCommand     `cmd:"" default:"1" help:"Configuration, tokens, scopes, webhooks and clock."`
	Loop checkLoopCommand `cmd:"" help:"Try one order in Loop with number and ZIP, as a buyer would, and take the return back."`
}

// checkCommand tells whether the program could do its work, line by line.
type checkCommand struct{}

// errChecks ends the command when a line is not ok.
var errChecks = errors.New("not everything is ok: see above")

// Run checks and prints one line each, with the fix where it is not ok.
func (checkCommand) Run(w world) error {
	r := &report{out: w.out}
	cfg, err := config.Load(w.environ, config.Encryption, config.ShopifyApp, config.TikTokApp)
	if err != nil {
		for line := range strings.Lines(err.Error()) {
			r.fault("configuration", strings.TrimSpace(line), "")
		}
		return errChecks
	}
	r.ok("configuration", "complete")
	ctx, cancel := context.WithTimeout(w.ctx, 2*time.Minute)
	defer cancel()
	r.clock(ctx, cfg)
	kept, err := openStore(ctx, cfg, store.Options{ReadOnly: true})
	if err != nil {
		r.fault("database", err.Error(), "run `switchback migrate`, or start the server once")
		return errChecks
	}
	defer func() { _ = kept.Close() }()
	if err := kept.Ping(ctx); err != nil {
		r.fault("database", err.Error(), "run `switchback migrate`, or start the server once")
		return errChecks
	}
	r.ok("database", "reachable and migrated")
	older, err := kept.UnderOlderKeys(ctx)
	if err != nil {
		r.fault("database", err.Error(), "run `switchback migrate`, or start the server once")
		return errChecks
	}
	r.keys(older)
	r.shops(ctx, cfg, kept)
	if r.faults > 0 {
		return errChecks
	}
	return nil
}

// report prints lines and counts what is not ok.
type report struct {
	out    io.Writer
	faults int
}

func (r *report) ok(what, found string) {
	_, _ = fmt.Fprintf(r.out, "ok     %-28s %s\n", what, found)
}

func (r *report) fault(what, found, fix string) {
	r.faults++
	_, _ = fmt.Fprintf(r.out, "FAULT  %-28s %s\n", what, found)
	if fix != "" {
		_, _ = fmt.Fprintf(r.out, "       %-28s fix: %s\n", "", fix)
	}
}

// mostSkew is half of what TikTok forgives ahead of its own clock.
const mostSkew = 15 * time.Second

const clockWithin = 10 * time.Second

// clock compares ours with TikTok's, which refuses requests from more than five
// minutes ago or half a minute ahead. What is asked is a call that TikTok knows
// and refuses for want of a token: only its answer's time is wanted.
func (r *report) clock(ctx context.Context, cfg config.Config) {
	const what = "clock, by TikTok"
	seen := &witness{next: outgoing().Transport}
	nobody := &tiktok.Client{
		BaseURL: cfg.TikTokAPIURL, AppKey: cfg.TikTokAppKey, AppSecret: cfg.TikTokAppSecret,
		HTTP: &http.Client{Transport: seen, Timeout: clockWithin}, Limits: &tiktok.Limits{},
	}
	_, err := nobody.AuthorizedShops(ctx, secret.New("none"))
	theirs, parseErr := http.ParseTime(seen.date)
	switch {
	case !seen.answered:
		r.fault(what, "TikTok cannot be reached: "+plain(err), "let this machine reach "+cfg.TikTokAPIURL)
	case parseErr != nil:
		r.ok(what, "TikTok told no time")
	case time.Since(theirs).Abs() > mostSkew:
		r.fault(what, fmt.Sprintf("off by %v", time.Since(theirs).Abs().Round(time.Second)), "synchronize this machine's clock (NTP)")
	default:
		r.ok(what, "right")
	}
}

// witness notes what time an answer was given.
type witness struct {
	next     http.RoundTripper
	answered bool
	date     string
}

// RoundTrip passes the request on.
func (w *witness) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := w.next.RoundTrip(request)
	if err == nil {
		w.answered, w.date = true, response.Header.Get("Date")
	}
	return response, err
}

// shops checks every installed shop and its TikTok connections. Tokens are
// looked at, not renewed: the database may be a running server's.
func (r *report) shops(ctx context.Context, cfg config.Config, kept *store.Store) {
	all, err := kept.Shops(ctx)
	if err != nil {
		r.fault("shops", err.Error(), "")
		return
	}
	if len(all) == 0 {
		r.ok("shops", "none has installed the app yet")
		return
	}
	still := &stillTokens{store: kept}
	hub := &shopify.Client{ShopURL: cfg.ShopifyShopURL, HTTP: outgoing(), Tokens: stillShopify{still}}
	sellers := &tiktok.Client{
		BaseURL: cfg.TikTokAPIURL, AuthURL: cfg.TikTokAuthURL, AppKey: cfg.TikTokAppKey, AppSecret: cfg.TikTokAppSecret,
		HTTP: outgoing(), Limits: &tiktok.Limits{}, Tokens: stillTikTok{still},
	}
	for _, shop := range all {
		r.scopes(ctx, hub, shop)
		connections, err := kept.Connections(ctx, shop.Domain)
		if err != nil {
			r.fault(string(shop.Domain), err.Error(), "")
			continue
		}
		if len(connections) == 0 {
			r.fault(string(shop.Domain), "no TikTok shop is connected", "open the app and connect TikTok")
		}
		for _, c := range connections {
			r.subscriptions(ctx, sellers, c, cfg.AppURL+"/webhooks/tiktok")
		}
	}
}

// scopes asks Shopify for the scopes, which proves the token too.
func (r *report) scopes(ctx context.Context, hub *shopify.Client, shop shops.Shop) {
	what := string(shop.Domain)
	granted, err := hub.GrantedScopes(ctx, shop.Domain)
	if err != nil {
		r.fault(what+" token", plain(err), "open the app in the Shopify admin once")
		return
	}
	declared, err := appconfig.Parse(switchback.AppTOML)
	if err != nil {
		r.fault(what, err.Error(), "")
		return
	}
	if missing := declared.MissingScopes(granted); len(missing) > 0 {
		r.fault(what+" scopes", "missing: "+strings.Join(missing, ", "), "deploy shopify.app.toml, then approve the new permissions in the admin")
		return
	}
	r.ok(what, "token good, scopes complete")
}

// subscriptions asks TikTok where it sends the shop's webhooks, which proves the token too.
func (r *report) subscriptions(ctx context.Context, sellers *tiktok.Client, c shops.Connection, address string) {
	what := "tiktok shop " + string(c.TikTokShop)
	if c.Off != shops.On {
		r.ok(what, "listed and off: "+string(c.Off))
		return
	}
	seat := tiktok.Seat{Holder: string(c.Shop), OpenID: c.OpenID, Shop: c.TikTokShop, Cipher: c.Cipher}
	hooks, err := sellers.Webhooks(ctx, seat)
	if err != nil {
		r.fault(what+" token", plain(err), "connect TikTok again from the app")
		return
	}
	var missing []string
	for _, event := range tiktok.Subscribed() {
		if !slices.ContainsFunc(hooks, func(h tiktok.Webhook) bool { return h.EventType == event && h.Address == address }) {
			missing = append(missing, string(event))
		}
	}
	if len(missing) > 0 {
		r.fault(what+" webhooks", "not sent here: "+strings.Join(missing, ", "), "disconnect and connect TikTok again, or set "+address+" in Partner Center")
		return
	}
	r.ok(what, "token good, webhooks come here")
}

// plain is an error for the terminal: the code's sentence where there is one.
func plain(err error) string {
	text := err.Error()
	if strings.HasPrefix(text, string(exceptions.ConnectionExpired)) {
		return exceptions.Describe(exceptions.ConnectionExpired).Sentence
	}
	if errors.Is(err, tokens.ErrNone) {
		return "no token is kept"
	}
	return text
}
