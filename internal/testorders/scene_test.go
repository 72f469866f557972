package testorders_test

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/loopcheck"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/testorders"
	"github.com/switchbackhq/switchback/internal/timeline"
	"github.com/switchbackhq/switchback/internal/tokens"
)

const (
	shop      shopify.Domain = "stoneware.myshopify.com"
	retryBase                = time.Second
)

// scene is a runner between a simulated Shopify and a real store, on a clock
// that moves when the runner waits.
type scene struct {
	*testing.T
	mu      sync.Mutex
	now     time.Time
	faults  *chaos.Script
	shopify *shopifysim.Sim
	client  *shopify.Client
	store   *store.Store
	jobs    []testorders.Job
	runner  *testorders.Runner
	desk    *testorders.Desk
	// loop is what Loop answers; asked are the names that it was asked about.
	loop    loopcheck.Answer
	loopErr error
	asked   []string
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

func (s *scene) InsertJobs(_ context.Context, _ *sql.Conn, _ *sql.Tx, jobs []testorders.Job) error {
	s.jobs = append(s.jobs, jobs...)
	return nil
}

func (s *scene) Ask(_ context.Context, _ shopify.Domain, name string) (loopcheck.Answer, error) {
	s.asked = append(s.asked, name)
	return s.loop, s.loopErr
}

func (s *scene) Token(context.Context, shopify.Domain) (secret.String, error) { return s.grant() }

func (s *scene) Renew(context.Context, shopify.Domain, secret.String) (secret.String, error) {
	return s.grant()
}

// grant is a new token for each call, which spares the tests a keeper of tokens.
func (s *scene) grant() (secret.String, error) {
	app := shopify.App{ShopURL: s.client.ShopURL, APIKey: "key", APISecret: secret.New("secret"), HTTP: http.DefaultClient, Now: s.Now}
	grant, err := app.ExchangeSessionToken(s.Context(), shop, s.shopify.SessionToken(string(shop), "1"))
	return grant.Access, err
}

func setUp(t *testing.T, configure ...func(*shopifysim.Options)) *scene {
	t.Helper()
	s := &scene{T: t, now: time.Unix(1795110000, 0).UTC(), faults: &chaos.Script{}, loopErr: loopcheck.ErrKeyMissing}
	options := shopifysim.Options{
		APIKey: "key", APISecret: "secret", Scopes: []string{"write_orders", "read_products"}, AppURL: "https://app.example.com",
		Now: s.Now, Script: s.faults, IndexLag: 5 * time.Second, CancelTakes: time.Second,
	}
	for _, c := range configure {
		c(&options)
	}
	s.shopify = shopifysim.New(options)
	s.must(s.shopify.AddShop(shopifysim.ShopSpec{Domain: string(shop), Currency: "USD"}))
	server := httptest.NewServer(s.shopify.Handler())
	t.Cleanup(server.Close)
	t.Cleanup(func() {
		for _, v := range s.shopify.Violations() {
			t.Errorf("contract violated: %v", v)
		}
	})
	keyring, err := secret.ParseKeyring(base64.StdEncoding.EncodeToString(make([]byte, 32)))
	s.must(err)
	blank, err := migrated()
	s.must(err)
	path := filepath.Join(t.TempDir(), "switchback.db")
	s.must(os.WriteFile(path, blank, 0o600))
	s.store, err = store.Open(t.Context(), "sqlite:"+path, store.Options{Keyring: keyring, Now: s.Now})
	s.must(err)
	t.Cleanup(func() { _ = s.store.Close() })
	s.store.HandJobsTo(s)
	_, err = s.store.InstallShop(t.Context(), shops.Shop{Domain: shop, Name: "Stoneware", Currency: "USD", TimeZone: "UTC"}, tokens.Pair{
		Access: secret.New("a"), Refresh: secret.New("r"), AccessExpiresAt: s.now.Add(time.Hour), RefreshExpiresAt: s.now.Add(time.Hour),
	})
	s.must(err)

	recorder := &timeline.Recorder{Writer: s.store, Now: s.Now, Failed: func(err error) { s.Error(err) }}
	s.client = &shopify.Client{ShopURL: server.URL + "/{shop}", HTTP: http.DefaultClient, Now: s.Now, Tokens: s, Observe: recorder.Observe("shopify")}
	s.runner = &testorders.Runner{
		Book: s.store, Shops: s.store, Shopify: s.client, Loop: s, Timeline: s.store, Now: s.Now, RetryBase: retryBase, Log: slog.New(slog.DiscardHandler),
	}
	s.desk = &testorders.Desk{Book: s.store, Now: s.Now}
	return s
}

// migrated is a database as the program makes it, to be copied: making it takes
// longer than most tests.
var migrated = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "testorders-test-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	keyring, err := secret.ParseKeyring(base64.StdEncoding.EncodeToString(make([]byte, 32)))
	if err != nil {
		return nil, err
	}
	path := filepath.Join(folder, "switchback.db")
	blank, err := store.Open(context.Background(), "sqlite:"+path, store.Options{Keyring: keyring})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(blank.Migrate(context.Background()), blank.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

func (s *scene) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// sells gives the shop a product.
func (s *scene) sells() shopifysim.Variant {
	s.Helper()
	v, err := s.shopify.AddVariant(string(shop), shopifysim.VariantSpec{SKU: "MUG", ProductTitle: "Mug", Price: 1800, Stock: 3})
	s.must(err)
	return v
}

func (s *scene) start() testorders.Run {
	s.Helper()
	run, err := s.desk.Start(s.Context(), shop)
	s.must(err)
	return run
}

// send starts a run and works on its job as the queue would, to its end.
func (s *scene) send() testorders.Run {
	s.Helper()
	run := s.start()
	return s.finish(run)
}

func (s *scene) finish(run testorders.Run) testorders.Run {
	s.Helper()
	for n := range 400 {
		err := s.runner.Run(s.Context(), testorders.Args{Shop: shop, Order: run.ID})
		var delayed *fault.Delayed
		switch {
		case err == nil:
			run, err = s.store.TestOrder(s.Context(), shop, run.ID)
			s.must(err)
			return run
		case errors.As(err, &delayed):
			s.pass(max(delayed.Wait, 50*time.Millisecond))
		default:
			s.pass(min(retryBase<<min(n, 8), time.Minute))
		}
	}
	s.Fatal("the run has no end")
	return run
}

// step is what became of one step.
func (s *scene) step(run testorders.Run, name testorders.StepName) testorders.Step {
	s.Helper()
	for _, step := range run.Steps {
		if step.Name == name {
			return step
		}
	}
	s.Fatalf("step %s was not done: %+v", name, run.Steps)
	return testorders.Step{}
}

// gone holds Shopify to having nothing of the run any more.
func (s *scene) gone() {
	s.Helper()
	if left := s.shopify.Orders(string(shop)); len(left) != 0 {
		s.Errorf("%d orders are left: %+v", len(left), left)
	}
}

// calls counts the requests of one root field.
func (s *scene) calls(field string) (n int) {
	for _, r := range s.shopify.Requests() {
		for _, f := range r.Fields {
			if f == field {
				n++
			}
		}
	}
	return n
}
