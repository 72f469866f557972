package guide_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/internal/guide"
)

func TestThePortalIsAsked(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	portal := httptest.NewServer(mux)
	t.Cleanup(portal.Close)
	mux.HandleFunc("/{$}", func(http.ResponseWriter, *http.Request) {})
	mux.Handle("/moved", http.RedirectHandler("/", http.StatusFound))
	mux.Handle("/round", http.RedirectHandler("/round", http.StatusFound))
	mux.Handle("/away", http.RedirectHandler("http://169.254.169.254/", http.StatusFound))
	gone := httptest.NewServer(nil)
	gone.Close()
	for at, want := range map[string]guide.Answer{
		portal.URL:            guide.Answered,
		portal.URL + "/moved": guide.Answered,
		portal.URL + "/round": guide.Elsewhere,
		portal.URL + "/away":  guide.Elsewhere,
		portal.URL + "/no":    "status 404",
		gone.URL:              guide.Unreachable,
		"http://10.0.0.1/":    guide.NotPublic,
		// Who may be asked without https must be on this machine, and with it must not.
		strings.Replace(portal.URL, "http:", "https:", 1): guide.NotPublic,
	} {
		if got := (guide.Prober{Sandbox: true}).Ask(t.Context(), at); got != want || got.Sentence() == "" {
			t.Errorf("%s: %s, want %s", at, got, want)
		}
	}
}

// Outside the sandbox nothing that is not public is connected to, however it is written.
func TestOnlyPublicHostsAreAsked(t *testing.T) {
	t.Parallel()
	portal := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the portal was asked") }))
	t.Cleanup(portal.Close)
	for _, at := range []string{
		portal.URL, strings.Replace(portal.URL, "127.0.0.1", "localhost", 1), "https://127.0.0.1", "https://[::1]", "https://[::ffff:127.0.0.1]",
		"https://169.254.169.254/latest", "https://10.1.2.3", "https://192.168.0.1", "https://172.16.0.1", "https://100.64.0.1", "https://0.0.0.0",
		"https://[fd00::1]", "https://[fe80::1]", "https://[64:ff9b::7f00:1]", "https://[2002:7f00:1::]", "https://224.0.0.1", "https://255.255.255.255",
	} {
		if got := (guide.Prober{}).Ask(t.Context(), at); got != guide.NotPublic {
			t.Errorf("%s: %s", at, got)
		}
	}
}
