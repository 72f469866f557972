package sweep_test

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/sweep"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/tokens"
)

const (
	shop       shopify.Domain = "stoneware.myshopify.com"
	sweepEvery                = 5 * time.Minute
)

// scene is the sweeper between the simulated Shopify and a real store, on a clock of its own.
type scene struct {
	*testing.T
	mu      sync.Mutex
	now     time.Time
	shopify *shopifysim.Sim
	store   *store.Store
	pages   *pages
	sweeper *sweep.Sweeper
	leg     *recorder
	jobs    []store.Job
	placed  int
}

func setUp(t *testing.T, options shopifysim.Options) *scene {
	t.Helper()
	s := &scene{T: t, now: time.Unix(1795110000, 0).UTC(), leg: &recorder{}}
	options.APIKey, options.APISecret, options.Now, options.BucketSize, options.RestoreRate = "key", "secret", s.Now, 1e6, 1e6
	options.Scopes = []string{"write_orders", "write_fulfillments"}
	s.shopify = shopifysim.New(options)
	s.must(s.shopify.AddShop(shopifysim.ShopSpec{Domain: string(shop)}))
	path := filepath.Join(t.TempDir(), "switchback.db")
	blank, err := migrated()
	s.must(err)
	s.must(os.WriteFile(path, blank, 0o600))
	s.store, err = open(t.Context(), path, s.Now)
	s.must(err)
	t.Cleanup(func() { _ = s.store.Close() })
	s.store.HandJobsTo(s)
	server := httptest.NewServer(s.shopify.Handler())
	t.Cleanup(server.Close)
	app := shopify.App{ShopURL: server.URL + "/{shop}", APIKey: "key", APISecret: secret.New("secret"), HTTP: http.DefaultClient, Now: s.Now}
	s.install()
	client := &shopify.Client{ShopURL: app.ShopURL, HTTP: http.DefaultClient, Now: s.Now, Tokens: &fresh{scene: s, app: app}}
	s.pages = &pages{client: client}
	s.sweeper = &sweep.Sweeper{
		Store: s.store, Shopify: s.pages, Legs: []sweep.Leg{s.leg}, Interval: sweepEvery, Now: s.Now,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	t.Cleanup(func() {
		for _, v := range s.shopify.Violations() {
			t.Errorf("contract violated: %v", v)
		}
	})
	return s
}

func open(ctx context.Context, path string, now func() time.Time) (*store.Store, error) {
	ring, err := secret.ParseKeyring(base64.StdEncoding.EncodeToString(make([]byte, 32)))
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, "sqlite:"+path, store.Options{Keyring: ring, Now: now})
}

// migrated is a database as the program makes it, to be copied: making it takes longer than most tests.
var migrated = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "sweep-test-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	path := filepath.Join(folder, "switchback.db")
	blank, err := open(context.Background(), path, time.Now)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(blank.Migrate(context.Background()), blank.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

func (s *scene) install() {
	s.Helper()
	_, err := s.store.InstallShop(s.Context(), shops.Shop{Domain: shop, Name: "Stoneware", Currency: "USD", TimeZone: "UTC"},
		tokens.Pair{Access: secret.New("a"), Refresh: secret.New("r"), AccessExpiresAt: s.now.Add(time.Hour), RefreshExpiresAt: s.now.Add(time.Hour)})
	s.must(err)
	s.set(func(settings *shops.Settings) { settings.PullFulfillments = true })
}

func (s *scene) set(change func(*shops.Settings)) {
	s.Helper()
	_, err := s.store.ChangeSettings(s.Context(), shop, func(settings *shops.Settings) ([]store.Job, error) { change(settings); return nil, nil })
	s.must(err)
}

func (s *scene) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *scene) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *scene) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

// InsertJobs keeps the jobs that units of work left behind.
func (s *scene) InsertJobs(_ context.Context, _ *sql.Conn, _ *sql.Tx, jobs []store.Job) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.jobs = append(s.jobs, jobs...)
	return nil
}

// theirs places an order in Shopify that is none of ours.
func (s *scene) theirs() shopify.GID {
	s.Helper()
	s.placed++
	line := shopifysim.Line{SKU: "MUG", Title: "Mug", Quantity: 2, Price: 1800, RequiresShipping: true}
	gid, err := s.shopify.InjectOrder(string(shop), shopifysim.Order{Name: fmt.Sprint("#", s.placed), Lines: []shopifysim.Line{line}})
	s.must(err)
	return shopify.GID(gid)
}

// ours places one that the ledger knows.
func (s *scene) ours() tiktok.OrderID {
	s.Helper()
	gid, now := s.theirs(), s.Now()
	row := links.Order{Shop: shop, ID: tiktok.OrderID(fmt.Sprintf("5769%014d", s.placed)), State: links.Written, ShopifyOrder: gid, WrittenAt: &now}
	lease, err := s.store.LeaseOrder(s.Context(), shop, row.ID, time.Minute)
	s.must(err)
	s.must(s.store.SaveOrder(s.Context(), lease, row))
	return row.ID
}

// sell places so many of ours, each so long after the one before.
func (s *scene) sell(n int, apart time.Duration) []tiktok.OrderID {
	s.Helper()
	ids := make([]tiktok.OrderID, n)
	for i := range ids {
		ids[i] = s.ours()
		s.pass(apart)
	}
	return ids
}

func (s *scene) gid(id tiktok.OrderID) string {
	s.Helper()
	row, err := s.store.Order(s.Context(), shop, id)
	s.must(err)
	return string(row.ShopifyOrder)
}

// touch changes an order in Shopify.
func (s *scene) touch(id tiktok.OrderID) {
	s.Helper()
	s.must(s.shopify.EditOrder(string(shop), s.gid(id), func(o *shopifysim.Order) { o.Note += "." }))
}

// sweep makes a whole pass, however many jobs it takes, and returns the orders that it found.
func (s *scene) sweep() []tiktok.OrderID {
	s.Helper()
	err := s.sweeper.SweepShop(s.Context(), sweep.ShopArgs{Shop: shop})
	for range 100 {
		if fault.Of(err) != fault.Later {
			break
		}
		err = s.sweeper.SweepShop(s.Context(), sweep.ShopArgs{Shop: shop})
	}
	s.must(err)
	return s.found()
}

// found takes the orders of the jobs in the queue.
func (s *scene) found() []tiktok.OrderID {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []tiktok.OrderID
	for _, job := range s.jobs {
		if look, ok := job.(lookArgs); ok && !slices.Contains(ids, look.Order) {
			ids = append(ids, look.Order)
		}
	}
	s.jobs = nil
	return ids
}

func (s *scene) cursor() links.Cursor {
	s.Helper()
	c, err := s.store.Cursor(s.Context(), shop, "", "shopify_sweep")
	s.must(err)
	return c
}

func missing(want, got []tiktok.OrderID) (lost []tiktok.OrderID) {
	for _, id := range want {
		if !slices.Contains(got, id) {
			lost = append(lost, id)
		}
	}
	return lost
}

// fresh asks for a new token when the one it has is old.
type fresh struct {
	scene *scene
	app   shopify.App
	mu    sync.Mutex
	token secret.String
	at    time.Time
}

func (f *fresh) Token(ctx context.Context, domain shopify.Domain) (secret.String, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now := f.scene.Now(); f.token.Empty() || now.Sub(f.at) > 30*time.Minute {
		grant, err := f.app.ExchangeSessionToken(ctx, domain, f.scene.shopify.SessionToken(string(domain), "1"))
		if err != nil {
			return secret.String{}, err
		}
		f.token, f.at = grant.Access, now
	}
	return f.token, nil
}

func (f *fresh) Renew(ctx context.Context, domain shopify.Domain, _ secret.String) (secret.String, error) {
	return f.Token(ctx, domain)
}

// lookArgs is what the leg answers.
type lookArgs struct {
	Order tiktok.OrderID
	Cause string
}

func (lookArgs) Kind() string { return "look" }

// recorder is a leg that lacks everything.
type recorder struct {
	marks map[tiktok.OrderID]shopify.OrderMarks
	err   error
}

func (r *recorder) Missing(_ context.Context, _ shops.Settings, order links.Order, marks shopify.OrderMarks, cause string) ([]sweep.Job, error) {
	if r.marks == nil {
		r.marks = map[tiktok.OrderID]shopify.OrderMarks{}
	}
	r.marks[order.ID] = marks
	return []sweep.Job{lookArgs{order.ID, cause}}, r.err
}

// pages lets something happen before each page is read.
type pages struct {
	client *shopify.Client
	before func(page int) error
	read   int
}

func (p *pages) UpdatedOrders(ctx context.Context, shop shopify.Domain, since time.Time, after string) (shopify.UpdatedPage, error) {
	p.read++
	if p.before != nil {
		if err := p.before(p.read); err != nil {
			return shopify.UpdatedPage{}, err
		}
	}
	return p.client.UpdatedOrders(ctx, shop, since, after)
}
