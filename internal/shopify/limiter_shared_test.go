package shopify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/Khan/genqlient/graphql"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/secret"
)

// sharedBucket is Shopify's side of one shop: it answers what the bucket holds
// and refuses the rest, whoever asks.
type sharedBucket struct {
	mu                      sync.Mutex
	size, rate, price, left float64
	at                      time.Time
	answered, refused       int
}

func (b *sharedBucket) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(20 * time.Millisecond) // there
	b.mu.Lock()
	now := time.Now()
	b.left = min(b.size, b.left+now.Sub(b.at).Seconds()*b.rate)
	b.at = now
	status := `"throttleStatus":{"maximumAvailable":%v,"currentlyAvailable":%v,"restoreRate":%v}`
	answer := `{"data":{},"extensions":{"cost":{"requestedQueryCost":%v,"actualQueryCost":%v,` + status + `}}}`
	if b.left < b.price {
		b.refused++
		answer = `{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}],"extensions":{"cost":{"requestedQueryCost":%v,"actualQueryCost":null,` + status + `}}}`
		answer = fmt.Sprintf(answer, b.price, b.size, b.left, b.rate)
	} else {
		b.answered++
		b.left -= b.price
		answer = fmt.Sprintf(answer, b.price, b.price, b.size, b.left, b.rate)
	}
	b.mu.Unlock()
	time.Sleep(30 * time.Millisecond) // and back
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewBufferString(answer)), Request: r}, nil
}

type anyToken struct{}

func (anyToken) Token(context.Context, Domain) (secret.String, error) { return secret.New("t"), nil }
func (anyToken) Renew(context.Context, Domain, secret.String) (secret.String, error) {
	return secret.New("t"), nil
}

// Processes know nothing of one another and draw from one bucket: together they
// use what it gives, and no more than a part of their calls is refused, which costs nothing.
func TestProcessesShareABucket(t *testing.T) {
	t.Parallel()
	for _, processes := range []int{1, 2, 3, 6} {
		t.Run(fmt.Sprint(processes), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { shareBucket(t, processes) })
		})
	}
}

func shareBucket(t *testing.T, processes int) {
	t.Helper()
	const lasts = 2 * time.Minute
	b := &sharedBucket{size: 2000, rate: 100, price: 12, left: 2000, at: time.Now()}
	ctx, cancel := context.WithTimeout(t.Context(), lasts)
	defer cancel()
	var workers sync.WaitGroup
	for range processes {
		c := &Client{ShopURL: "https://{shop}", HTTP: &http.Client{Transport: b}, Tokens: anyToken{}}
		for range 20 {
			workers.Go(func() {
				for ctx.Err() == nil {
					err := c.at("x.myshopify.com", 1).MakeRequest(ctx, &graphql.Request{OpName: "Op", Query: "query Op { shop { id } }"}, &graphql.Response{Data: &struct{}{}})
					var later *fault.Delayed
					if errors.As(err, &later) { // to be tried again then, as the queue does
						if !pause(ctx, later.Wait) {
							return
						}
					} else if err != nil && ctx.Err() == nil {
						t.Error(err)
						return
					}
				}
			})
		}
	}
	workers.Wait()
	ideal := (b.size + b.rate*lasts.Seconds()) / b.price
	t.Logf("%d processes: %d calls of at most %.0f, %d refused", processes, b.answered, ideal, b.refused)
	if float64(b.answered) < 0.9*ideal {
		t.Errorf("%d calls, want nearly %.0f", b.answered, ideal)
	}
	if b.refused > b.answered*processes/6 {
		t.Errorf("%d calls were refused beside %d", b.refused, b.answered)
	}
}
