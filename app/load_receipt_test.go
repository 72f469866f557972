//go:build load && linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/stdlib"

	"github.com/switchbackhq/switchback/internal/config"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/store/postgrestest"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/tokens"
)

const (
	receiptSenders  = 64
	receiptBody     = 4096
	receiptTime     = 5 * time.Second
	receiptRounds   = 3
	receiptKey      = "loadkey"
	receiptSecret   = "load-secret"
	receiptVariable = "SWITCHBACK_LOAD_RECEIVER"
)

// TestLoadReceipt sends order webhooks of 4 KB over 64 connections, every
// sixteenth one twice, to four receivers in turn: one that checks the
// signature and does nothing else, one that also inserts each webhook bare, one
// that gives each webhook and its job a transaction of its own, and the
// program, whose queue stands still so that receipt alone is measured.
func TestLoadReceipt(t *testing.T) {
	eachDatabase(t, compareReceivers)
}

// eachDatabase runs a load program on SQLite and on PostgreSQL, which does
// not wait for its disk here: its figures are those of the processor.
func eachDatabase(t *testing.T, run func(t *testing.T, fresh func() string)) {
	t.Run("sqlite", func(t *testing.T) {
		run(t, func() string { return "sqlite:" + filepath.Join(t.TempDir(), "x.db") })
	})
	t.Run("postgres", func(t *testing.T) { run(t, func() string { return postgrestest.URL(t) }) })
}

func compareReceivers(t *testing.T, fresh func() string) {
	best := map[string]receipt{}
	kinds := []string{"signature", "bare", "single", "program"}
	for range receiptRounds {
		for _, kind := range kinds {
			r := receive(t, kind, fresh())
			if r.rate > best[kind].rate {
				best[kind] = r
			}
		}
	}
	rows := []string{"webhook receipt\treq/s\tof bare inserts\tof one transaction each\tp50 ms\tp99 ms\town CPU µs\tMB resident\t"}
	for _, kind := range kinds {
		r := best[kind]
		rows = append(rows, fmt.Sprintf("%s\t%.0f\t%.2f\t%.1f\t%s\t%s\t%d\t%.0f\t", kind, r.rate,
			r.rate/best["bare"].rate, r.rate/best["single"].rate, millis(r.p50), millis(r.p99), r.cpu.Microseconds(), r.resident))
	}
	table(rows...)
}

type receipt struct {
	rate, resident float64
	p50, p99, cpu  time.Duration
}

func receive(t *testing.T, kind, database string) receipt {
	t.Helper()
	address := freeAddress(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"-test.run", "^TestLoadReceiver$"}
	if folder := os.Getenv("LOAD_PROFILES"); folder != "" {
		args = append(args, "-test.cpuprofile", filepath.Join(folder, "receipt-"+kind+".pprof"))
	}
	child := launch(t, self, args, []string{receiptVariable + "=" + kind + "," + address + "," + database})
	defer child.stop(t)
	up := func() error {
		c, err := net.Dial("tcp", address)
		if err == nil {
			err = c.Close()
		}
		return err
	}
	if err := within(t.Context(), patience, up); err != nil {
		t.Fatal(err)
	}
	before := child.cpu(t)
	latencies, took := volley(t, address)
	used := child.cpu(t) - before
	_, most := child.memory(t)
	return receipt{
		rate: float64(len(latencies)) / took.Seconds(), resident: most,
		cpu: used / time.Duration(max(1, len(latencies))),
		p50: percentile(latencies, 0.50), p99: percentile(latencies, 0.99),
	}
}

// volley sends until the time is up and returns how long each answer took.
func volley(t *testing.T, address string) ([]time.Duration, time.Duration) {
	t.Helper()
	var (
		senders sync.WaitGroup
		mu      sync.Mutex
		all     []time.Duration
		number  atomic.Int64
	)
	start := time.Now()
	for range receiptSenders {
		senders.Go(func() {
			list, err := shoot(address, start.Add(receiptTime), &number)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, list...)
			if err != nil {
				t.Error(err)
			}
		})
	}
	senders.Wait()
	return all, time.Since(start)
}

// shoot is one sender on one connection. It writes HTTP by hand: a client that
// did more would take the processor from what is measured.
func shoot(address string, until time.Time, number *atomic.Int64) ([]time.Duration, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	answers := bufio.NewReader(conn)
	var list []time.Duration
	for time.Now().Before(until) {
		n := number.Add(1)
		if n%16 == 0 {
			n--
		}
		request := delivery(n)
		sent := time.Now()
		if _, err := conn.Write(request); err != nil {
			return list, err
		}
		response, err := http.ReadResponse(answers, nil)
		if err != nil {
			return list, err
		}
		_, err = io.Copy(io.Discard, response.Body)
		if err := errors.Join(err, response.Body.Close()); err != nil {
			return list, err
		}
		if response.StatusCode != http.StatusOK {
			return list, fmt.Errorf("webhook %d was answered with %s", n, response.Status)
		}
		list = append(list, time.Since(sent))
	}
	return list, nil
}

// padding makes a notification as long as TikTok's longest.
var padding = strings.Repeat("0123456789abcdef", receiptBody/16)

// delivery is the n-th webhook, whole.
func delivery(n int64) []byte {
	head := fmt.Sprintf(`{"type":1,"tts_notification_id":"%d","shop_id":%q,"timestamp":1793000000,"data":{"order_id":"5769%014d","order_status":"AWAITING_SHIPMENT","update_time":1793000000,"padding":"`,
		n, sandbox.TikTokShop, n)
	body := head + padding[:receiptBody-len(head)-3] + `"}}`
	signature := hmac.New(sha256.New, []byte(receiptSecret))
	_, _ = io.WriteString(signature, receiptKey)
	_, _ = io.WriteString(signature, body)
	var request bytes.Buffer
	request.Grow(receiptBody + 256)
	_, _ = fmt.Fprintf(&request, "POST /webhooks/tiktok HTTP/1.1\r\nHost: load\r\nContent-Type: application/json\r\nAuthorization: %s\r\nContent-Length: %d\r\n\r\n%s",
		hex.EncodeToString(signature.Sum(nil)), len(body), body)
	return request.Bytes()
}

// TestLoadReceiver is the child of TestLoadReceipt.
func TestLoadReceiver(t *testing.T) {
	kind, rest, child := strings.Cut(os.Getenv(receiptVariable), ",")
	if !child {
		t.Skip("started by TestLoadReceipt")
	}
	address, database, _ := strings.Cut(rest, ",")
	cfg, err := config.Load([]string{
		"DATABASE_URL=" + database, "ENCRYPTION_KEY=" + encryptionKey, "METRICS_ADDR=",
		"SHOPIFY_API_KEY=k", "SHOPIFY_API_SECRET=s", "TIKTOK_APP_KEY=" + receiptKey, "TIKTOK_APP_SECRET=" + receiptSecret, "TIKTOK_SERVICE_ID=1",
	}, config.Encryption, config.ShopifyApp, config.TikTokApp)
	if err != nil {
		t.Fatal(err)
	}
	// A log that is encoded and thrown away: what the reader of a pipe does is not ours.
	p, err := build(t.Context(), cfg, everything, slog.New(slog.NewJSONHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	settle(t, p.store)
	switch kind {
	case "signature":
		p.handler = signatureOnly(nil)
	case "bare":
		p.handler = signatureOnly(bare(p))
	case "single":
		p.handler = signatureOnly(single(p))
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(t.Context(), syscall.SIGTERM)
	defer stop()
	if err := errors.Join(p.answer(ctx, listener), p.store.Close()); err != nil {
		t.Fatal(err)
	}
}

// settle installs the shop and connects its TikTok shop.
func settle(t *testing.T, s *store.Store) {
	t.Helper()
	pair := tokens.Pair{Access: secret.New("a"), Refresh: secret.New("r"), AccessExpiresAt: time.Now().Add(time.Hour), RefreshExpiresAt: time.Now().Add(time.Hour)}
	_, err := s.InstallShop(t.Context(), shops.Shop{Domain: sandbox.Shop, Currency: "USD"}, pair)
	if err != nil {
		t.Fatal(err)
	}
	auth := shops.Authorization{Shop: sandbox.Shop, OpenID: sandbox.Seller}
	if err := s.Connect(t.Context(), auth, pair, []shops.Connection{{Shop: sandbox.Shop, TikTokShop: sandbox.TikTokShop, Region: "US", Currency: "USD"}}); err != nil {
		t.Fatal(err)
	}
}

// signatureOnly is the least that a receiver of webhooks does.
func signatureOnly(keep func(context.Context, []byte) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		switch {
		case err != nil:
			w.WriteHeader(http.StatusBadRequest)
		case !tiktok.VerifyWebhook(receiptKey, secret.New(receiptSecret), r.Header.Get("Authorization"), raw):
			w.WriteHeader(http.StatusUnauthorized)
		case keep == nil:
			w.WriteHeader(http.StatusOK)
		default:
			if err := keep(r.Context(), raw); err != nil {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		}
	})
}

const insertEvent = `INSERT INTO events (id, source, account, topic, delivery_id, event_id, shop, order_id, triggered_at, received_at, body_sealed)
	VALUES ($1, 'tiktok', $2, '1', $3, '', $4, $5, 0, $6, $7) ON CONFLICT DO NOTHING`

func writerOf(p *program) *sql.DB {
	if p.store.SQLite() != nil {
		return p.store.SQLite()
	}
	return stdlib.OpenDBFromPool(p.store.Postgres())
}

// bare inserts a webhook, and no job.
func bare(p *program) func(context.Context, []byte) error {
	database := writerOf(p)
	return func(ctx context.Context, raw []byte) error {
		n, err := tiktok.ParseNotification(raw)
		if err != nil {
			return err
		}
		_, err = database.ExecContext(ctx, insertEvent, "bare"+n.ID, string(n.Shop), n.ID, sandbox.Shop, string(n.OrderID), time.Now().UnixMicro(), raw)
		return err
	}
}

// single keeps a webhook and its job in one transaction of their own, in the
// same tables under the same durability.
func single(p *program) func(context.Context, []byte) error {
	database := writerOf(p)
	return func(ctx context.Context, raw []byte) error {
		n, err := tiktok.ParseNotification(raw)
		if err != nil {
			return err
		}
		conn, err := database.Conn(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close() }()
		tx, err := conn.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }()
		result, err := tx.ExecContext(ctx, insertEvent, "single"+n.ID, string(n.Shop), n.ID, sandbox.Shop, string(n.OrderID), time.Now().UnixMicro(), raw)
		if err != nil {
			return err
		}
		if rows, err := result.RowsAffected(); err != nil || rows == 0 {
			return errors.Join(err, tx.Commit())
		}
		job := orders.ImportArgs{Shop: sandbox.Shop, TikTokShop: n.Shop, Order: n.OrderID, Cause: "webhook:" + n.ID}
		if err := p.queue.InsertJobs(ctx, conn, tx, []store.Job{job}); err != nil {
			return err
		}
		return tx.Commit()
	}
}
