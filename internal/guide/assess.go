package guide

import (
	"fmt"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/testorders"
)

// Facts are what the guide is told; nothing else goes into it.
type Facts struct {
	Shop        shops.Shop
	Settings    shops.Settings
	Connections []shops.Connection
	// ReturnLink is the shop's, without parameters.
	ReturnLink string
	// FirstVisit is when the first real buyer came through the return link, zero before.
	FirstVisit time.Time
	// TestOrder is the last one; its State is empty while there was none.
	TestOrder testorders.Run
	// FirstWritten is when the first real order was written, zero before.
	FirstWritten time.Time
	// FoundInLoop is when Loop was seen to find a real order, zero before; without a key for Loop's API nobody asks.
	FoundInLoop time.Time
	// Exceptions counts the open ones of each code.
	Exceptions map[exceptions.Code]int
	Marks      Marks
}

// Assess says how far the set-up is.
func Assess(f Facts) Guide {
	var g Guide
	for _, about := range []func(Facts) Step{
		h5Step, tiktokStep, shopifyStep, testOrderStep, realOrderStep, portalTextStep, lookupStep, portalStep,
		testReturnStep, returnAppStep, returnURLStep, outcomesStep, connectorsStep, refundsStep, blockStep,
	} {
		step := about(f)
		step.Note = f.Marks[noteOf(step.ID)].Note
		if !step.Optional {
			g.Required++
			if step.State == Done {
				g.Finished++
			}
		}
		g.Steps = append(g.Steps, step)
	}
	return g
}

func (s Step) is(state State, evidence string, at time.Time) Step {
	s.State, s.Evidence, s.EvidenceAt = state, evidence, at
	return s
}

// ticked ends a step that is the merchant's word, under the mark of its own name.
func (s Step) ticked(f Facts, label string) Step {
	mark := f.Marks[MarkID(s.ID)]
	s.Proof, s.Ticks = Ticked, []Tick{{MarkID(s.ID), label, mark.At}}
	if mark.At.IsZero() {
		return s.is(Open, "Not ticked yet.", time.Time{})
	}
	return s.is(Done, "You ticked it.", mark.At)
}

func h5Step(f Facts) Step {
	asked, approved := f.Marks[H5Asked].At, f.Marks[H5Approved].At
	s := Step{
		ID: H5Redirect, Title: "Ask TikTok for H5 Redirect", Proof: Ticked,
		What:  "Send the request below to your TikTok account manager. Tick when you have asked, and when it is approved. The other steps can be done meanwhile.",
		Why:   "TikTok handles returns itself. Only shops for which H5 Redirect was approved may lead buyers to their own return portal.",
		Ticks: []Tick{{H5Asked, "Asked", asked}, {H5Approved, "Approved", approved}}, Texts: []Text{h5Request(f)},
	}
	switch {
	case !f.FirstVisit.IsZero():
		return s.is(Done, "Live: a buyer came through the return link.", f.FirstVisit)
	case !approved.IsZero():
		return s.is(Done, "Approved. It shows as live when the first buyer comes through the return link.", approved)
	case !asked.IsZero():
		return s.is(Open, "Asked. TikTok's answer is awaited.", asked)
	}
	return s.is(Open, "Not asked yet.", time.Time{})
}

func tiktokStep(f Facts) Step {
	s := Step{
		ID: ConnectTikTok, Title: "Connect TikTok Shop", Proof: Seen,
		What:     "Connect your TikTok shop, then turn on Pull orders (read orders from TikTok) and Push fulfillments (tell TikTok what you shipped). Push refunds comes in a later step.",
		Why:      "Switchback reads orders from TikTok Shop, and reports shipments and refunds to it.",
		Switches: tiktokSwitches(f.Settings),
	}
	var synced []string
	for _, c := range f.Connections {
		if c.Off == shops.On {
			synced = append(synced, orElse(c.Name, string(c.TikTokShop)))
			s.EvidenceAt = later(s.EvidenceAt, c.ConnectedAt)
		}
	}
	switch off := stillOff(s.Switches); {
	case len(f.Connections) == 0:
		return s.is(Open, "No TikTok shop is connected.", time.Time{})
	case len(synced) == 0:
		return s.is(Needs, "A TikTok shop is connected, but none is synced. The settings say why.", time.Time{})
	case f.Exceptions[exceptions.ConnectionExpired] > 0:
		return s.is(Needs, "TikTok's permission has ended. Connect again.", time.Time{})
	case off != "":
		return s.is(Open, "Connected: "+strings.Join(synced, ", ")+". Still off: "+off+".", s.EvidenceAt)
	default:
		return s.is(Done, "Connected: "+strings.Join(synced, ", ")+". The switches are on.", s.EvidenceAt)
	}
}

func shopifyStep(f Facts) Step {
	s := Step{
		ID: ShopifySide, Title: "Turn on the Shopify side", Proof: Seen,
		What: "Turn on Push orders (write TikTok's orders into Shopify) and Pull fulfillments (read what was shipped in Shopify). Pull refunds comes in a later step. " +
			"The fulfillment mode is fixed: TikTok is the selling channel and Shopify is downstream of it.",
		Why:      "Loop finds only orders that are in Shopify. A pull reads and plans, a push acts: with pull on and push off you see everything before it happens.",
		Switches: shopifySwitches(f.Settings),
	}
	switch off := stillOff(s.Switches); {
	case f.Exceptions[exceptions.ScopeMissing] > 0:
		return s.is(Needs, "A permission is missing in Shopify. Open the app again and accept it.", time.Time{})
	case off != "":
		return s.is(Open, "Still off: "+off+".", time.Time{})
	}
	return s.is(Done, "The switches are on.", time.Time{})
}

func testOrderStep(f Facts) Step {
	s := Step{
		ID: TestOrder, Title: "Send a test order", Proof: Seen,
		What: "Press Send a test order. An order whose number begins with TEST- is written into Shopify, looked for, refunded, cancelled and deleted again. Nothing reaches TikTok, no stock moves.",
		Why:  "It shows that orders can be written and refunded in your shop before a buyer depends on it.",
	}
	run := f.TestOrder
	switch {
	case run.State == testorders.Passed && run.FinishedAt != nil:
		return s.is(Done, "The last test order passed.", *run.FinishedAt)
	case run.State == testorders.Failed && run.FinishedAt != nil:
		return s.is(Needs, "The last test order failed. Its steps say where.", *run.FinishedAt)
	case run.State == testorders.Running:
		return s.is(Open, "A test order is under way.", run.StartedAt)
	}
	return s.is(Open, "No test order was sent yet.", time.Time{})
}

func realOrderStep(f Facts) Step {
	s := Step{
		ID: RealOrder, Title: "See the first real order", Proof: Seen,
		What: "Wait for an order at TikTok Shop, or import one by its number, and look at it in Shopify under TikTok's order number.",
		Why:  "Only a real order proves the whole way from TikTok to Shopify.",
	}
	switch {
	case f.FirstWritten.IsZero():
		return s.is(Open, "No order of TikTok's is in Shopify yet.", time.Time{})
	case !f.FoundInLoop.IsZero():
		return s.is(Done, "TikTok's orders are in Shopify, and Loop finds them.", f.FoundInLoop)
	case f.Settings.LoopKeySet:
		return s.is(Open, "The first order of TikTok's was written into Shopify. Loop has not found one yet; the order's page says what it answered.", f.FirstWritten)
	}
	return s.is(Done, "The first order of TikTok's was written into Shopify.", f.FirstWritten)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func counted(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}
