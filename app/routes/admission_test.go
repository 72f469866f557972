package routes_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchbackhq/switchback/app/routes"
)

// stuck is a body that stops short of its end until it is let go.
type stuck struct{ free chan struct{} }

func (s stuck) Read([]byte) (int, error) {
	<-s.free
	return 0, io.ErrUnexpectedEOF
}

// Large bodies that all stop short of their end fill the room for them and no
// more; small deliveries are taken beside, and the room comes back.
func TestLargeBodiesAreRefusedWhenTooManyCome(t *testing.T) {
	t.Parallel()
	w := newWorld()
	handler := w.handler()
	free, codes := make(chan struct{}), make(chan int, 48)
	for range 48 {
		go func() {
			body := io.MultiReader(strings.NewReader(strings.Repeat("a", 1<<20-1)), stuck{free})
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/webhooks/tiktok", body)
			rec := httptest.NewRecorder()
			handler.ServeHTTP(rec, r)
			if rec.Code == http.StatusServiceUnavailable && rec.Header().Get("Retry-After") == "" {
				t.Error("a refusal does not say when to come again")
			}
			codes <- rec.Code
		}()
	}
	for range 15 { // 32 MiB are room for 32 of them
		select {
		case code := <-codes:
			if code != http.StatusServiceUnavailable {
				t.Errorf("a body too many: %d", code)
			}
		case <-time.After(time.Minute):
			close(free)
			t.Fatal("48 bodies of 1 MiB are in memory at once")
		}
	}
	rec := httptest.NewRecorder()
	handler.ServeHTTP(rec, tiktokDelivery(t, orderBody))
	if rec.Code != http.StatusOK {
		t.Errorf("a delivery beside: %d", rec.Code)
	}
	close(free)
	for range 33 {
		<-codes
	}
	rec = httptest.NewRecorder()
	handler.ServeHTTP(rec, shopifyDelivery(t, `{"x":"`+strings.Repeat("a", 1<<20-8)+`"}`, newHush))
	if rec.Code != http.StatusOK {
		t.Errorf("a large delivery after: %d", rec.Code)
	}
}

// Who asks whether the program is ready asks the database only once at a time.
func TestReadinessIsAskedOnceAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64
		part := routes.Part{Name: "database", Ask: func(context.Context) error {
			asked.Add(1)
			time.Sleep(time.Second) // of the bubble's clock
			return nil
		}}
		handler := routes.Probes(routes.Deps{Parts: []routes.Part{part}, Log: slog.New(slog.DiscardHandler)})
		var askers sync.WaitGroup
		for range 50 {
			askers.Go(func() {
				rec := httptest.NewRecorder()
				handler.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", nil))
				if rec.Code != http.StatusOK {
					t.Errorf("ready: %d", rec.Code)
				}
			})
		}
		askers.Wait()
		if n := asked.Load(); n != 1 {
			t.Errorf("asked %d times", n)
		}
	})
}

// Who stops short of a body's end is answered and then let go of, however long
// they would stay; who has sent all stays connected.
func TestAnUnfinishedBodyEndsTheConnection(t *testing.T) {
	t.Parallel()
	for name, head := range map[string]string{
		"webhook": "POST /webhooks/tiktok HTTP/1.1", "unknown address": "POST /nowhere HTTP/1.1",
		"probe": "GET /healthz HTTP/1.1", "page": "POST /orders/import HTTP/1.1", "not signed in": "PUT /api/settings HTTP/1.1",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := dial(t, newWorld())
			if _, err := io.WriteString(conn, head+"\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"); err != nil {
				t.Fatal(err)
			}
			if err := conn.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
				t.Fatal(err)
			}
			answer, err := io.ReadAll(conn)
			if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 ") {
				t.Errorf("%v after %q", err, answer)
			}
		})
	}
}

// What sends a body to an address that reads none is not waited for.
func TestAnUnreadBodyEndsTheConnection(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/nowhere", "/healthz", "/api/settings"} {
		method := http.MethodPost
		if path == "/api/settings" {
			method = http.MethodPut
		}
		if rec := newWorld().call(t, request(t, method, path, "{}")); rec.Header().Get("Connection") != "close" {
			t.Errorf("%s: %d leaves the connection open", path, rec.Code)
		}
	}
}
