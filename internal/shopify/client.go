package shopify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/Khan/genqlient/graphql"

	"github.com/switchbackhq/switchback/graphql/schema"
	"github.com/switchbackhq/switchback/internal/secret"
)

const (
	// callTimeout ends a single request, so that a job learns of it before its own time is up.
	callTimeout = 20 * time.Second
	// maxThrottled is how often one call waits and tries again before the queue is asked to.
	maxThrottled = 3
)

// TokenSource hands out a shop's access token. Its errors reach the caller as
// they are: where the merchant must act, the source marks it with package fault.
type TokenSource interface {
	Token(ctx context.Context, shop Domain) (secret.String, error)
	// Renew replaces a token that Shopify no longer takes.
	Renew(ctx context.Context, shop Domain, stale secret.String) (secret.String, error)
}

// Client calls the Admin API of any shop that installed the app. It is safe for
// concurrent use and must not be copied.
type Client struct {
	// ShopURL is where a shop's API lives; {shop} is replaced by its domain.
	ShopURL string
	HTTP    *http.Client
	Tokens  TokenSource
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Observe is told of every request that was sent or tried; may be nil.
	Observe func(ctx context.Context, op, requestID string, status int, latency time.Duration, err error)

	mu       sync.Mutex
	limiters map[Domain]*limiter
}

// at is the client for one shop, as the generated functions want it. The size is
// what makes one call of an operation dearer than another: how many records it asks for.
func (c *Client) at(shop Domain, size int) graphql.Client {
	return &caller{Client: c, shop: shop, size: size}
}

type caller struct {
	*Client
	shop Domain
	size int
}

// MakeRequest sends one operation: it waits for the shop's limiter, renews a
// dead token once and repeats what was throttled, and nothing else.
func (c *caller) MakeRequest(ctx context.Context, req *graphql.Request, resp *graphql.Response) error {
	body, err := json.Marshal(req)
	if err != nil {
		return fmt.Errorf("encode %s: %w", req.OpName, err)
	}
	token, err := c.Tokens.Token(ctx, c.shop)
	if err != nil {
		return fmt.Errorf("get shopify token of %s: %w", c.shop, err)
	}
	op := operation{name: req.OpName, mutation: isMutation(req.Query), shop: c.shop, size: c.size}
	renewed := false
	for throttled := 1; ; {
		err := c.once(ctx, op, token, body, resp)
		var refused *Error
		if !errors.As(err, &refused) {
			return err
		}
		switch {
		case refused.HTTPStatus == http.StatusUnauthorized && !renewed:
			renewed = true
			if token, err = c.Tokens.Renew(ctx, c.shop, token); err != nil {
				return fmt.Errorf("renew shopify token of %s: %w", c.shop, err)
			}
		case refused.throttled && refused.retryAfter <= patience && throttled < maxThrottled && pause(ctx, refused.retryAfter):
			throttled++
		default:
			return refused.withFate()
		}
	}
}

// pause waits, unless ctx ends before the wait would.
func pause(ctx context.Context, wait time.Duration) bool {
	if end, ok := ctx.Deadline(); ok && time.Until(end) < wait {
		return false
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// operation is one call as the transport and the limiter see it.
type operation struct {
	name     string
	mutation bool
	shop     Domain
	size     int
}

func isMutation(query string) bool { return strings.HasPrefix(strings.TrimSpace(query), "mutation") }

// once sends the request when the shop's limiter allows it.
func (c *caller) once(ctx context.Context, op operation, token secret.String, body []byte, resp *graphql.Response) error {
	limits := c.limiter(op.shop)
	points, err := limits.reserve(ctx, op)
	if err != nil {
		return fmt.Errorf("wait for shopify's limit of %s: %w", op.shop, err)
	}
	start := c.now()
	answer, err := c.send(ctx, op, token, body)
	var spent *cost
	if err == nil {
		spent, err = answer.read(op, resp)
	}
	limits.settle(op, points, spent)
	if c.Observe != nil {
		c.Observe(ctx, op.name, answer.requestID(), answer.status, c.now().Sub(start), err)
	}
	return err
}

func (c *Client) send(ctx context.Context, op operation, token secret.String, body []byte) (answer, error) {
	header := http.Header{
		"Content-Type":           {"application/json"},
		"X-Shopify-Access-Token": {token.Reveal()},
	}
	a, maybeSent, err := post(ctx, c.HTTP, shopAddress(c.ShopURL, op.shop)+"/admin/api/"+schema.APIVersion+"/graphql.json", header, body)
	a = a.without(token)
	if op.mutation {
		a = a.withoutBuyer(body)
	}
	if err != nil {
		return a, &Error{Op: op.name, HTTPStatus: a.status, Message: transportText(err, token), RequestID: a.requestID(), Err: err, unknown: op.mutation && maybeSent}
	}
	return a, nil
}

func (c *Client) limiter(shop Domain) *limiter {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.limiters == nil {
		c.limiters = map[Domain]*limiter{}
	}
	l, ok := c.limiters[shop]
	if !ok {
		l = newLimiter()
		c.limiters[shop] = l
	}
	return l
}

func (c *Client) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

// shopAddress fills a shop's domain into the template of SHOPIFY_SHOP_URL.
func shopAddress(template string, shop Domain) string {
	return strings.TrimRight(strings.ReplaceAll(template, "{shop}", string(shop)), "/")
}
