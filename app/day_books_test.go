//go:build unix

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox/audit"
)

// ask calls the JSON API and returns what went wrong: on such a day anything may.
func (d *day) ask(shop, method, path, body string, into any) error {
	request, err := http.NewRequest(method, d.app+path, strings.NewReader(body)) //nolint:noctx // the client has a timeout
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+d.platforms.Shopify.SessionToken(shop, user))
	status, _, answer, err := send(still, request)
	if err == nil && status != http.StatusOK && status != http.StatusAccepted {
		err = fmt.Errorf("%s %s for %s: %d %.200s", method, path, shop, status, answer)
	}
	if err != nil || into == nil {
		return err
	}
	return json.Unmarshal([]byte(answer), into)
}

// authorize walks through TikTok's authorization.
func (d *day) authorize(s seller) error {
	var answer struct {
		AuthorizeURL string `json:"authorize_url"`
	}
	if err := d.ask(s.domain, http.MethodPost, "/api/tiktok/connect", "", &answer); err != nil {
		return err
	}
	if err := d.platforms.TikTok.ChooseSeller(s.openID); err != nil {
		return err
	}
	status, body, err := d.get(answer.AuthorizeURL)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("connect %s: %d %.200s", s.domain, status, body)
	}
	return err
}

// reconnect is each merchant doing what the app asks for, connecting TikTok
// again, when they look: every second at most.
func (d *day) reconnect() {
	if time.Now().Before(d.visited) {
		return
	}
	d.visited = time.Now().Add(time.Second)
	for _, s := range d.sellers {
		var list struct {
			Exceptions []exceptionView `json:"exceptions"`
		}
		if d.ask(s.domain, http.MethodGet, "/api/exceptions", "", &list) != nil {
			continue // asked again in a moment
		}
		for _, e := range list.Exceptions {
			if e.Code == "connection_expired" {
				_ = d.authorize(s) // asked again in a moment
			}
		}
	}
}

// books are both platforms', and the program's as its database has them.
func (d *day) books(t *testing.T) (audit.Books, error) {
	t.Helper()
	books, err := audit.Collect(d.platforms.TikTok, d.platforms.Shopify, d.shops, d.unwanted)
	if err != nil {
		return books, err
	}
	rows, err := d.db.QueryContext(t.Context(), `SELECT shop, order_id, state, shopify_order,
			coalesce((SELECT string_agg(e.code || ': ' || e.message, '; ') FROM exceptions e WHERE e.shop = o.shop AND e.order_id = o.order_id AND e.status = 'open'), ''),
			coalesce((SELECT string_agg('a refund is ' || r.state || ' ' || r.reason, '; ') FROM refunds r WHERE r.shop = o.shop AND r.order_id = o.order_id AND r.state NOT IN ('completed', 'recorded', 'none', 'ignored')), ''),
			CASE WHEN state = 'written' AND referenced_at = 0 THEN 'TikTok was not told of the Shopify order: ' || coalesce((SELECT string_agg(n.body || ' ' || n.facts, '; ')
				FROM timeline n WHERE n.shop = o.shop AND n.order_id = o.order_id AND n.body LIKE '%reference%'), '') ELSE '' END
		FROM orders o`)
	if err != nil {
		return books, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var e audit.Entry
		var open, refunds, untold string
		if err := rows.Scan(&e.Shop, &e.Order, &e.State, &e.GID, &open, &refunds, &untold); err != nil {
			return books, err
		}
		for _, what := range []string{open, refunds, untold} {
			if what != "" {
				e.Open = append(e.Open, what)
			}
		}
		books.Ledger = append(books.Ledger, e)
	}
	return books, rows.Err()
}

// idle is nil when no job about an order is due or will be.
func (d *day) idle(t *testing.T) error {
	t.Helper()
	var jobs int
	err := d.db.QueryRowContext(t.Context(), `SELECT count(*) FROM river_job WHERE state NOT IN ('completed', 'cancelled', 'discarded')
		AND kind IN ('order_import', 'order_reference', 'refund_forward', 'fulfillment_follow')`).Scan(&jobs)
	if err == nil && jobs > 0 {
		err = errors.New("jobs are left")
	}
	return err
}
