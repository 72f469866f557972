package shopifysim

import (
	"slices"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
)

func TestDeliveriesOnTheirWay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ways []*chaos.Webhooks
		want []string
	}{
		"lost":                    {[]*chaos.Webhooks{nil, {Lose: 1}, nil}, []string{"0", "2"}},
		"twice":                   {[]*chaos.Webhooks{{Repeat: 1}, nil}, []string{"0", "0", "1"}},
		"overtaken":               {[]*chaos.Webhooks{{Overtake: 1, Longest: time.Hour}, nil}, []string{"1", "0"}},
		"late":                    {[]*chaos.Webhooks{{Delay: 1, Longest: 20 * time.Millisecond}}, []string{"0"}},
		"nobody came to overtake": {[]*chaos.Webhooks{{Overtake: 1, Longest: 20 * time.Millisecond}}, []string{"0"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newReceiver(t, nil)
			d := newDeliveries("secret", r.URL, nil, time.Now)
			for n, way := range c.ways {
				d.mu.Lock()
				d.way = way
				d.mu.Unlock()
				d.Send("acme.myshopify.com", "orders/updated", n)
			}
			deadline := time.After(10 * time.Second)
			tick := time.NewTicker(5 * time.Millisecond)
			defer tick.Stop()
			for len(r.all()) < len(c.want) {
				select {
				case <-tick.C:
				case <-deadline:
					t.Fatalf("got %d deliveries, want %v", len(r.all()), c.want)
				}
			}
			if err := d.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, one := range r.all() {
				got = append(got, one.body)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("came as %v, want %v", got, c.want)
			}
		})
	}
}
