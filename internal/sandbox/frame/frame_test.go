package frame

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func show(t *testing.T, policy Policy, view any) *httptest.ResponseRecorder {
	t.Helper()
	files := fstest.MapFS{"page.html": {Data: []byte(`{{define "page"}}{{template "top" .}}<h1>{{.Heading}}</h1>{{template "bottom" .}}{{end}}`)}}
	rec := httptest.NewRecorder()
	ShowUnder(policy, rec, http.StatusTeapot, Parse(nil, files, "*.html"), "page", view)
	return rec
}

func TestThePolicyAllowsTheStyleThatIsThere(t *testing.T) {
	t.Parallel()
	rec := show(t, Policy{}, Page{Look: "loop", Brand: "Loop", Title: "Orders"})
	_, rest, _ := strings.Cut(rec.Body.String(), "<style>")
	sheet, _, ok := strings.Cut(rest, "</style>")
	sum := sha256.Sum256([]byte(sheet))
	want := "style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	policy := rec.Header().Get("Content-Security-Policy")
	if !ok || !strings.Contains(policy, want) {
		t.Errorf("the sheet in the page is not the one that is allowed: %s", policy)
	}
	for _, rule := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
		if !strings.Contains(policy, rule) {
			t.Errorf("the policy lacks %s", rule)
		}
	}
	if strings.Contains(policy, "script-src") || rec.Code != http.StatusTeapot {
		t.Errorf("status %d, policy %s", rec.Code, policy)
	}
}

func TestAPageMayLoadWhatItNames(t *testing.T) {
	t.Parallel()
	rec := show(t, Policy{Scripts: []string{"'self'"}, Frames: []string{"http://app.test"}}, Page{Title: "Orders"})
	for _, rule := range []string{"script-src 'self'", "frame-src http://app.test"} {
		if policy := rec.Header().Get("Content-Security-Policy"); !strings.Contains(policy, rule) {
			t.Errorf("the policy lacks %s: %s", rule, policy)
		}
	}
}

func TestThePageSaysThatItIsASimulation(t *testing.T) {
	t.Parallel()
	const hostile = `"><script>alert(1)</script>`
	body := show(t, Policy{}, Page{
		Brand: hostile, Title: hostile, Start: "javascript:alert(1)", Said: hostile, Refused: hostile,
		Nav: []Link{{Text: hostile, Href: "javascript:alert(1)", Here: true}},
	}).Body.String()
	if strings.Contains(body, "<script>") || strings.Contains(body, `href="javascript:`) {
		t.Errorf("hostile text was not escaped:\n%s", body)
	}
	for _, want := range []string{"Simulation.", `aria-current="page"`, `role="alert"`, `role="status"`, "Sandbox start page"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestAPageThatCannotBeDrawn(t *testing.T) {
	t.Parallel()
	if rec := show(t, Policy{}, "not a page"); rec.Code != http.StatusInternalServerError {
		t.Errorf("status %d", rec.Code)
	}
}

func TestAloneThereAreNoNeighbors(t *testing.T) {
	t.Parallel()
	if links := (Neighbors{}).Links("1", "2", "3"); links != nil {
		t.Errorf("got %v", links)
	}
}
