package shopify

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/internal/secret"
)

// hidden fails when an error shows a secret that its request carried.
func hidden(t *testing.T, err error, secrets ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, one := range secrets {
		if strings.Contains(err.Error(), one) {
			t.Errorf("shown: %v", err)
		}
	}
}

// A platform that quotes what it was sent, or a proxy that does, puts no secret into an error.
func TestQuotedTokensAreCutOut(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"text":       `{"errors":"no access with shpat_secret"}`,
		"list":       `{"errors":[{"message":"no access with shpat_secret","extensions":{"code":"shpat_secret"}}]}`,
		"user error": `{"data":{"orderCreate":{"order":null,"userErrors":[{"message":"no access with shpat_secret","field":["shpat_secret"]}]}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("X-Request-Id", r.Header.Get("X-Shopify-Access-Token"))
				_, _ = io.WriteString(w, body)
			})
			in, options := fullOrder(tiktokID)
			created, err := client.CreateOrder(t.Context(), testShop, in, options)
			if err == nil {
				err = created.UserErrors
			}
			hidden(t, err, "shpat_secret")
		})
	}
}

func TestQuotedGrantsAreCutOut(t *testing.T) {
	t.Parallel()
	echo := func(w http.ResponseWriter, r *http.Request) {
		sent, _ := io.ReadAll(r.Body)
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": "invalid_request", "error_description": string(sent)})
	}
	noHTTP := func(w http.ResponseWriter, r *http.Request) {
		sent, _ := io.ReadAll(r.Body)
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer func(c net.Conn) { _ = c.Close() }(conn)
		_, _ = conn.Write(append(sent, "\r\n\r\n"...))
	}
	for name, answer := range map[string]http.HandlerFunc{"description": echo, "no HTTP": noHTTP} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(answer)
			defer server.Close()
			app := &App{APIKey: "key", APISecret: secret.New("shpss_secret"), ShopURL: server.URL, HTTP: server.Client()}
			_, err := app.RefreshToken(t.Context(), testShop, secret.New("shprt_secret"))
			hidden(t, err, "shpss_secret", "shprt_secret")
			_, err = app.ExchangeSessionToken(t.Context(), testShop, "eyJhbGciOi.session")
			hidden(t, err, "shpss_secret", "eyJhbGciOi")
			_, err = app.ExchangeCode(t.Context(), testShop, "code_secret")
			hidden(t, err, "shpss_secret", "code_secret")
		})
	}
}
