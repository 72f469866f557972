package main

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/switchbackhq/switchback/internal/browsertest"
	"github.com/switchbackhq/switchback/internal/sandbox"
)

// Somebody is quicker than the network: of two forms the second is not sent
// before the first is saved, and says so; nothing typed into it is lost.
func TestAFormSentTooEarlyIsNotLost(t *testing.T) {
	t.Parallel()
	s := sitDown(t, browsertest.Desktop)
	page := s.open(t, "/settings")
	page.Fill(t, "Tags", "first")
	page.Fill(t, "Return portal", "https://second.example.com")
	page.Eval(t, `["orders", "returns"].forEach((part) => document.querySelector('form[action="/settings/' + part + '"]').requestSubmit())`, nil)
	s.tab.View("").See(t, "your last change is still being saved")
	page.See(t, "Saved")
	var typed string
	if page.Eval(t, `document.querySelector("[name=return_portal_url]").shadowRoot.querySelector("input").value`, &typed); typed != "https://second.example.com" {
		t.Errorf("what was typed into the other form has become %q", typed)
	}
	if got := s.settings(t); len(got.Tags) != 1 || got.Tags[0] != "first" || got.Portal != "" {
		t.Errorf("after the first form the settings are %+v", got)
	}
	page.Click(t, "button", "Save return settings")
	s.until(t, func() error {
		if got := s.settings(t); got.Portal != "https://second.example.com" || len(got.Tags) != 1 {
			return fmt.Errorf("the settings are %+v", got)
		}
		return nil
	})
	s.quiet(t)
}

// A link that is followed while a form is on its way leads on when it is saved,
// and of two links the last one counts.
func TestALinkWaitsForTheForm(t *testing.T) {
	t.Parallel()
	s := sitDown(t, browsertest.Desktop)
	page := s.open(t, "/settings")
	page.Fill(t, "Tags", "kept")
	page.Eval(t, `document.querySelector('form[action="/settings/orders"]').requestSubmit(); document.querySelector('s-link[href="/mappings/skus"]').shadowRoot.querySelector("a").click()`, nil)
	s.lands(t, page, "/mappings/skus")
	if got := s.settings(t); len(got.Tags) != 1 || got.Tags[0] != "kept" {
		t.Errorf("the settings are %+v", got)
	}
	page = s.open(t, "/settings")
	page.Eval(t, `for (const path of ["skus", "carriers"]) document.querySelector('s-link[href="/mappings/' + path + '"]').shadowRoot.querySelector("a").click()`, nil)
	s.lands(t, page, "/mappings/carriers")
	s.quiet(t)
}

// lands waits until the frame shows the page of that path.
func (s *seat) lands(t *testing.T, page *browsertest.View, path string) {
	t.Helper()
	s.until(t, func() error {
		var at, heading string
		page.Eval(t, `location.pathname`, &at)
		if page.Eval(t, `document.querySelector("s-section").getAttribute("heading")`, &heading); at != path || heading != "Table" {
			return fmt.Errorf("it is at %s, which begins with %q", at, heading)
		}
		return nil
	})
}

// settings are what the forms save.
func (s *seat) settings(t *testing.T) (got struct {
	Tags   []string `json:"tags"`
	Portal string   `json:"return_portal_url"`
}) {
	t.Helper()
	status, body := s.api(t, sandbox.Shop, "GET", "/api/settings", "")
	if status != 200 {
		t.Fatalf("settings: %d %s", status, body)
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	return got
}
