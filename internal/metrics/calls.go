package metrics

import (
	"context"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/loop"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Observer is what a platform's client tells its calls to.
type Observer = func(ctx context.Context, op, requestID string, status int, latency time.Duration, err error)

// Calls counts a platform's calls and tells next, which may be nil, of them too.
func (m *Metrics) Calls(platform string, next Observer) Observer {
	return func(ctx context.Context, op, requestID string, status int, latency time.Duration, err error) {
		m.calls.WithLabelValues(platform, op, m.Code(platform)(status, err)).Inc()
		m.callSeconds.WithLabelValues(platform, op).Observe(latency.Seconds())
		if next != nil {
			next(ctx, op, requestID, status, latency, err)
		}
	}
}

// Code says what became of a platform's calls, in a number of words that ends.
func (m *Metrics) Code(platform string) func(status int, err error) string {
	return func(status int, err error) string { return m.codes.bounded(platform, codeOf(status, err)) }
}

// plain is what a code looks like; anything else a platform calls a code may be a text.
var plain = regexp.MustCompile(`^[a-z0-9_-]{1,48}$`)

// codeOf is the platform's own code for what it refused, or what happened instead of an answer.
func codeOf(status int, err error) string {
	if err == nil {
		return "ok"
	}
	var (
		code      string
		ofTikTok  *tiktok.Error
		ofShopify *shopify.Error
		ofLoop    *loop.Error
	)
	switch {
	case errors.As(err, &ofTikTok):
		code = strconv.FormatInt(ofTikTok.Code, 10)
	case errors.As(err, &ofShopify) && len(ofShopify.Codes) > 0:
		code = ofShopify.Codes[0]
	case errors.As(err, &ofLoop):
		code = ofLoop.Code
	}
	code = strings.ToLower(code)
	switch {
	case code != "0" && plain.MatchString(code):
		return code
	case errors.Is(err, context.Canceled):
		return "cancelled"
	case status == 0:
		return "no_answer"
	case status >= 400:
		return "http_" + strconv.Itoa(status)
	}
	return "malformed"
}
