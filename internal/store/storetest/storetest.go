// Package storetest is what every database behind package store must do: one
// suite, run on SQLite and on PostgreSQL.
//
// Tests of the store call Run. Jobs go through the real queue, because that a
// job and its cause are durable together is the very thing to show.
package storetest

import (
	"bytes"
	"context"
	"encoding/base64"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/tokens"
)

// Opener gives an empty, migrated store with a queue that takes jobs and runs
// none. It is closed when the test ends.
type Opener func(t *testing.T, o store.Options) *store.Store

// Run runs the suite.
func Run(t *testing.T, open Opener) {
	t.Helper()
	anew := &census{seen: map[string]int{}}
	t.Cleanup(func() { anew.complete(t) })
	run(t, open, anew.rekey, map[string]func(*testing.T, *bench){
		"a shop's life":                         shopLife,
		"install fills in and never blanks":     installFillsIn,
		"uninstall frees and ignores the late":  uninstall,
		"erase takes what earlier ones left":    erase,
		"settings and released work":            settings,
		"settings changed at once":              settingsAtOnce,
		"tokens":                                tokenPairs,
		"token leases":                          tokenLeases,
		"connect is all or nothing":             connect,
		"a tiktok shop has one owner":           taken,
		"states are spent once":                 states,
		"an event is kept once":                 events,
		"50 receivers at once":                  receivers,
		"a poisoned event fails alone":          poisoned,
		"leases and fences":                     leases,
		"a fence keeps a lost job out":          fenced,
		"orders are kept whole":                 orders,
		"states follow one another":             transitions,
		"changes, intents and places":           changes,
		"shipments claim their units":           shipments,
		"a job is as durable as its cause":      jobsWithCause,
		"refunds":                               refunds,
		"refunds are guarded":                   refundGuards,
		"visits through the return link":        visits,
		"figures of a scrape":                   figures,
		"marks of the guide":                    guideMarks,
		"the first order":                       firstOrder,
		"found in loop":                         foundInLoop,
		"orders at rest":                        atRest,
		"a shop at a glance":                    glance,
		"a backfill's turns":                    backfillTurns,
		"one backfill runs at a time":           backfillsAtOnce,
		"a test order's turns":                  testOrderTurns,
		"one test order runs at a time":         testOrdersAtOnce,
		"cursors":                               cursors,
		"exceptions are looked at again":        rechecks,
		"access and what follows from it":       accessJobs,
		"a key for loop is kept and removed":    loopKeys,
		"a key for loop is sealed":              loopKeySealed,
		"keys are replaced":                     rekeyed,
		"a key is replaced in parts":            rekeyedInParts,
		"keys that are lost or came back":       rekeyedOddly,
		"a sealed value opens nowhere else":     sealedElsewhere,
		"loop's last answer":                    loopChecks,
		"nothing that is sealed can be read":    sealed,
		"a buyer is forgotten":                  forgetting,
		"a buyer is needed until all is over":   forgettingWaits,
		"units of work at once do not deadlock": atOnce,
	})
	run(t, open, anew.rekey, ordered())
}

// RunOrdered runs the part of the suite that lists, searches and pages: what
// the order of texts in a database may change.
func RunOrdered(t *testing.T, open Opener) {
	t.Helper()
	run(t, open, func(*testing.T, *bench) {}, ordered())
}

func ordered() map[string]func(*testing.T, *bench) {
	return map[string]func(*testing.T, *bench){
		"orders by their shipments":           shipmentLists,
		"orders by their deadlines":           deadlines,
		"open exceptions of all shops":        openOnes,
		"a shop's first order":                firstWritten,
		"sku mappings":                        skuMappings,
		"carriers":                            carriers,
		"refunds in lists":                    refundLists,
		"refunded in a period":                refunded,
		"reasons of refunds":                  refundReasons,
		"orders in shopify":                   writtenOrders,
		"search":                              search,
		"lists of orders":                     orderLists,
		"a text that finds many":              manyNames,
		"exceptions open once and are listed": exceptionsLife,
		"exceptions page":                     exceptionsPage,
		"timeline":                            timelines,
		"orders by exception":                 excepted,
		"what customers ask for":              wishes,
		"orders whose time is over":           overdue,
	}
}

// run runs tests at once, each with a store of its own and something after it.
func run(t *testing.T, open Opener, after func(*testing.T, *bench), tests map[string]func(*testing.T, *bench)) {
	t.Helper()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &bench{now: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}
			b.Store = open(t, store.Options{Keyring: Keyring(t), Now: b.Now})
			test(t, b)
			after(t, b)
		})
	}
}

// Keyring is a ring with one fixed key.
func Keyring(t testing.TB) *secret.Keyring {
	t.Helper()
	return ring(t, 7)
}

// ring has a key for each number, the first first.
func ring(t testing.TB, numbers ...byte) *secret.Keyring {
	t.Helper()
	var list []string
	for _, number := range numbers {
		list = append(list, base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{number}, 32)))
	}
	keys, err := secret.ParseKeyring(strings.Join(list, ","))
	must(t, err)
	return keys
}

// bench is a store and the clock it goes by.
type bench struct {
	*store.Store
	mu  sync.Mutex
	now time.Time
}

// Now is the bench's clock.
func (b *bench) Now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

// pass lets time go by.
func (b *bench) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = b.now.Add(d)
}

const (
	demo    shopify.Domain = "demo.myshopify.com"
	other   shopify.Domain = "other.myshopify.com"
	orderID tiktok.OrderID = "576900000000010001"
)

// install gives the shop the app.
func (b *bench) install(t *testing.T, domain shopify.Domain) shops.Shop {
	t.Helper()
	shop, err := b.InstallShop(t.Context(), shops.Shop{
		Domain: domain, Name: "Demo", Currency: "USD", TimeZone: "America/New_York", Scopes: []string{"write_orders"},
	}, b.pair("shopify"))
	must(t, err)
	return shop
}

func (b *bench) pair(name string) tokens.Pair {
	return tokens.Pair{
		Access: secret.New(name + " access"), Refresh: secret.New(name + " refresh"), Scopes: []string{"one", "two"},
		AccessExpiresAt: b.Now().Add(time.Hour), RefreshExpiresAt: b.Now().Add(90 * 24 * time.Hour),
	}
}

// written leases the order, keeps it as written and releases it.
func (b *bench) written(t *testing.T, order links.Order, zip string) {
	t.Helper()
	lease := b.lease(t, order.Shop, order.ID)
	order.State = links.Written
	must(t, b.SaveChange(t.Context(), lease, order, links.Change{Place: &links.Place{ZIP: zip}}))
	must(t, b.ReleaseLease(t.Context(), lease))
}

func (b *bench) lease(t *testing.T, shop shopify.Domain, id tiktok.OrderID) links.Lease {
	t.Helper()
	lease, err := b.LeaseOrder(t.Context(), shop, id, time.Minute)
	must(t, err)
	return lease
}

// Job is a job of these tests; nothing runs it.
type Job struct {
	Name string `json:"name"`
	// Broken makes it impossible to keep.
	Broken any `json:"broken,omitempty"`
}

// Kind is the job's name in the queue.
func (Job) Kind() string { return "storetest" }

// Jobs are the names of the jobs in the queue, sorted.
func Jobs(t testing.TB, s *store.Store) []string {
	t.Helper()
	// A closure of the test's own end: the context of a test ends before its clean-ups.
	ctx := context.WithoutCancel(t.Context())
	names := []string{}
	if writer := s.SQLite(); writer != nil {
		rows, err := writer.QueryContext(ctx, `SELECT json_extract(args, '$.name') FROM river_job`)
		must(t, err)
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var name string
			must(t, rows.Scan(&name))
			names = append(names, name)
		}
		must(t, rows.Err())
	} else {
		rows, err := s.Postgres().Query(ctx, `SELECT args->>'name' FROM river_job`)
		must(t, err)
		defer rows.Close()
		for rows.Next() {
			var name string
			must(t, rows.Scan(&name))
			names = append(names, name)
		}
		must(t, rows.Err())
	}
	slices.Sort(names)
	return names
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
