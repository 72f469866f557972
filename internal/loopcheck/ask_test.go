package loopcheck_test

import (
	"errors"
	"testing"

	"github.com/switchbackhq/switchback/internal/loop"
	"github.com/switchbackhq/switchback/internal/loopcheck"
)

func TestAskingAboutAName(t *testing.T) {
	t.Parallel()
	for code, before := range map[string]func(*stage){
		loopcheck.Found:        func(s *stage) { s.arrives("73301") },
		loop.CodeOrderNotFound: func(*stage) {},
		loopcheck.KeyRefused:   func(s *stage) { s.key = "stale" },
		loopcheck.Unreachable:  func(s *stage) { s.broken = 500 },
		loopcheck.Limited:      func(s *stage) { s.broken = 429 },
	} {
		s := setUp(t)
		before(s)
		answer, err := (&loopcheck.Asker{Keys: s, Loop: s.client}).Ask(s.Context(), shop, s.row.ShopifyName)
		if err != nil || answer.Code != code || answer.Found != (code == loopcheck.Found) || answer.Message == "" {
			t.Errorf("%s: %+v, %v", code, answer, err)
		}
		if len(s.records) != 0 {
			t.Errorf("%s: recorded %v", code, s.records)
		}
	}
	s := setUp(t)
	s.key = ""
	if _, err := (&loopcheck.Asker{Keys: s, Loop: s.client}).Ask(s.Context(), shop, "1"); !errors.Is(err, loopcheck.ErrKeyMissing) || len(s.calls) != 0 {
		t.Errorf("without a key: %v, calls %v", err, s.calls)
	}
}
