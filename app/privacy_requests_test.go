package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/switchbackhq/switchback/internal/sandbox"
)

// wishView is a customer's request as the API tells of it.
type wishView struct {
	ID     string   `json:"id"`
	Asks   string   `json:"asks"`
	Orders []string `json:"shopify_orders"`
	DoneAt *string  `json:"done_at"`
}

func (s *stage) wishes(t *testing.T) []wishView {
	t.Helper()
	var list struct {
		Requests []wishView `json:"requests"`
	}
	s.mustAPI(t, sandbox.Shop, http.MethodGet, "/api/privacy/requests", "", &list)
	return list.Requests
}

// report takes the report that a customer waits for.
func (s *stage) report(t *testing.T) (text string) {
	t.Helper()
	var wish wishView
	s.until(t, func() error {
		for _, one := range s.wishes(t) {
			if one.Asks == "data_request" && one.DoneAt == nil {
				wish = one
				return nil
			}
		}
		return fmt.Errorf("no report is asked for")
	})
	var report json.RawMessage
	s.mustAPI(t, sandbox.Shop, http.MethodGet, "/api/privacy/requests/"+wish.ID+"/report", "", &report)
	return string(report)
}
