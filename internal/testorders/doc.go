// Package testorders sends a built-in order through the shop's real set-up and
// takes it away again, so that the merchant sees each part work before the
// first buyer comes.
//
// The API and `switchback test-order` start a run through Desk; the queue does
// it through Runner. The order goes the way of a real one: the conversion of
// package orders, Shopify's orderCreate, the look-up by metafield, Loop's
// eligibility, a recorded refund on the gateway of TikTok's orders. Then it is
// cancelled and deleted.
//
//	product   a variant that is for sale; without one a custom line, which is said
//	write     orderCreate as a test order that takes no stock
//	find      the order by its TikTok order number, with the total that was sent
//	loop      information only: Loop may leave test orders out, or not have it yet
//	refund    all of it, as a record
//	cancel    without money and without a message; Shopify's job is awaited
//	delete    what is left of the run in Shopify, whatever went wrong before
//
// # What a crash leaves
//
// Each step's outcome is a commit, and so is the intention to write, before
// the call. Each commit begins a new turn, and whoever saves under another turn
// stops before the next call. An order whose creation has an unknown outcome is
// looked for before another attempt; a refund is sent under one key and looked
// for by its note; cancelling and deleting look first. A step that does not get
// through within ten minutes has failed, and the run goes on to clean up. An
// order that cannot be deleted is named, with a link.
//
// TikTok is never called, the ledger of orders never written: the webhooks of a
// test order are of an order that Switchback has no record of, and ignored.
package testorders
