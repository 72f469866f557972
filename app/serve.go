package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/switchbackhq/switchback"
	"github.com/switchbackhq/switchback/app/routes"
	"github.com/switchbackhq/switchback/internal/appconfig"
	"github.com/switchbackhq/switchback/internal/config"
	"github.com/switchbackhq/switchback/internal/connections"
	"github.com/switchbackhq/switchback/internal/fulfillments"
	"github.com/switchbackhq/switchback/internal/inbox"
	"github.com/switchbackhq/switchback/internal/installs"
	"github.com/switchbackhq/switchback/internal/loop"
	"github.com/switchbackhq/switchback/internal/metrics"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/privacy"
	"github.com/switchbackhq/switchback/internal/queue"
	"github.com/switchbackhq/switchback/internal/refunds"
	"github.com/switchbackhq/switchback/internal/returns"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/switches"
	"github.com/switchbackhq/switchback/internal/telemetry"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
	"github.com/switchbackhq/switchback/internal/tokens"
)

// serveCommand runs the program until it is told to stop.
type serveCommand struct {
	Role role `enum:"web,worker,all" default:"all" help:"What this process does: 'web' takes requests and deliveries, 'worker' runs jobs, 'all' does both. On SQLite only 'all'."`
}

// Run loads the configuration, builds the program and serves.
func (c serveCommand) Run(w world) error {
	cfg, err := config.Load(w.environ, config.Encryption, config.ShopifyApp, config.TikTokApp)
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(w.ctx, "tcp", fmt.Sprintf(":%d", cfg.Port))
	if err != nil {
		return fmt.Errorf("listen on port %d: %w", cfg.Port, err)
	}
	return serve(w.ctx, cfg, c.Role, newLog(cfg, w.errs), listener)
}

// program is Switchback: its parts, and how they are joined.
type program struct {
	cfg     config.Config
	role    role
	log     *slog.Logger
	store   *store.Store
	app     *shopify.App
	shopify *shopify.Client
	tiktok  *tiktok.Client
	// carriers is one for all, as it remembers.
	carriers *fulfillments.Directory
	loop     *loop.Client

	installer *installs.Installer
	connector *connections.Connector

	metrics *metrics.Metrics
	// tracer is nil where no traces are wanted.
	tracer  *telemetry.Tracer
	queue   *queue.Queue
	handler http.Handler
	// full answers who comes when all connections are taken.
	full http.Handler
}

// build opens the database, brings it to this version, and joins the parts:
// store, platforms, features, jobs, routes.
func build(ctx context.Context, cfg config.Config, as role, log *slog.Logger) (*program, error) {
	if err := as.fits(cfg); err != nil {
		return nil, err
	}
	p, err := join(ctx, cfg, log)
	if err != nil {
		return nil, err
	}
	p.role = as
	options := queue.Options{Store: p.store, Carry: p.tracer.Carry, Logger: p.log}
	if as.runsJobs() {
		options.Workers = p.workers()
		options.Periodic = append(p.watches(), queue.Every(24*time.Hour, inbox.PruneArgs{}))
	}
	p.queue, err = queue.New(options)
	if err != nil {
		return nil, errors.Join(err, p.close())
	}
	p.measure()
	declared, err := appconfig.Parse(switchback.AppTOML)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read shopify.app.toml: %w", err), p.close())
	}
	outside := p.routes(declared)
	p.handler, p.full = as.handler(outside), routes.Full(outside)
	return p, nil
}

// join is what serve and the commands that do work have in common: all but the
// queue and the routes.
func join(ctx context.Context, cfg config.Config, log *slog.Logger) (*program, error) {
	numbers := metrics.New(version())
	log = slog.New(numbers.Log(log.Handler()))
	kept, err := openStore(ctx, cfg, store.Options{Logger: log})
	if err != nil {
		return nil, err
	}
	if err := queue.Migrate(ctx, kept); err != nil {
		return nil, errors.Join(fmt.Errorf("migrate: %w", err), kept.Close())
	}
	tracer, err := startTracer(ctx, cfg, log)
	if err != nil {
		return nil, errors.Join(err, kept.Close())
	}
	p := &program{cfg: cfg, log: log, store: kept, metrics: numbers, tracer: tracer}
	p.reach()
	p.installer = &installs.Installer{Book: kept, Grants: p.app, Shops: p.shopify, Renewed: reopened, Now: time.Now, Log: log}
	p.connector = &connections.Connector{
		Book: kept, States: kept, Seller: p.tiktok, Subscriptions: p.tiktok,
		WebhookURL: cfg.AppURL + "/webhooks/tiktok", Renewed: renewed, Now: time.Now, Log: log,
	}
	return p, nil
}

// reach makes the platforms' clients. Each call is told to the timeline of the
// order it is made for.
func (p *program) reach() {
	cfg := p.cfg
	recorder := &timeline.Recorder{
		Writer: p.store, Now: time.Now,
		Failed: func(err error) { p.log.Error("timeline.lost", "error", err) },
	}
	p.app = &shopify.App{ShopURL: cfg.ShopifyShopURL, APIKey: cfg.ShopifyAPIKey, APISecret: cfg.ShopifyAPISecret, HTTP: outgoing()}
	p.tiktok = &tiktok.Client{
		BaseURL: cfg.TikTokAPIURL, AuthURL: cfg.TikTokAuthURL, AuthorizeURL: cfg.TikTokAuthorizeURL,
		AppKey: cfg.TikTokAppKey, AppSecret: cfg.TikTokAppSecret, ServiceID: cfg.TikTokServiceID,
		HTTP: outgoing(), Limits: &tiktok.Limits{}, Observe: p.observe("tiktok", recorder),
	}
	p.carriers = &fulfillments.Directory{Choices: p.store, TikTok: p.tiktok, Now: time.Now}
	p.loop = newLoop(cfg)
	p.loop.Observe = p.observe("loop", recorder)
	refresher := &tokens.Refresher{Store: p.store, Refresh: refresh(p.app, p.tiktok), Refused: refused, Now: time.Now, Log: p.log}
	p.tiktok.Tokens = tiktokTokens{refresher}
	p.shopify = &shopify.Client{
		ShopURL: cfg.ShopifyShopURL, HTTP: outgoing(), Tokens: shopifyTokens{refresher},
		Observe: p.observe("shopify", recorder),
	}
}

// importer brings single orders in.
func (p *program) importer() *orders.Importer {
	return &orders.Importer{
		Book: p.store, Ledger: p.store, Exceptions: p.store, Timeline: p.store, TikTok: p.tiktok, Shopify: p.shopify, Shipments: p.follower(),
		Now: time.Now, RetryBase: p.cfg.RetryBase, LoopCheck: loopCheck, Returns: returned, Log: p.log,
	}
}

// workers are the methods that do the jobs.
func (p *program) workers() *queue.Workers {
	importer := p.importer()
	referrer := &orders.Referrer{Book: p.store, Ledger: p.store, Timeline: p.store, TikTok: p.tiktok, Interval: p.cfg.PollInterval, Now: time.Now}
	releaser := &orders.Releaser{Store: p.store}
	registrar := &installs.Registrar{Registry: p.store, Scopes: p.shopify, Farewell: p.connector, Granted: renewed, Log: p.log}
	pruner := &inbox.Pruner{Events: p.store, Now: time.Now}

	w := queue.NewWorkers(p.cfg.RetryBase, p.log)
	w.Observe = p.metrics.Job
	if p.tracer != nil {
		w.Trace = p.tracer.Job
	}
	queue.Handle(w, importer.Import)
	queue.Handle(w, importer.Choose)
	queue.Handle(w, p.desk().RetryPage)
	queue.Handle(w, referrer.Reference)
	queue.Handle(w, p.loopChecker().Check)
	queue.Handle(w, p.loopKeys().Review)
	queue.Handle(w, releaser.Release)
	queue.Handle(w, registrar.Uninstall)
	queue.Handle(w, registrar.Erase)
	queue.Handle(w, registrar.UpdateScopes)
	p.shipping(w)
	p.refunding(w)
	p.watching(w)
	queue.Handle(w, pruner.Prune)
	queue.Handle(w, p.backfillRunner().Page)
	queue.Handle(w, p.testOrderRunner().Run)
	return w
}

// routes is what the outside reaches.
func (p *program) routes(declared appconfig.App) routes.Deps {
	return routes.Deps{
		AppURL: p.cfg.AppURL, AdminURL: p.cfg.ShopifyAdminURL, CDNURL: p.cfg.ShopifyCDNURL, TrustedProxies: p.cfg.TrustedProxies,
		APIKey: p.cfg.ShopifyAPIKey, Secrets: shopifySecrets(p.cfg),
		TikTokAppKey: p.cfg.TikTokAppKey, TikTokAppSecret: p.cfg.TikTokAppSecret,
		MissingScopes: declared.MissingScopes,
		Now:           time.Now, Log: p.log, Trace: p.traceRequests(),
		Parts: p.parts(),
		Inbox: &inbox.Receiver{Accounts: p.store, Keeper: p.store, Now: time.Now},
		Shops: p.store, OAuth: p.app, Installer: p.installer, Connector: p.connector,
		Overview: p.store, Figures: p.store, Backlog: p.queue, Settings: p.store, Panel: &switches.Panel{Store: p.store, KeyReview: keyReview},
		Ledger: p.store, Contents: p.store, Written: p.store, Open: p.store, Work: p.desk(), Piles: p.store, Bulk: p.desk(), Variants: p.shopify, Loop: p.store, LoopTest: p.loopTester(), Backfills: p.backfillDesk(),
		SKUs: p.store, Mapper: &orders.Mapper{Tables: p.store}, TestOrders: p.testOrderDesk(), Guide: p.guideDesk(), GuideNotes: p.guideDesk(),
		Carriers: p.store, Chooser: &fulfillments.Chooser{Table: p.store},
		Refunds: p.store, Reasons: p.store, RefundDesk: &refunds.Desk{Files: p.store, Now: time.Now}, Reconciler: &refunds.Reporter{Records: p.store},
		Privacy: &privacy.Desk{Records: p.store, Now: time.Now},
		Returns: &returns.Desk{Book: p.store, Ledger: p.store, Importer: p.desk(), Counter: p.store, Now: time.Now, Log: p.log},
	}
}

// openStore opens the database that the configuration names.
func openStore(ctx context.Context, cfg config.Config, o store.Options) (*store.Store, error) {
	keyring, err := secret.ParseKeyring(cfg.EncryptionKey.Reveal())
	if err != nil {
		return nil, fmt.Errorf("read ENCRYPTION_KEY: %w", err)
	}
	o.Keyring = keyring
	return store.Open(ctx, cfg.DatabaseURL.Reveal(), o)
}

// shopifySecrets are those a webhook may be signed with: during rotation two.
func shopifySecrets(cfg config.Config) []secret.String {
	secrets := []secret.String{cfg.ShopifyAPISecret}
	if !cfg.ShopifyAPISecretOld.Empty() {
		secrets = append(secrets, cfg.ShopifyAPISecretOld)
	}
	return secrets
}

// outgoing is a client for one platform: bounded waits, connections kept.
func outgoing() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 16
	transport.ResponseHeaderTimeout = 20 * time.Second
	return &http.Client{Transport: transport, Timeout: 25 * time.Second}
}

// serve builds the program and runs it on the listener until ctx ends.
func serve(ctx context.Context, cfg config.Config, as role, log *slog.Logger, listener net.Listener) (err error) {
	p, err := build(ctx, cfg, as, log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { err = errors.Join(err, p.close()) }()
	if as.runsJobs() {
		if err := p.queue.Start(ctx); err != nil {
			return errors.Join(err, listener.Close())
		}
	}
	log.Info("serving", "version", version(), "role", string(as), "pid", os.Getpid(), "address", listener.Addr().String(), "config", cfg)
	return p.run(ctx, listener)
}

// run answers until ctx ends. Then open requests and running jobs end side by
// side, so that the process is gone within 25 seconds.
func (p *program) run(ctx context.Context, listener net.Listener) error {
	running, end := context.WithCancel(ctx)
	stopped := make(chan error, 1)
	go func() {
		<-running.Done()
		if p.role.runsJobs() {
			stopped <- p.queue.Stop(context.WithoutCancel(ctx))
		}
		close(stopped)
	}()
	err := p.answer(ctx, listener)
	end()
	return errors.Join(err, <-stopped)
}

const (
	// Webhooks are answered within three seconds; a client that takes longer to ask is not one of the platforms.
	readTimeout  = 15 * time.Second
	writeTimeout = 40 * time.Second
	// stopWithin is how long open requests may take to end.
	stopWithin   = 10 * time.Second
	mostHeader   = 16 << 10
	idleTimeout  = 2 * time.Minute
	headerWithin = 5 * time.Second
)

// brisk is a server that waits for nobody longer than that.
func brisk(handler http.Handler) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: headerWithin, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: mostHeader,
	}
}

// answer serves HTTP until ctx ends, then lets open requests finish.
func (p *program) answer(ctx context.Context, listener net.Listener) error {
	server := brisk(p.handler)
	server.ErrorLog = slog.NewLogLogger(p.log.Handler(), slog.LevelDebug)
	metrics := p.startMetrics(ctx)
	failed := make(chan error, 1)
	admitted := newCrowd(mostConnections).admit(listener, mostStanding, server, p.full)
	go func() { failed <- server.Serve(admitted) }()
	select {
	case err := <-failed:
		return errors.Join(fmt.Errorf("serve: %w", err), metrics(ctx))
	case <-ctx.Done():
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	p.log.Info("stopping")
	return errors.Join(server.Shutdown(closing), metrics(closing))
}
