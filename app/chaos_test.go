package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
)

// The story holds whatever the platforms do on the way: nothing twice, nothing
// lost. SOAK=1 tells it under many more seeds.
func TestTheStoryHoldsUnderChaos(t *testing.T) {
	t.Parallel()
	seeds := 5
	if os.Getenv("SOAK") != "" {
		seeds = 60
	}
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprintf("seed %d", seed+1), func(t *testing.T) {
			t.Parallel()
			var told strings.Builder
			around := inChaos(t, seed+1)
			story := sandbox.Story{World: around.platforms, App: around.app, Out: &told, Patience: chaosPatience}
			if err := story.Tell(t.Context()); err != nil {
				t.Fatalf("again with: switchback sandbox --chaos --seed %d\n%v\n%s", seed+1, err, told.String())
			}
			if around.platforms.Disturbed() < 2 { // one is the story's own
				t.Error("nothing was disturbed")
			}
			perOrder := map[string]int{}
			for _, o := range around.platforms.Shopify.Orders(sandbox.Shop) {
				perOrder[o.SourceIdentifier]++
			}
			for id, n := range perOrder {
				if n != 1 {
					t.Errorf("TikTok order %s is in Shopify %d times", id, n)
				}
			}
		})
	}
}

// inChaos starts the program between platforms that misbehave by the seed.
func inChaos(t *testing.T, seed uint64) *surroundings {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	// The program outlives the test's context, which ends before its clean-ups.
	around, err := startSandbox(context.WithoutCancel(t.Context()), listener, "sqlite:"+filepath.Join(t.TempDir(), "switchback.db"),
		slog.New(slog.NewTextHandler(io.Discard, nil)), func(o *sandbox.Options) { o.Chaos = &sandbox.Chaos{Seed: seed} })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := around.stop(); err != nil {
			t.Error(err)
		}
	})
	return around
}

// The seed alone decides: two worlds of one seed plan the same, of another seed something else.
func TestTheSameSeedIsTheSameChaos(t *testing.T) {
	t.Parallel()
	plan := func(seed uint64) string {
		world, err := sandbox.Start(t.Context(), sandbox.Options{AppURL: "http://127.0.0.1:1", Chaos: &sandbox.Chaos{Seed: seed}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = world.Close(context.WithoutCancel(t.Context())) })
		var faults []string
		for _, script := range []*chaos.Script{world.TikTokFaults, world.ShopifyFaults} {
			for _, op := range []string{"orderCreate", "access_token", "GET /order/202507/orders"} {
				for range 100 {
					f, _ := script.Next(op)
					faults = append(faults, fmt.Sprint(f))
				}
			}
		}
		return strings.Join(faults, " ")
	}
	first := plan(7)
	if again := plan(7); again != first {
		t.Error("the same seed planned something else")
	}
	if plan(8) == first {
		t.Error("two seeds planned the same")
	}
}

func TestTheSandboxPrintsTheSeedThatItDrew(t *testing.T) {
	t.Parallel()
	drawn := &sandboxCommand{Chaos: true}
	var o sandbox.Options
	drawn.disturb(&o)
	if drawn.Seed == 0 || o.Chaos == nil || o.Chaos.Seed != drawn.Seed {
		t.Errorf("drew %d, chaos %+v", drawn.Seed, o.Chaos)
	}
	given := &sandboxCommand{Chaos: true, Seed: 42}
	given.disturb(&o)
	if o.Chaos.Seed != 42 {
		t.Errorf("seed %d, want the one given", o.Chaos.Seed)
	}
	o.Chaos = nil
	(&sandboxCommand{Seed: 42}).disturb(&o)
	if o.Chaos != nil {
		t.Error("chaos without being asked for")
	}
}
