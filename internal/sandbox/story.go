package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Story tells what Switchback does with one order after another, and checks
// every sentence it says.
type Story struct {
	World *World
	// App is the program's address, without a trailing slash.
	App string
	// Out is where the story is told.
	Out io.Writer
	// Patience is how long a step may take; 0 means a minute.
	Patience time.Duration

	order   string // the order the story is about
	fetched string // the order that TikTok itself shipped
}

// chapter is one sentence of the story and what makes it true. The text it
// returns is what there is to see.
type chapter struct {
	says string
	do   func(context.Context) (sees string, err error)
}

// Tell tells the story. The error says which sentence did not hold; what a
// platform's contract did not allow is an error even when all held.
func (s *Story) Tell(ctx context.Context) error {
	chapters := []chapter{
		{"A merchant opens Switchback in the Shopify admin for the first time.", s.patiently(s.openApp)},
		{"The merchant connects TikTok Shop; the seller agrees.", s.patiently(s.connect)},
		{"The merchant turns on Pull orders and Push orders.", s.turnOn},
		{"A buyer orders three things on TikTok. TikTok keeps the order on hold for an hour of remorse.", s.placeOrder},
		{"TikTok releases the order. Its notification comes twice, and an older one comes late.", s.release},
		{"In Shopify the order carries everything that Loop and people look for.", s.inspect},
		{"The buyer finds it in Loop's return portal, in every usual writing of number and ZIP.", s.findInLoop},
		{"Another time the buyer begins in TikTok's app, which opens the merchant's return link.", s.comeFromTikTok},
		{"The merchant gives Switchback a key for Loop and has the order tried there, as a buyer would.", s.askLoop},
		{"TikTok knows which Shopify order it became.", s.reference},
		{"A second buyer orders; Shopify writes the order, and the answer is lost on the way.", s.lostAnswer},
		{"A third buyer orders, and TikTok's notification is lost on the way.", s.lostNotification},
		{"The merchant turns on Pull fulfillments and Push fulfillments.", s.turnOnShipments},
		{"The merchant packs the first order and fulfills it in Shopify, with a tracking number.", s.ship},
		{"A fourth buyer orders, and TikTok itself fetches and delivers the parcel.", s.tiktokShips},
		{"The merchant turns on Pull refunds and Push refunds.", s.turnOnRefunds},
		{"The first order arrives. A mug is broken: the buyer returns it in Loop's portal, and Loop refunds it in Shopify.", s.returnMug},
		{"The other mug goes back too. Loop keeps a handling fee of $5.00.", s.returnLessFee},
		{"The fourth buyer returns everything at TikTok itself, and TikTok's customer service agrees.", s.returnAtTikTok},
		{"The merchant compares what Shopify gave back with what TikTok paid.", s.reconcile},
		{"A person wonders why the order is as it is, and reads its timeline.", s.explain},
	}
	for n, chapter := range chapters {
		_, _ = fmt.Fprintf(s.Out, "\n%2d. %s\n", n+1, chapter.says)
		sees, err := chapter.do(ctx)
		if err != nil {
			return fmt.Errorf("chapter %d (%s) did not hold: %w", n+1, chapter.says, err)
		}
		for line := range strings.Lines(sees) {
			_, _ = fmt.Fprintf(s.Out, "      %s\n", strings.TrimRight(line, "\n"))
		}
	}
	if broken := s.World.Violations(); len(broken) > 0 {
		return fmt.Errorf("requests that the platforms' contracts do not allow:\n  %s", strings.Join(broken, "\n  "))
	}
	_, _ = fmt.Fprint(s.Out, "\n    Every step held, and every request kept to the platforms' contracts.\n")
	return nil
}

// patiently does a chapter again until it holds: what a person does whose page
// showed an error and who presses the button once more.
func (s *Story) patiently(do func(context.Context) (string, error)) func(context.Context) (string, error) {
	return func(ctx context.Context) (sees string, err error) {
		err = s.until(ctx, func(ctx context.Context) error {
			sees, err = do(ctx)
			return err
		})
		return sees, err
	}
}

// until asks again until the answer is there. The last answer's error says what was missing.
func (s *Story) until(ctx context.Context, ask func(context.Context) error) error {
	patience := s.Patience
	if patience == 0 {
		patience = time.Minute
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ticks := time.NewTicker(50 * time.Millisecond)
	defer ticks.Stop()
	for {
		last := ask(ctx)
		if last == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waited for %v: %w", patience, last)
		case <-ticks.C:
		}
	}
}

// unlike collects what is not as it should be.
type unlike []error

func (u *unlike) want(what string, got, want any) {
	if got != want {
		*u = append(*u, fmt.Errorf("%s is %v, want %v", what, got, want))
	}
}

func (u *unlike) that(holds bool, otherwise string, args ...any) {
	if !holds {
		*u = append(*u, fmt.Errorf(otherwise, args...))
	}
}

func (u *unlike) err() error { return errors.Join(*u...) }
