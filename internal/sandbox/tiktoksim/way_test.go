package tiktoksim

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
)

// posted sends three webhooks, each on its own way, and returns the bodies in the order in which they came.
func posted(t *testing.T, want int, ways ...*chaos.Webhooks) []string {
	t.Helper()
	rc := newReceiver(t)
	d := newDeliverer(Options{AppKey: "k", AppSecret: "s", Now: time.Now})
	t.Cleanup(d.close)
	for n, way := range ways {
		d.mu.Lock()
		d.way = way
		d.mu.Unlock()
		d.enqueue(Delivery{ID: string(rune('a' + n)), Type: 1, Address: rc.URL, Body: []byte{'"', byte('a' + n), '"'}})
	}
	deadline := time.After(10 * time.Second)
	for tick := time.NewTicker(5 * time.Millisecond); ; {
		rc.mu.Lock()
		var bodies []string
		for _, one := range rc.got {
			bodies = append(bodies, strings.Trim(one.Body, `"`))
		}
		rc.mu.Unlock()
		if len(bodies) >= want && d.wait(t.Context()) == nil {
			tick.Stop()
			return bodies
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("got %v, want %d webhooks", bodies, want)
		}
	}
}

func TestWebhooksOnTheirWay(t *testing.T) {
	t.Parallel()
	var straight *chaos.Webhooks
	lost := &chaos.Webhooks{Lose: 1}
	twice := &chaos.Webhooks{Repeat: 1}
	overtaken := &chaos.Webhooks{Overtake: 1, Longest: time.Hour}
	late := &chaos.Webhooks{Delay: 1, Longest: 40 * time.Millisecond}
	alone := &chaos.Webhooks{Overtake: 1, Longest: 20 * time.Millisecond}
	for name, c := range map[string]struct {
		ways []*chaos.Webhooks
		want []string
	}{
		"straight":                    {[]*chaos.Webhooks{straight, straight}, []string{"a", "b"}},
		"lost":                        {[]*chaos.Webhooks{straight, lost, straight}, []string{"a", "c"}},
		"twice":                       {[]*chaos.Webhooks{twice, straight}, []string{"a", "a", "b"}},
		"overtaken":                   {[]*chaos.Webhooks{overtaken, straight}, []string{"b", "a"}},
		"a lost one overtakes nobody": {[]*chaos.Webhooks{overtaken, lost, straight}, []string{"c", "a"}},
		"late":                        {[]*chaos.Webhooks{late}, []string{"a"}},
		"nobody came to overtake":     {[]*chaos.Webhooks{alone}, []string{"a"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := posted(t, len(c.want), c.ways...); !slices.Equal(got, c.want) {
				t.Errorf("came as %v, want %v", got, c.want)
			}
		})
	}
}
