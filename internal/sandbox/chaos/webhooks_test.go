package chaos

import (
	"slices"
	"testing"
	"time"
)

func TestWebhooksGoTheSameWayForTheSameSeed(t *testing.T) {
	t.Parallel()
	ways := func(seed uint64, lose float64, interleave bool) []Journey {
		w := Webhooks{Seed: seed, Lose: lose, Repeat: 0.3, Delay: 0.2, Overtake: 0.2, MostCopies: 5, Longest: time.Second}
		var all []Journey
		for range 300 {
			all = append(all, w.Next("1"))
			if interleave {
				w.Next("6")
			}
		}
		return all
	}
	first := ways(7, 0.1, false)
	if !slices.Equal(first, ways(7, 0.1, true)) {
		t.Error("another topic's notifications changed this topic's ways")
	}
	if slices.Equal(first, ways(8, 0.1, false)) {
		t.Error("another seed gave the same ways")
	}
	var lost, repeated, delayed, overtaken int
	for n, w := range first {
		switch {
		case w.Copies == 0:
			lost++
		case w.Overtaken:
			overtaken++
		case w.After > 0:
			delayed++
		}
		if w.Copies > 1 {
			repeated++
		}
		if w.Copies > 5 || w.After > time.Second {
			t.Errorf("way %d: %+v", n, w)
		}
	}
	if lost < 10 || repeated < 40 || delayed < 25 || overtaken < 20 {
		t.Errorf("far from the probabilities: %d lost, %d repeated, %d delayed, %d overtaken", lost, repeated, delayed, overtaken)
	}
	for n, w := range ways(7, 0, false) { // what is not lost goes as it would have gone
		if first[n].Copies > 0 && first[n] != w {
			t.Errorf("way %d is %+v when nothing is lost, %+v otherwise", n, w, first[n])
		}
	}
}

func TestNoWebhooksPlanMeansOneStraightWay(t *testing.T) {
	t.Parallel()
	var none *Webhooks
	if way := none.Next("1"); way != (Journey{Copies: 1}) {
		t.Errorf("got %+v", way)
	}
}

func TestAnOperationMayHaveItsOwnProbabilities(t *testing.T) {
	t.Parallel()
	p := Plan{Seed: 1, Probabilities: map[Kind]float64{CutAfter: 1}, Operations: map[string]map[Kind]float64{"gentle": {Throttled: 1}, "safe": nil}}
	for op, want := range map[string]Kind{"any": CutAfter, "gentle": Throttled, "safe": ""} {
		if f, _ := p.Next(op); f.Kind != want {
			t.Errorf("%s: %q, want %q", op, f.Kind, want)
		}
	}
}
