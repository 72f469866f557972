package loop

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/secret"
)

// Client talks to Loop's API. BaseURL and HTTP are required; it is safe for
// concurrent use and never changed after it was made.
type Client struct {
	// BaseURL is the API's address with its version, without a trailing slash.
	BaseURL string
	HTTP    *http.Client
	// Limits paces calls; nil means unpaced.
	Limits *Limits
	// Observe, where set, is told of every request that was sent. Err is what the
	// answer meant; nothing it is given holds a secret or a buyer's data.
	Observe func(ctx context.Context, op, requestID string, status int, latency time.Duration, err error)
}

const (
	callTimeout   = 10 * time.Second
	largestAnswer = 2 << 20
)

// Eligibility is what Loop says of a whole order. It is advice: a return that
// is begun may still be refused.
type Eligibility struct {
	// Lines counts the order's lines, Returnable those that can be returned now.
	Lines, Returnable int
	// Why are Loop's codes for the other lines, each once.
	Why []string
}

// Draft is a return that was begun and not submitted.
type Draft struct {
	ID string
	// Lines counts the lines of the order that the draft names, Returnable those that can be returned.
	Lines, Returnable int
	// cancel is the path that Loop gave for taking it back, empty where it gave none.
	cancel string
}

// ReturnEligibility asks about an order by its name; Loop may fetch its copy
// anew for it. A *Error whose NotFound is true tells that Loop does not have
// the order (yet).
func (c *Client) ReturnEligibility(ctx context.Context, key secret.String, order string) (Eligibility, error) {
	raw, err := c.post(ctx, key, "return-eligibility", "orders/return-eligibility", map[string]any{"order_name": order})
	if err != nil {
		return Eligibility{}, err
	}
	return readEligibility(raw)
}

// DraftReturn begins a return as a buyer would, with the order's name and the
// second input of the portal, here the ZIP. The caller takes it back with CancelDraft.
func (c *Client) DraftReturn(ctx context.Context, key secret.String, order, zip string) (Draft, error) {
	body := map[string]any{"order_name": order, "secondary_input": zip, "is_gift": false}
	raw, err := c.post(ctx, key, "draft-return", "draft-returns", body)
	if err != nil {
		return Draft{}, err
	}
	return readDraft(raw)
}

// CancelDraft takes a draft back.
func (c *Client) CancelDraft(ctx context.Context, key secret.String, draft Draft) error {
	path := "draft-returns/" + url.PathEscape(draft.ID) + "/cancel"
	if own, ok := c.within(draft.cancel); ok {
		path = own
	}
	_, err := c.post(ctx, key, "cancel-draft-return", path, nil)
	return err
}

// within is the address that Loop gave, as a path below BaseURL. An address
// that leads anywhere else is not followed: the key would go with it.
func (c *Client) within(address string) (string, bool) {
	base, err := url.Parse(c.BaseURL + "/")
	if err != nil || address == "" {
		return "", false
	}
	target, err := base.Parse(address)
	if err != nil || target.Scheme != base.Scheme || target.Host != base.Host || target.User != nil || target.RawQuery != "" {
		return "", false
	}
	return strings.CutPrefix(target.EscapedPath(), base.EscapedPath())
}

// post makes one call. An answer that is not a success is a *Error with its fate.
func (c *Client) post(ctx context.Context, key secret.String, op, path string, body any) (raw []byte, err error) {
	if err := c.Limits.wait(ctx, key, op); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var encoded []byte
	if body != nil {
		if encoded, err = json.Marshal(body); err != nil {
			return nil, fmt.Errorf("loop %s: encode body: %w", op, err)
		}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.BaseURL+"/"+path, bytes.NewReader(encoded))
	if err != nil {
		return nil, fmt.Errorf("loop %s: build request: %w", op, plain(err, key))
	}
	req.Header.Set("X-Authorization", key.Reveal())
	req.Header.Set("Accept", "application/json")
	if encoded != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	raw, err = c.exchange(req, op, key)
	if refused, ok := errors.AsType[*Error](err); ok && refused.Limited() {
		c.Limits.pause(key, refused.RetryAfter)
		return nil, fault.After(refused.RetryAfter, refused)
	}
	return raw, err
}

// exchange sends the request and reads the answer, from which the key is cut
// out: a code may look like a key, and is shown and kept.
func (c *Client) exchange(req *http.Request, op string, key secret.String) (raw []byte, err error) {
	started, status := time.Now(), 0
	if c.Observe != nil {
		defer func() { c.Observe(req.Context(), op, "", status, time.Since(started), err) }()
	}
	client := *c.HTTP
	// A redirect would carry the key, in a header that net/http does not know to be secret, to wherever it points.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("loop %s: %w", op, plain(err, key))
	}
	defer resp.Body.Close() //nolint:errcheck // the body has been read; nothing depends on its end
	status = resp.StatusCode
	raw, err = io.ReadAll(io.LimitReader(resp.Body, largestAnswer+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("loop %s: http %d: %w: %w", op, status, ErrMalformed, plain(err, key))
	case len(raw) > largestAnswer:
		return nil, fmt.Errorf("loop %s: http %d: %w: more than %d bytes", op, status, ErrMalformed, largestAnswer)
	}
	return readAnswer(op, resp, []byte(secret.Redact(string(raw), key)))
}

// plain drops the address that net/http puts before its errors; with it the
// draft's path goes, which is of no use to a reader. An error that quotes the
// key, as net/http's does of an answer that is no HTTP, keeps its text without
// it and nothing else.
func plain(err error, key secret.String) error {
	if withURL, ok := errors.AsType[*url.Error](err); ok {
		err = withURL.Err
	}
	if text := err.Error(); strings.Contains(text, key.Reveal()) {
		return errors.New(secret.Redact(text, key))
	}
	return err
}
