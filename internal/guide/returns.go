package guide

import (
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
)

func portalTextStep(f Facts) Step {
	return Step{
		ID: PortalText, Title: "Tell buyers what to type",
		What:  "Paste one of the texts into your return portal: order number and ZIP, not e-mail.",
		Why:   "TikTok does not give out the buyer's e-mail address. The ZIP of the shipping address is what the buyer and Shopify both have.",
		Texts: portalTexts(),
	}.ticked(f, "The text is in the portal")
}

func lookupStep(f Facts) Step {
	return Step{
		ID: LookupField, Title: "Have Loop look orders up by ZIP",
		What: "In Loop, set the field that buyers look an order up with, beside its number, to the shipping ZIP.",
		Why:  "Loop has one such field for the whole shop. The change therefore holds for all your orders, not only for TikTok's: buyers of your own store type their ZIP too.",
	}.ticked(f, "Loop asks for the ZIP")
}

func portalStep(f Facts) Step {
	s := Step{
		ID: PortalAnswers, Title: "Check that the portal answers", Proof: Seen,
		What: "Enter the portal's address in the settings, then press Check.",
		Why:  "The return link leads every buyer there.",
	}
	mark := f.Marks[PortalAsked]
	switch {
	case f.Settings.ReturnPortalURL == "":
		return s.is(Open, "The settings name no return portal.", time.Time{})
	case mark.At.IsZero():
		return s.is(Open, "Not checked yet.", time.Time{})
	}
	// The note's first line is the address that was asked: a check of another one says nothing.
	asked, answer, _ := strings.Cut(mark.Note, "\n")
	switch {
	case asked != f.Settings.ReturnPortalURL:
		return s.is(Open, "The address was changed since the last check.", mark.At)
	case Answer(answer) == Answered:
		return s.is(Done, Answered.Sentence(), mark.At)
	}
	return s.is(Needs, Answer(answer).Sentence(), mark.At)
}

func testReturnStep(f Facts) Step {
	return Step{
		ID: TestReturn, Title: "Try a return on a real order",
		What: "Open the portal, look up an order of TikTok's with its number and ZIP, and go as far as choosing an item. Tick the step with the order's number. With a key for Loop's API in the settings, Switchback can do the same for you: it begins a return at Loop and takes it back.",
		Why:  "It is the way your buyers will go.",
	}.ticked(f, "The portal found the order")
}

func returnAppStep(f Facts) Step {
	return Step{
		ID: ReturnApp, Title: "Install the TikTok Shop Return Proxy App",
		What:  "In Seller Center install the TikTok Shop Return Proxy App and choose the partner Loop (Pipe17). When it is not offered, send the text below to your account manager.",
		Why:   "The app is what leads a buyer from TikTok to your portal.",
		Texts: []Text{appRequest(f)},
	}.ticked(f, "Installed with partner Loop (Pipe17)")
}

func returnURLStep(f Facts) Step {
	s := Step{
		ID: ReturnURL, Title: "Enter the return URL",
		What: "Copy one of the addresses into the Return Proxy App, exactly as it stands: TikTok puts number and ZIP in place of the words in brackets.",
		Why: "The return link finds the order in any usual writing, and brings it into Shopify when it is not there yet. The portal's own address does neither, " +
			"and buyers who come that way are not seen here.",
		Texts: urlTexts(f),
	}.ticked(f, "The return URL is entered")
	if f.Settings.ReturnPortalURL == "" {
		return s.is(Needs, "Enter the return portal's address in the settings first.", time.Time{})
	}
	return s
}

func outcomesStep(f Facts) Step {
	s := Step{
		ID: Outcomes, Title: "Offer refunds only",
		What:  "Make this workflow in Loop, for orders with the tag tiktok-shop. Whether you have workflows depends on your plan at Loop.",
		Why:   "The buyer paid TikTok, and TikTok can only give money back. Loop marks other outcomes with the tags Gift Card and LE:Exchange; Switchback reports an order that has one of them.",
		Texts: []Text{outcomeRecipe()},
	}.ticked(f, "The workflow is on")
	if n := f.Exceptions[exceptions.OutcomeNotRefund]; n > 0 {
		return s.is(Needs, counted(n, "return ended in an exchange or in store credit.", "returns ended in an exchange or in store credit."), time.Time{})
	}
	return s
}

func connectorsStep(f Facts) Step {
	s := Step{
		ID: OtherConnectors, Title: "Switch other connectors off",
		What: "In any other app that joins TikTok Shop and Shopify, TikTok's own included, switch off the sync of orders, returns and refunds. The sync of products may stay on.",
		Why:  "Orders of another connector cannot be found by number and ZIP, and two connectors write orders and pay refunds twice.",
	}.ticked(f, "Order, return and refund sync is off")
	doubled, paid := f.Exceptions[exceptions.DuplicateOrder], f.Exceptions[exceptions.SecondConnector]
	if doubled > 0 || paid > 0 {
		return s.is(Needs, "Another connector is still at work: "+counted(doubled, "order", "orders")+" and "+counted(paid, "refund", "refunds")+" of its making wait under Exceptions.", time.Time{})
	}
	return s
}

func refundsStep(f Facts) Step {
	s := Step{
		ID: RefundSwitches, Title: "Turn on refunds", Proof: Seen,
		What:     "Turn on Pull refunds: refunds in Shopify are read and planned, and you can look at the plans. Then turn on Push refunds: TikTok pays the buyer.",
		Why:      "The buyer paid TikTok, so the money goes back through TikTok. What was planned for more than a week waits for your approval.",
		Switches: refundSwitches(f.Settings),
	}
	if off := stillOff(s.Switches); off != "" {
		return s.is(Open, "Still off: "+off+".", time.Time{})
	}
	return s.is(Done, "The switches are on.", time.Time{})
}

func blockStep(f Facts) Step {
	s := Step{
		ID: OrderBlock, Title: "Pin Switchback to the order page",
		What: "Open an order in Shopify, find Switchback under the apps of the page, and pin it.",
		Why:  "The order page then shows TikTok's order number, the state of the order, its shipments and its refunds, and the return link.",
	}.ticked(f, "Pinned")
	s.Optional = true
	return s
}
