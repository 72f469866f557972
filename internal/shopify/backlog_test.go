package shopify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/secret"
)

// wire carries requests to the simulator within a bubble of fake time: an
// answer takes what it takes over the Internet. It counts what each shop is
// charged and refused.
type wire struct {
	next http.Handler

	mu    sync.Mutex
	spent map[Domain]float64
	calls map[Domain]int
	// throttled counts refused calls, per shop.
	throttled map[Domain]int
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	<-time.After(40 * time.Millisecond)
	recorder := httptest.NewRecorder()
	w.next.ServeHTTP(recorder, r)
	w.count(Domain(r.URL.Host), recorder.Body.Bytes())
	<-time.After(40 * time.Millisecond)
	return recorder.Result(), nil
}

func (w *wire) count(shop Domain, body []byte) {
	var answer struct {
		Extensions struct {
			Cost *cost `json:"cost"`
		} `json:"extensions"`
	}
	if json.Unmarshal(body, &answer) != nil || answer.Extensions.Cost == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls[shop]++
	if actual := answer.Extensions.Cost.Actual; actual != nil {
		w.spent[shop] += *actual
	}
	if bytes.Contains(body, []byte(`"THROTTLED"`)) {
		w.throttled[shop]++
	}
}

// Under a backlog each shop's budget is used to at least 95 % and hardly ever
// overdrawn, however many workers and shops there are and whatever the calls cost.
func TestBacklogUsesTheBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { backlog(t, 2000, 100) })
}

func backlog(t *testing.T, bucket, restore float64) {
	const workers, span = 10, time.Minute
	sim := shopifysim.New(shopifysim.Options{
		APIKey: testKey, APISecret: testSecret, Scopes: []string{"write_orders", "read_products"}, BucketSize: bucket, RestoreRate: restore,
	})
	w := &wire{next: sim.Handler(), spent: map[Domain]float64{}, calls: map[Domain]int{}, throttled: map[Domain]int{}}
	w.next = hosted(w.next)
	app := &App{ShopURL: "https://{shop}", APIKey: testKey, APISecret: secret.New(testSecret), HTTP: &http.Client{Transport: w}}
	shops := []Domain{"one.myshopify.com", "two.myshopify.com"}
	client := &Client{ShopURL: app.ShopURL, HTTP: app.HTTP, Tokens: perShop{}}
	for _, shop := range shops {
		if err := sim.AddShop(shopifysim.ShopSpec{Domain: string(shop)}); err != nil {
			t.Fatal(err)
		}
		client.Tokens.(perShop)[shop] = &appTokens{app: app, sim: sim}
		if _, err := client.Tokens.Token(t.Context(), shop); err != nil {
			t.Fatal(err)
		}
	}
	start := time.Now()
	var group sync.WaitGroup
	for _, shop := range shops {
		for n := range workers {
			group.Go(func() { drudge(t, client, shop, n, start.Add(span)) })
		}
	}
	group.Wait()
	for _, shop := range shops {
		offered := bucket + restore*time.Since(start).Seconds()
		if used := w.spent[shop] / offered; used < 0.95 {
			t.Errorf("%s: %.1f %% of the budget used", shop, 100*used)
		}
		if part := float64(w.throttled[shop]) / float64(w.calls[shop]); part >= 0.01 {
			t.Errorf("%s: %d of %d calls throttled", shop, w.throttled[shop], w.calls[shop])
		}
	}
}

// drudge imports orders one after the other, as far as the limiter sees it. What
// is put off waits as the queue would have it wait.
func drudge(t *testing.T, client *Client, shop Domain, worker int, until time.Time) {
	for n := 0; time.Now().Before(until); n++ {
		id := fmt.Sprintf("5769%02d%012d", worker, n)
		in, options := fullOrder(id)
		for _, step := range []func() error{
			func() error { _, err := client.OrderByTikTokID(t.Context(), shop, id); return err },
			func() error { _, err := client.FindOrders(t.Context(), shop, id); return err },
			func() error { _, err := client.VariantsBySKU(t.Context(), shop, []string{"MUG", "TEE"}); return err },
			func() error { _, err := client.CreateOrder(t.Context(), shop, in, options); return err },
		} {
			for err := step(); err != nil; err = step() {
				var later *fault.Delayed
				if !errors.As(err, &later) {
					t.Errorf("%s: %v", shop, err)
					return
				}
				<-time.After(later.Wait)
			}
		}
	}
}

// perShop keeps each shop's tokens.
type perShop map[Domain]*appTokens

func (p perShop) Token(ctx context.Context, shop Domain) (secret.String, error) {
	return p[shop].Token(ctx, shop)
}

func (p perShop) Renew(ctx context.Context, shop Domain, stale secret.String) (secret.String, error) {
	return p[shop].Renew(ctx, shop, stale)
}

// hosted tells the simulator the shop in the path, where it looks for it.
func hosted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.Clone(r.Context())
		r.URL.Path = "/" + r.URL.Host + r.URL.Path
		next.ServeHTTP(w, r)
	})
}
