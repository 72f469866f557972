package routes_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Turbo fetches pages, and App Bridge puts the session token into the header.
func TestAPageIsFetchedWithAToken(t *testing.T) {
	t.Parallel()
	w := newWorld()
	late := claims(w, demo)
	late["exp"] = w.now.Unix() - 60
	late["nbf"], late["iat"] = w.now.Unix()-120, w.now.Unix()-120
	for name, fetch := range map[string]struct {
		target, token string
		want          int
	}{
		"good":         {"/", token(t, "HS256", newHush, claims(w, demo)), http.StatusOK},
		"late":         {"/", token(t, "HS256", newHush, late), http.StatusUnauthorized},
		"forged":       {"/", token(t, "HS256", "guess", claims(w, demo)), http.StatusUnauthorized},
		"another shop": {"/?shop=other.myshopify.com", token(t, "HS256", newHush, claims(w, demo)), http.StatusUnauthorized},
		// What the address holds is not looked at once there is a header.
		"late header, good address": {"/?shop=" + string(demo) + "&id_token=" + token(t, "HS256", newHush, claims(w, demo)), token(t, "HS256", newHush, late), http.StatusUnauthorized},
	} {
		r := request(t, http.MethodGet, fetch.target, "")
		r.Header.Set("Authorization", "Bearer "+fetch.token)
		rec := w.call(t, r)
		if rec.Code != fetch.want {
			t.Errorf("%s: %d %s", name, rec.Code, rec.Body)
		}
		if again := rec.Header().Get("X-Shopify-Retry-Invalid-Session-Request"); (again == "1") != (fetch.want == http.StatusUnauthorized) {
			t.Errorf("%s: asked to repeat: %q", name, again)
		}
	}
	if !cmp.Equal(w.did, []string{"ensure demo.myshopify.com"}) {
		t.Errorf("did %v", w.did)
	}
}

// A page loads nothing but our files and Shopify's, and holds no script itself.
func TestAPageHoldsNoScript(t *testing.T) {
	t.Parallel()
	w := newWorld()
	r := request(t, http.MethodGet, "/", "")
	r.Header.Set("Authorization", "Bearer "+token(t, "HS256", newHush, claims(w, demo)))
	rec := w.call(t, r)
	policy := rec.Header().Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self' https://cdn.shopify.com;", "form-action 'self'", "base-uri 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy lacks %s: %s", want, policy)
		}
	}
	for _, script := range strings.Split(rec.Body.String(), "<script")[1:] {
		if _, content, _ := strings.Cut(script, ">"); !strings.HasPrefix(content, "</script>") {
			t.Errorf("a script stands in the page: %.80s", content)
		}
	}
	for _, word := range []string{" style=", " onclick=", "javascript:"} {
		if strings.Contains(rec.Body.String(), word) {
			t.Errorf("the page holds %s", word)
		}
	}
}
