// Package refunds gives the buyer's money back through TikTok.
//
// A refund in Shopify, whether Loop or a person made it, is money to give back:
// never a Shopify payment. The queue runs its jobs, which settle the refunds of
// one order at a time; webhooks, the sweep, a retry and an approval only say
// which order to look at. Deciding is pure: ClaimOf reads what is to go back,
// Assign which units it is about, DraftOf which calls it takes, Settle with
// which amounts. The package never sends more than a refund says, never sends
// less in its place, never offers the buyer part of the money, and never chooses
// a reason that changes TikTok's stock.
//
// # What is done with a unit
//
//	at TikTok it is                  call
//	UNPAID                           waits
//	ON_HOLD, AWAITING_SHIPMENT       cancel, whole units only; else refund_partial_unshipped
//	AWAITING_COLLECTION              cancel where TikTok allows it and the amount is exact, else a return;
//	                                 likewise PARTIALLY_SHIPPING, which no unit should have
//	IN_TRANSIT, DELIVERED            a return of type REFUND, one for each package
//	COMPLETED                        refund_order_completed
//	CANCELLED, or refunded by TikTok satisfied_by_tiktok: nothing is sent; another amount is refund_differs
//	in a request of the buyer's      approved if units and amount are the same, else return_open_at_tiktok
//	                                 or cancel_open_at_tiktok
//
// The buyer's request is approved by what it waits for: REFUND that is pending by
// APPROVE_REFUND, RETURN_AND_REFUND that is pending by APPROVE_RETURN with the
// buyer keeping the item, a parcel on its way back by APPROVE_RECEIVED_PACKAGE.
// Anything else, a request for other units, and anything in dispute, is left to a
// person; so is a return where the order was cancelled in Shopify. What TikTok gave
// back for some of a refund's units is kept as a step that needs no call.
//
// # How much
//
// What the refund's transactions on our payment say. Cancellations, made in one
// call and first, and the buyer's requests give back what TikTok says; what is left goes to the returns
// in proportion to the most that TikTok gives back for each, to the cent. More
// than that is refund_exceeds_refundable. Everything given back or on its way,
// whoever began it, stays within what the buyer paid.
package refunds
