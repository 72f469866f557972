package tiktok

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/secret"
)

// Client talks to TikTok Shop. All fields but Limits, Now and Observe are
// required; it is safe for concurrent use and never changed after it was made.
type Client struct {
	// BaseURL and AuthURL are origins without a path. AuthorizeURL is the whole
	// address of the page where a seller says yes.
	BaseURL, AuthURL, AuthorizeURL string
	AppKey, ServiceID              string
	AppSecret                      secret.String
	HTTP                           *http.Client
	// Tokens may be nil where only the calls of authorization are made.
	Tokens TokenSource
	// Limits paces calls; nil means unpaced.
	Limits *Limits
	// Now is time.Now where nil.
	Now func() time.Time
	// Observe, where set, is told of every request that was sent. Err is what the
	// answer meant; nothing it is given holds a secret.
	Observe func(ctx context.Context, op, requestID string, status int, latency time.Duration, err error)
}

// TokenSource hands out access tokens and renews them, one refresher per
// authorization.
type TokenSource interface {
	Token(ctx context.Context, holder string, id OpenID) (secret.String, error)
	// Renew replaces a token that TikTok called expired. Where stale was replaced
	// already, the newer one is returned.
	Renew(ctx context.Context, holder string, id OpenID, stale secret.String) (secret.String, error)
}

// Seat says on whose behalf a call is made.
type Seat struct {
	// Holder is whoever keeps the authorization; it means nothing to this package.
	Holder string
	OpenID OpenID
	Shop   ShopID
	// Cipher is TikTok's opaque handle for the shop. The cipher of another shop
	// of the same seller gives that shop's data, without an error.
	Cipher string
}

const (
	// callTimeout is below a job's 30 seconds, so that a job can still say what happened.
	callTimeout = 15 * time.Second
	// largestAnswer bounds an answer after decompression; a full page of orders is well below 1 MiB.
	largestAnswer = 8 << 20
)

// request is what varies between two calls of an endpoint.
type request struct {
	// order fills {order_id} in the path.
	order OrderID
	// ids fill the path's other placeholders, by name.
	ids   map[string]string
	query map[string]string
	// body is encoded as JSON; nil sends none. A json.RawMessage is sent as it is.
	body any
}

// path is the endpoint's with every placeholder filled. Whatever else than an id
// stood in it would be signed and sent as well.
func (r request) path(ep endpoint) (string, error) {
	segments := strings.Split(ep.path, "/")
	for i, segment := range segments {
		name, placeholder := strings.CutPrefix(segment, "{")
		if !placeholder {
			continue
		}
		id := r.ids[strings.TrimSuffix(name, "}")]
		if segment == "{order_id}" {
			id = string(r.order)
		}
		if !numeric.MatchString(id) {
			return "", fmt.Errorf("%q is no TikTok id: it has 1 to 20 digits and nothing else", clip(id))
		}
		segments[i] = id
	}
	return strings.Join(segments, "/"), nil
}

// encoded is the body as it goes over the wire; nil where there is none.
func (r request) encoded() ([]byte, error) {
	switch body := r.body.(type) {
	case nil:
		return nil, nil
	case json.RawMessage:
		return body, nil
	}
	raw, err := json.Marshal(r.body)
	if err != nil {
		return nil, fmt.Errorf("encode body: %w", err)
	}
	return raw, nil
}

// call makes a call for a seat and decodes `data` into out. The token is renewed
// once when TikTok calls it expired; that is safe for writes too, because the
// gateway refuses before anything is done.
func (c *Client) call(ctx context.Context, seat Seat, ep endpoint, r request, out any) (requestID string, err error) {
	if seat.Cipher == "" {
		return "", fmt.Errorf("tiktok %s: shop %s has no cipher", ep.op, seat.Shop)
	}
	token, err := c.Tokens.Token(ctx, seat.Holder, seat.OpenID)
	if err != nil {
		return "", fmt.Errorf("tiktok %s: take token: %w", ep.op, err)
	}
	requestID, err = c.send(ctx, seat, token, ep, r, out)
	if !IsTokenExpired(err) {
		return requestID, err
	}
	token, err = c.Tokens.Renew(ctx, seat.Holder, seat.OpenID, token)
	if err != nil {
		return requestID, fmt.Errorf("tiktok %s: renew token: %w", ep.op, err)
	}
	return c.send(ctx, seat, token, ep, r, out)
}

// send makes one signed request. Without a cipher in the seat none is sent:
// `/authorization/` forbids it.
func (c *Client) send(ctx context.Context, seat Seat, token secret.String, ep endpoint, r request, out any) (requestID string, err error) {
	if err := c.Limits.wait(ctx, seat.Shop, ep); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	req, err := c.signed(ctx, seat, ep, r)
	if err != nil {
		return "", fmt.Errorf("tiktok %s: %w", ep.op, err)
	}
	req.Header.Set("x-tts-access-token", token.Reveal())
	requestID, err = c.exchange(req, ep.op, out, token)
	var refused *Error
	switch {
	case errors.As(err, &refused) && refused.rateLimited():
		c.Limits.pause(seat.Shop, ep, refused.RetryAfter)
	case err == nil:
		c.Limits.answered(seat.Shop, ep)
	}
	return requestID, err
}

// signed builds the request; the bytes that are signed are the bytes that are sent.
func (c *Client) signed(ctx context.Context, seat Seat, ep endpoint, r request) (*http.Request, error) {
	path, err := r.path(ep)
	if err != nil {
		return nil, err
	}
	body, err := r.encoded()
	if err != nil {
		return nil, err
	}
	query := map[string]string{"app_key": c.AppKey, "timestamp": strconv.FormatInt(c.now().Unix(), 10)}
	if seat.Cipher != "" {
		query["shop_cipher"] = seat.Cipher
	}
	for name, value := range r.query {
		query[name] = value
	}
	query["sign"] = sign(c.AppSecret, path, query, body)
	req, err := http.NewRequestWithContext(ctx, ep.method, c.BaseURL+path+"?"+encode(query), bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("build request: %w", withoutURL(err))
	}
	req.Header.Set("Content-Type", "application/json")
	return req, nil
}

func encode(query map[string]string) string {
	values := make(url.Values, len(query))
	for name, value := range query {
		values.Set(name, value)
	}
	return values.Encode()
}

// exchange sends req and decodes the answer's `data` into out, which may be nil.
// Secrets are cut out of whatever text the answer brings.
func (c *Client) exchange(req *http.Request, op string, out any, secrets ...secret.String) (requestID string, err error) {
	started := time.Now()
	status := 0
	if c.Observe != nil {
		defer func() { c.Observe(req.Context(), op, requestID, status, time.Since(started), err) }()
	}
	secrets = append(secrets, c.AppSecret, secret.New(req.URL.Query().Get("sign")))
	client := *c.HTTP
	// A redirect would carry the token header, which net/http does not know to be
	// secret, to wherever it points.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(req)
	if err != nil {
		return "", sendError(op, err, secrets)
	}
	defer resp.Body.Close() //nolint:errcheck // the body has been read; nothing depends on its end
	status = resp.StatusCode
	raw, err := io.ReadAll(io.LimitReader(resp.Body, largestAnswer+1))
	if err != nil {
		return "", fmt.Errorf("tiktok %s: http %d: %w: %w", op, status, ErrMalformed, sendError("read", err, secrets))
	}
	return readAnswer(answer{op: op, status: status, header: resp.Header, raw: raw, now: c.now(), secrets: secrets}, out)
}

func (c *Client) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

// transportError is why no answer came. Its text holds no address and no secret.
type transportError struct {
	op, text string
	cause    error
}

func (e *transportError) Error() string { return "tiktok " + e.op + ": " + e.text }
func (e *transportError) Unwrap() error { return e.cause }

func sendError(op string, err error, secrets []secret.String) error {
	cause := withoutURL(err)
	return &transportError{op: op, text: clipMessage(secret.Redact(cause.Error(), secrets...)), cause: cause}
}

// withoutURL drops the address that net/http puts before its errors: the query
// holds a signature, a code, or the app's secret.
func withoutURL(err error) error {
	var withURL *url.Error
	if errors.As(err, &withURL) {
		return withURL.Err
	}
	return err
}
