package shopify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"time"

	"github.com/switchbackhq/switchback/internal/secret"
)

const (
	// maxAnswer bounds what is read of an answer, in bytes.
	maxAnswer = 8 << 20
	userAgent = "Switchback (+https://github.com/switchbackhq/switchback)"
)

// answer is what came back over HTTP, read whole.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// requestID is Shopify's own name for the request, for its support.
func (a answer) requestID() string { return clip(a.header.Get("X-Request-Id")) }

// without is the answer with the secrets cut out that it may quote.
func (a answer) without(secrets ...secret.String) answer {
	a.body = []byte(secret.Redact(string(a.body), secrets...))
	if id := a.header.Get("X-Request-Id"); id != "" {
		a.header = a.header.Clone()
		a.header.Set("X-Request-Id", secret.Redact(id, secrets...))
	}
	return a
}

// retryAfter reads the header's seconds; 0 when it is absent or no number.
func (a answer) retryAfter() time.Duration {
	seconds, err := strconv.ParseFloat(a.header.Get("Retry-After"), 64)
	if err != nil || !(seconds > 0) {
		return 0
	}
	return time.Duration(min(seconds, maxWaitSeconds) * float64(time.Second))
}

// post sends body and reads the answer. With an error it says whether the
// request may have reached the other side: from the moment a connection was
// there, nobody can exclude it.
func post(ctx context.Context, client *http.Client, address string, header http.Header, body []byte) (a answer, maybeSent bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if err := ctx.Err(); err != nil {
		return answer{}, false, err
	}
	// Both hooks run in this goroutine. A transport that asks for no connection is not
	// net/http's, and then the safe answer is that the request may have been sent.
	var asked, connected bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { asked = true },
		GotConn: func(httptrace.GotConnInfo) { connected = true },
	})
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return answer{}, false, err
	}
	for name, values := range header {
		req.Header[name] = values
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", userAgent)
	resp, err := withoutRedirects(client).Do(req)
	if err != nil {
		return answer{}, connected || !asked, err
	}
	defer func() { _ = resp.Body.Close() }() // read to its end or given up: closing can tell nothing new
	a = answer{status: resp.StatusCode, header: resp.Header}
	a.body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return a, true, fmt.Errorf("read the answer: %w", err)
	}
	if len(a.body) > maxAnswer {
		return a, true, errors.New("the answer is longer than 8 MiB")
	}
	return a, false, nil
}

// withoutRedirects is client, but never following: a redirect would carry the
// access token, which net/http does not know for a secret, to another host.
func withoutRedirects(client *http.Client) *http.Client {
	if client == nil {
		client = http.DefaultClient
	}
	still := *client
	still.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &still
}

// transportText says what went wrong without the address, which adds nothing,
// and without the secrets that were sent: net/http quotes what is no HTTP.
func transportText(err error, secrets ...secret.String) string {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.Is(err, context.Canceled):
		return "given up before the answer came"
	}
	return scrub(secret.Redact(err.Error(), secrets...))
}
