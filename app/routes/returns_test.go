package routes_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/internal/returns"
	"github.com/switchbackhq/switchback/internal/shops"
)

func (w *world) Visit(_ context.Context, slug, order, zip string, from netip.Addr) (string, error) {
	w.note("visit " + slug + " " + order + " " + zip + " " + from.String())
	switch slug {
	case "demoslug":
		return returns.Address("https://portal.example", order, zip)
	case "noportal":
		return "", returns.ErrNoPortal
	case "broken":
		return "", errors.New("down")
	}
	return "", shops.ErrNotFound
}

func TestTheReturnLink(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]struct {
		status int
		to     string
		noted  string
	}{
		"/returns/demoslug?order=%235764&zip=SW1A+2AA":           {302, "https://portal.example/?order=%235764&zip=SW1A+2AA", "visit demoslug #5764 SW1A 2AA 203.0.113.9"},
		"/returns/demoslug/?order=5764&zip=1&utm=x":              {302, "https://portal.example/?order=5764&zip=1", "visit demoslug 5764 1 203.0.113.9"},
		"/returns/demoslug":                                      {302, "https://portal.example/", "visit demoslug   203.0.113.9"},
		"/returns/demoslug?order=%zz&zip=1":                      {302, "https://portal.example/", "visit demoslug   203.0.113.9"},
		"/returns/demoslug?order=5%0d%0aSet-Cookie:%20a=b&zip=1": {302, "https://portal.example/?order=5%0D%0ASet-Cookie%3A+a%3Db&zip=1", ""},
		"/returns/demoslug?order=//evil.example&zip=https:evil":  {302, "https://portal.example/?order=%2F%2Fevil.example&zip=https%3Aevil", ""},
		"/returns/unknown?order=5764&zip=1":                      {404, "", ""},
		"/returns/noportal?order=5764&zip=1":                     {404, "", ""},
		"/returns/broken?order=5764&zip=1":                       {500, "", ""},
		"/returns/":                                              {404, "", ""},
	} {
		w := newWorld()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		r.RemoteAddr = "203.0.113.9:4711"
		r.Header.Set("X-Forwarded-For", "192.0.2.1") // nobody's proxy: not believed
		rec := httptest.NewRecorder()
		w.handler().ServeHTTP(rec, r)
		h := rec.Header()
		if rec.Code != want.status || h.Get("Location") != want.to || h.Get("Set-Cookie") != "" {
			t.Errorf("%s: %d to %q, headers %v", path, rec.Code, h.Get("Location"), h)
		}
		if h.Get("Cache-Control") != "no-store" || h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: headers %v", path, h)
		}
		if want.noted != "" && (len(w.did) != 1 || w.did[0] != want.noted) {
			t.Errorf("%s: %q", path, w.did)
		}
		if log := w.log.String(); strings.Contains(log, "5764") || strings.Contains(log, "SW1A") || strings.Contains(log, "203.0.113") {
			t.Errorf("%s: the log tells of the visitor: %s", path, log)
		}
	}
}
