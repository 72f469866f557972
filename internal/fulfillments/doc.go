// Package fulfillments brings the shipments of an order to agreement on both
// sides: what was fulfilled in Shopify reaches TikTok, and what was shipped at
// TikTok reaches Shopify, where Loop's return window starts with it.
//
// There is one piece of work, Follower, for one written order. Webhooks, the
// import of the order, sweeps, a person's retry, a switch and a merchant's
// answer all only say "look at this order". The Follower reads what both sides
// say, asks Plan what is to be done, keeps each step before its call, and looks
// for a call whose outcome is unknown before it repeats it. Plan is pure.
//
// # From Shopify to TikTok
//
// A fulfillment's quantities stand for units: of each fulfilled line the first
// that are in the order, not cancelled at TikTok, not shipped and in no other
// shipment. They are marked as shipped with the fulfillment's first tracking
// number and TikTok's provider for its carrier.
//
//	fewer units than the quantity      shipment_differs; the units that are there go
//	shipped at TikTok before           nothing is sent: both sides have it
//	no tracking number                 tracking_missing, until there is one
//	a carrier that TikTok lacks        carrier_unknown, until somebody chooses; never a guess
//	the buyer's cancellation is open   cancel_pending: nothing of the fulfillment is sent over it
//	push_fulfillments off              kept, shown and held
//	pull_fulfillments off              nothing, until it is turned on
//	number or carrier changed          corrected within 72 hours of shipping, tracking_late after
//	cancelled before it was sent       forgotten
//	cancelled after it was sent        fulfillment_cancelled: TikTok cannot take it back. A new fulfillment
//	                                   of the same units takes its place, and its number is sent
//	TikTok ships the order             never pushed
//	lines that are not ours            ignored
//
// # From TikTok to Shopify
//
// Units on their way at TikTok that no shipment has become one fulfillment for
// each parcel (and each location they are to leave from), with TikTok's carrier
// and number and without a message to the customer. Units that a person
// fulfilled in Shopify before only get the number, if they have none. Delivery
// at TikTok becomes an event of the fulfillment, once, also of a parcel that
// was reported from here. A parcel with units of several orders is mirrored in
// each of them with its own. mirror_shipments alone governs this.
//
// # Exactly once
//
// TikTok has no idempotency key for shipping; a unit is shipped once there, so
// a repeated call is refused, and the order is read again after it. Shopify
// fulfills a unit once as well, but cannot tell one unit of a line from the
// next: a fulfillment whose making has an unknown outcome is looked for at once,
// after 10 and after 60 times RETRY_BASE before it is made again. No unit is in two
// shipments: the ledger refuses the second claim.
package fulfillments
