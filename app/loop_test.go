package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/internal/sandbox"
)

// The key of the simulated account at Loop.
const theLoopKey = "sandbox-loop-key"

func (s *stage) giveLoopKey(t *testing.T, key string) {
	t.Helper()
	s.mustAPI(t, sandbox.Shop, http.MethodPut, "/api/settings", `{"loop_api_key":"`+key+`"}`, nil)
}

// loopView is what the API tells of a test, and of an order's last answer.
type loopView struct {
	Found   bool   `json:"found"`
	Code    string `json:"code"`
	Message string `json:"message"`
	Fix     string `json:"fix"`
}

// answered waits until Loop was asked about an order that was written.
func (s *stage) answered(t *testing.T, id, code string) {
	t.Helper()
	s.until(t, func() error {
		var view struct {
			Loop *loopView `json:"loop"`
		}
		s.mustAPI(t, sandbox.Shop, http.MethodGet, "/api/orders/"+id, "", &view)
		if view.Loop == nil || view.Loop.Code != code {
			return fmt.Errorf("loop's answer about order %s: %+v, want %s", id, view.Loop, code)
		}
		return nil
	})
}

func TestLoopIsAsked(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{})
	s.furnished(t)
	id := s.place(t, "AWAITING_SHIPMENT")
	s.orderIs(t, sandbox.Shop, id, "written", "")
	path := "/api/orders/" + id + "/loop-check"
	if status, body := s.api(t, sandbox.Shop, http.MethodPost, path, ""); status != http.StatusConflict || !strings.Contains(body, "loop_key_missing") {
		t.Errorf("without a key: %d %s", status, body)
	}
	if code, out, errs := s.command(t, "check", "loop", id); code != 1 || !strings.Contains(errs, "loop_api_key") {
		t.Errorf("without a key: exit %d: %s%s", code, out, errs)
	}

	s.giveLoopKey(t, theLoopKey)
	var report loopView
	s.mustAPI(t, sandbox.Shop, http.MethodPost, path, "", &report)
	if !report.Found || report.Code != "found" || report.Fix != "" {
		t.Errorf("report %+v", report)
	}
	s.answered(t, id, "found")
	if code, out, errs := s.command(t, "check", "loop", " #"+id+" "); code != 0 || !strings.Contains(out, "ok ") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	if code, _, errs := s.command(t, "check", "loop", "576900000000099999"); code != 1 || !strings.Contains(errs, "unknown") {
		t.Errorf("an unknown order: exit %d: %s", code, errs)
	}

	held := s.place(t, "ON_HOLD")
	s.orderIs(t, sandbox.Shop, held, "waiting", "on_hold")
	if status, body := s.api(t, sandbox.Shop, http.MethodPost, "/api/orders/"+held+"/loop-check", ""); status != http.StatusConflict || !strings.Contains(body, "order_not_written") {
		t.Errorf("an order that is not written: %d %s", status, body)
	}
	if err := s.platforms.TikTok.SetStatus(held, "AWAITING_SHIPMENT"); err != nil {
		t.Fatal(err)
	}
	s.orderIs(t, sandbox.Shop, held, "written", "")
	s.answered(t, held, "found") // by itself
	s.keepsQuiet(t, id)
}

// keepsQuiet looks for key and ZIP where neither may be.
func (s *stage) keepsQuiet(t *testing.T, id string) {
	t.Helper()
	_, settings := s.api(t, sandbox.Shop, http.MethodGet, "/api/settings", "")
	_, story, _ := s.command(t, "explain", id)
	for where, text := range map[string]string{"settings": settings, "explain": story} {
		if strings.Contains(text, theLoopKey) || strings.Contains(text, "73301") {
			t.Errorf("%s shows the key or a ZIP: %s", where, text)
		}
	}
	for _, file := range []string{s.file, s.file + "-wal"} {
		raw, err := os.ReadFile(file)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		if bytes.Contains(raw, []byte(theLoopKey)) {
			t.Errorf("%s holds the key as it is", file)
		}
	}
}

// Loop's refusal is information: the order is written all the same, and the merchant reads why.
func TestAWrongKeyForLoopHoldsNothingUp(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{})
	s.furnished(t)
	s.giveLoopKey(t, "a-key-that-was-withdrawn")
	id := s.place(t, "AWAITING_SHIPMENT")
	s.orderIs(t, sandbox.Shop, id, "written", "")
	s.answered(t, id, "key-refused")
	s.shopWide(t, "loop_key_refused")
	var report loopView
	s.mustAPI(t, sandbox.Shop, http.MethodPost, "/api/orders/"+id+"/loop-check", "", &report)
	if report.Found || report.Code != "key-refused" || report.Fix == "" {
		t.Errorf("report %+v", report)
	}
	if code, out, errs := s.command(t, "check", "loop", id); code != 1 || !strings.Contains(out, "fix:") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	s.giveLoopKey(t, "")
	s.shopWide(t)
	if status, body := s.api(t, sandbox.Shop, http.MethodPost, "/api/orders/"+id+"/loop-check", ""); status != http.StatusConflict {
		t.Errorf("after the key was removed: %d %s", status, body)
	}
}

// `check` still means everything when it is not told what.
func TestCheckByItselfChecksEverything(t *testing.T) {
	t.Parallel()
	s := &stage{}
	if code, out, _ := s.command(t, "check"); code != 1 || !strings.Contains(out, "FAULT  configuration") {
		t.Errorf("exit %d: %s", code, out)
	}
}
