package links_test

import (
	"testing"

	"github.com/switchbackhq/switchback/internal/links"
)

func TestRefundsLeg(t *testing.T) {
	t.Parallel()
	of := func(states ...links.RefundState) []links.Refund {
		var refunds []links.Refund
		for _, state := range states {
			refunds = append(refunds, links.Refund{State: state, Reason: "why " + string(state)})
		}
		return refunds
	}
	for name, c := range map[string]struct {
		refunds       []links.Refund
		state, reason string
	}{
		"none":               {nil, "none", ""},
		"echoes":             {of(links.RefundIgnored, links.RefundIgnored), "recorded", ""},
		"done":               {of(links.RefundIgnored, links.RefundCompleted), "completed", "why completed"},
		"done without us":    {of(links.RefundSatisfied), "completed", "why satisfied"},
		"by a person":        {of(links.RefundHandled), "completed", "why handled"},
		"one is on its way":  {of(links.RefundCompleted, links.RefundSent), "sent", "why sent"},
		"one is held":        {of(links.RefundSent, links.RefundHeld, links.RefundWaiting), "held", "why held"},
		"one needs a person": {of(links.RefundHeld, links.RefundStopped, links.RefundSending), "stopped", "why stopped"},
		"half of one":        {of(links.RefundStopped, links.RefundPartlySent), "partly_sent", "why partly_sent"},
	} {
		if state, reason := links.RefundsLeg(c.refunds); state != c.state || reason != c.reason {
			t.Errorf("%s: %q (%q), want %q (%q)", name, state, reason, c.state, c.reason)
		}
	}
}
