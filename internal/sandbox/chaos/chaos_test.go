package chaos

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestScriptPlaysInOrderPerOperation(t *testing.T) {
	t.Parallel()
	var s Script
	s.Add("a", Fault{Kind: CutBefore}, 2)
	s.Add("a", Fault{Kind: Slow}, 1)
	s.Add(Any, Fault{Kind: Throttled}, 1)

	var got []Kind
	for _, op := range []string{"a", "b", "a", "b", "a", "a"} {
		f, _ := s.Next(op)
		got = append(got, f.Kind)
	}
	want := []Kind{CutBefore, Throttled, CutBefore, "", Slow, ""}
	if !slices.Equal(got, want) {
		t.Errorf("faults = %q, want %q", got, want)
	}
	if n := s.Pending(); n != 0 {
		t.Errorf("pending = %d, want 0", n)
	}
}

func TestScriptClearAndNil(t *testing.T) {
	t.Parallel()
	var s Script
	s.Add("a", Fault{Kind: CutBefore}, 3)
	s.Clear()
	if _, ok := s.Next("a"); ok {
		t.Error("a cleared script still has a fault")
	}
	var none *Script
	if _, ok := none.Next("a"); ok {
		t.Error("a nil script has a fault")
	}
}

func TestScriptIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	s := Script{Otherwise: &Plan{Seed: 1}}
	s.Add("a", Fault{Kind: Slow}, 50)
	var hits atomic.Int32
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			if _, ok := s.Next("a"); ok {
				hits.Add(1)
			}
		})
	}
	wg.Wait()
	if hits.Load() != 50 {
		t.Errorf("faults handed out = %d, want 50", hits.Load())
	}
}

func TestPlanIsTheSameForTheSameSeed(t *testing.T) {
	t.Parallel()
	probs := map[Kind]float64{CutAfter: 0.2, Throttled: 0.2, Slow: 0.1}
	run := func(seed uint64, interleave bool) []Kind {
		p := Plan{Seed: seed, Probabilities: probs}
		var out []Kind
		for range 200 {
			f, _ := p.Next("a")
			out = append(out, f.Kind)
			if interleave {
				p.Next("b")
			}
		}
		return out
	}
	first := run(7, false)
	if !slices.Equal(first, run(7, true)) {
		t.Error("another operation's calls changed this operation's fate")
	}
	if slices.Equal(first, run(8, false)) {
		t.Error("another seed gave the same plan")
	}
	counts := map[Kind]int{}
	for _, k := range first {
		counts[k]++
	}
	if counts[CutAfter] < 20 || counts[Throttled] < 20 || counts[""] < 60 || counts[CutBefore] != 0 {
		t.Errorf("fates are far from the probabilities: %v", counts)
	}
}

func TestCutIsSeenByTheClientOnAReusedConnection(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if calls.Add(1) == 2 {
			Cut(w)
		}
	}))
	defer srv.Close()
	get := func() error {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := srv.Client().Do(req)
		if err != nil {
			return err
		}
		return resp.Body.Close()
	}
	if err := get(); err != nil {
		t.Fatal(err)
	}
	if err := get(); err == nil {
		t.Error("the cut call succeeded")
	}
	if n := calls.Load(); n != 2 {
		t.Errorf("calls = %d, want 2: the client repeated the cut call by itself", n)
	}
}

func TestStatusAndRetryAfter(t *testing.T) {
	t.Parallel()
	if got := (Fault{Kind: Throttled}).HTTPStatus(); got != http.StatusTooManyRequests {
		t.Errorf("throttled = %d", got)
	}
	if got := (Fault{Kind: Throttled, Status: 200}).HTTPStatus(); got != http.StatusOK {
		t.Errorf("throttled with status 200 = %d", got)
	}
	if got := (Fault{Kind: ServerError}).HTTPStatus(); got != http.StatusServiceUnavailable {
		t.Errorf("server error = %d", got)
	}
	h := http.Header{}
	(Fault{Kind: Throttled}).SetRetryAfter(h)
	if h.Get("Retry-After") != "" {
		t.Error("Retry-After without a time")
	}
	(Fault{Kind: Throttled, RetryAfter: 1200 * time.Millisecond}).SetRetryAfter(h)
	if got := h.Get("Retry-After"); got != "2" {
		t.Errorf("Retry-After = %q, want 2", got)
	}
}

func TestWaitEndsWithTheCaller(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	if !Wait(r, time.Nanosecond) {
		t.Error("the wait did not run out")
	}
}
