package backfills_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/backfills"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/queue"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/tokens"
)

const (
	shop       shopify.Domain = "stoneware.myshopify.com"
	tiktokShop tiktok.ShopID  = "7494000000000010001"
	seller                    = "SELLER-1"
)

// scene is the real store and queue beside a simulated TikTok; imports are only
// counted.
type scene struct {
	*testing.T
	platform *tiktoksim.Sim
	faults   *chaos.Script
	store    *store.Store
	queue    *queue.Queue
	desk     *backfills.Desk
	runner   *backfills.Runner

	mu       sync.Mutex
	imported map[tiktok.OrderID]int
	// gate, when not nil, keeps imports from ending.
	gate chan struct{}
}

func setUp(t *testing.T) *scene {
	t.Helper()
	s := &scene{T: t, faults: &chaos.Script{}, imported: map[tiktok.OrderID]int{}}
	var err error
	s.platform, err = tiktoksim.New(tiktoksim.Options{
		AppKey: "key", AppSecret: "secret", ServiceID: "1", RedirectURL: "https://app.example.com/tiktok/callback", Script: s.faults, Now: time.Now,
	})
	s.must(err)
	s.must(s.platform.AddSeller(tiktoksim.SellerSpec{OpenID: seller, Name: "Stoneware", Region: "US", Shops: []tiktoksim.ShopSpec{
		{ID: string(tiktokShop), Name: "Stoneware US", Region: "US", Cipher: "TTP_cipherUS"},
	}}))
	ring, err := secret.ParseKeyring(base64.StdEncoding.EncodeToString(make([]byte, 32)))
	s.must(err)
	s.store, err = store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "x.db"), store.Options{Keyring: ring})
	s.must(err)
	t.Cleanup(func() {
		if err := s.store.Close(); err != nil {
			t.Error(err)
		}
		for _, v := range s.platform.Violations() {
			t.Errorf("contract violated: %v", v)
		}
	})
	s.must(queue.Migrate(t.Context(), s.store))
	s.wire()
	return s
}

func (s *scene) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *scene) wire() {
	s.Helper()
	server := httptest.NewServer(s.platform.Handler())
	s.Cleanup(server.Close)
	client := &tiktok.Client{
		BaseURL: server.URL, AuthURL: server.URL, AppKey: "key", AppSecret: secret.New("secret"), ServiceID: "1", HTTP: http.DefaultClient,
	}
	code, err := s.platform.Authorize(seller)
	s.must(err)
	grant, err := client.ExchangeCode(s.Context(), code)
	s.must(err)
	client.Tokens = oneToken{grant.Access}
	s.desk = &backfills.Desk{Book: s.store, Connections: s.store, Now: time.Now}
	s.runner = &backfills.Runner{
		Book: s.store, Connections: s.store, Ledger: s.store, TikTok: client, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Unfinished: func(ctx context.Context, cause string) (int, error) {
			return s.queue.Unfinished(ctx, orders.ImportArgs{}.Kind(), cause)
		},
	}
	s.newQueue()
	_, err = s.store.InstallShop(s.Context(), shops.Shop{Domain: shop, Name: "Stoneware", Currency: "USD", TimeZone: "UTC"}, tokens.Pair{})
	s.must(err)
	s.must(s.store.Connect(s.Context(), shops.Authorization{Shop: shop, OpenID: grant.OpenID, SellerName: "Stoneware", SellerRegion: "US"}, tokens.Pair{},
		[]shops.Connection{{Shop: shop, TikTokShop: tiktokShop, OpenID: grant.OpenID, Name: "Stoneware US", Region: "US", Cipher: "TTP_cipherUS", Currency: "USD", ConnectedAt: time.Now()}}))
}

// newQueue is the queue of a new process.
func (s *scene) newQueue() {
	s.Helper()
	workers := queue.NewWorkers(time.Millisecond, nil)
	queue.Handle(workers, func(ctx context.Context, args backfills.Args) error { return s.runner.Page(ctx, args) })
	queue.Handle(workers, s.importOne)
	var err error
	s.queue, err = queue.New(queue.Options{Store: s.store, Workers: workers})
	s.must(err)
}

type oneToken struct{ token secret.String }

func (o oneToken) Token(context.Context, string, tiktok.OpenID) (secret.String, error) {
	return o.token, nil
}

func (oneToken) Renew(context.Context, string, tiktok.OpenID, secret.String) (secret.String, error) {
	return secret.String{}, errors.New("not expected")
}

func (s *scene) importOne(ctx context.Context, args orders.ImportArgs) error {
	s.mu.Lock()
	gate := s.gate
	s.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.imported[args.Order]++
	if !args.Asked || args.TikTokShop != tiktokShop {
		s.Errorf("import %+v is not as a person would ask", args)
	}
	return nil
}

// write keeps the order as one that is in Shopify and up to date.
func (s *scene) write(ctx context.Context, id tiktok.OrderID) error {
	lease, err := s.store.LeaseOrder(ctx, shop, id, time.Minute)
	if err != nil {
		return err
	}
	seen, _ := s.platform.Order(string(id))
	row := links.Order{Shop: shop, TikTokShop: tiktokShop, ID: id, State: links.Written, UpdateTime: seen.UpdateTime}
	if err := s.store.SaveOrder(ctx, lease, row); err != nil {
		return err
	}
	return s.store.ReleaseLease(ctx, lease)
}

// place puts n orders into the span, evenly.
func (s *scene) place(n int, from, to time.Time, status string) []tiktok.OrderID {
	s.Helper()
	ids := make([]tiktok.OrderID, n)
	step := to.Sub(from) / time.Duration(n)
	for i := range n {
		id, err := s.platform.PlaceOrder(string(tiktokShop), tiktoksim.OrderSpec{
			Units: []tiktoksim.Unit{tiktoksim.SampleUnit()}, Status: status, Created: from.Add(step * time.Duration(i)),
		})
		s.must(err)
		ids[i] = tiktok.OrderID(id)
	}
	return ids
}

// until asks again until there is no error.
func (s *scene) until(holds func() error) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), 4*time.Minute) // for a machine that is busy with much else
	defer cancel()
	ticks := time.NewTicker(5 * time.Millisecond)
	defer ticks.Stop()
	for {
		err := holds()
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			s.Fatal(err)
		case <-ticks.C:
		}
	}
}

// is waits until the backfill is in that state.
func (s *scene) is(id string, state backfills.State) backfills.Backfill {
	s.Helper()
	var b backfills.Backfill
	s.until(func() (err error) {
		if b, err = s.store.Backfill(s.Context(), shop, id); err == nil && b.State != state {
			err = fmt.Errorf("backfill is %s (%s) with %+v, want %s", b.State, b.Message, b.Counts, state)
		}
		return err
	})
	return b
}

// settled waits until no import of the backfill is left.
func (s *scene) settled(b backfills.Backfill) {
	s.Helper()
	s.until(func() error {
		n, err := s.runner.Unfinished(s.Context(), b.Cause())
		if err == nil && n > 0 {
			err = fmt.Errorf("%d imports are unfinished", n)
		}
		return err
	})
}

// once holds the imports to exactly these orders, each once.
func (s *scene) once(want ...[]tiktok.OrderID) {
	s.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	total := 0
	for _, ids := range want {
		total += len(ids)
		for _, id := range ids {
			if n := s.imported[id]; n != 1 {
				s.Errorf("order %s was imported %d times", id, n)
			}
		}
	}
	if len(s.imported) != total {
		s.Errorf("%d orders were imported, want %d", len(s.imported), total)
	}
}

// brittle is a book that fails before and after its commits, and lets somebody
// stop and resume while a page is read.
type brittle struct {
	backfills.Book
	mu     sync.Mutex
	random *rand.Rand
	desk   *backfills.Desk
	failed int
}

var errCut = errors.New("the process ended here")

func (b *brittle) SaveBackfill(ctx context.Context, next backfills.Backfill, jobs ...orders.Job) error {
	b.mu.Lock()
	fate := b.random.IntN(5)
	if fate < 3 {
		b.failed++
	}
	b.mu.Unlock()
	switch fate {
	case 0:
		return errCut
	case 1:
		return errors.Join(b.Book.SaveBackfill(ctx, next, jobs...), errCut)
	case 2:
		if _, err := b.desk.Stop(ctx, next.Shop, next.ID); err != nil {
			return err
		}
		if _, err := b.desk.Resume(ctx, next.Shop, next.ID); err != nil && !errors.Is(err, backfills.ErrOver) {
			return err
		}
	}
	return b.Book.SaveBackfill(ctx, next, jobs...)
}
