// Package orders brings TikTok Shop orders into Shopify.
//
// The queue runs its jobs (Importer, Referrer, Releaser, Poller, Rechecker); routes and commands
// start them. Deciding and converting are pure: Decide says what becomes of an
// order that is not in Shopify, Convert makes its Shopify form. The package
// never changes a TikTok order, never sends an e-mail, never computes a tax,
// never converts a currency and never picks a product by anything but the
// merchant's own mapping or an equal SKU.
//
// # What becomes of an order
//
//	UNPAID, ON_HOLD                     waits until TikTok's status changes
//	CANCELLED, or every unit cancelled  skipped
//	ordered before the start line       skipped, unless somebody asks for it
//	fulfilled by TikTok                 waits until all of it is on its way: nobody else may pick it;
//	                                    then written without stock, tagged tiktok-fbt
//	shipped by TikTok (seller packs)    written at once, tagged tiktok-shipping
//	shipped by the seller               written, unless street or ZIP is missing or masked: then held
//	a status we do not know             written, and the timeline says so
//	another currency than the shop's    held
//	of a TikTok shop that is off        waits; listed for the shop as market_unsupported where its market is why
//
// Where TikTok moves the parcel a missing or masked ZIP holds nothing up: the
// order is written and listed, as buyers cannot find it in Loop yet.
//
// # Where work comes from
//
//	webhook          TikTok tells of an order: imported at once
//	polling          every POLL_INTERVAL what changed since the watermark, less ten minutes: a lost webhook is found
//	looking again    what an exception stopped, also without a sign that its cause is gone: at first every
//	                 POLL_INTERVAL, then after a tenth of the time that it has been stopped
//	access renewed   a new permission, token or scope takes up at once what waited for it
//	a person         import now, retry, a choice, a switch
//
// All ask with the same ImportArgs, and the import reads the truth anew.
//
// # Special orders
//
//	gift                     a line of its own, marked as a gift, at what was paid for it (nothing)
//	sample, replacement,     written at a total of 0: no transaction, financial status PAID; an attribute
//	exchange                 says what it is and which order it came from
//	virtual bundle           the variant of the line's own seller SKU. Its components are how TikTok keeps
//	                         stock; the buyer bought, pays and returns the bundle
//	some units cancelled     the rest is written
//	partly shipped           written, with stock taken by the setting: the rest is still to be picked
//	shipped or delivered     written without taking stock
//	pre-order, back order    like any other; TikTok keeps it ON_HOLD until it may be sent
//	split or combined        the order as it is; each unit keeps its parcel, and what TikTok combines stays apart
//	buyer asks to cancel     written, and the timeline says so: the order stands until the request is answered
//	wholly masked address    as above: held where the seller ships, else written, listed and patched when it arrives
//	ZIP+4, UK post code      kept exactly; only the comparison form is normalized
//	no seller SKU            the merchant's mapping of the TikTok SKU id, else sku_unmatched
//	a mapped SKU             the mapped variant, whatever the seller SKU says; sku_unmatched when Shopify
//	                         does not have that variant any more
//
// Units that TikTok shows as shipped keep status and parcel in the ledger, where
// each import brings them up to date. Shipments follow under the same lease:
// Importer.Shipments gives the input's `fulfillment` where one parcel holds all,
// and looks at the order once it is written.
//
// # After an order was written
//
//	address changed at TikTok   Shopify gets it, if its address is still what we wrote; else address_conflict. What
//	                            TikTok hides or leaves out never replaces what is clear
//	some units cancelled        refunded in Shopify with price and tax as they were written, taken out of their lines
//	the whole order cancelled   what is left of its total refunded, shipping too, then the order cancelled; alone
//	                            where nothing was paid. Refused by Shopify: cancel_refused
//	edited in Shopify           what cannot be applied exactly is left to a person: order_edited. Units that a
//	                            refund of somebody else took out, as many as TikTok cancelled, are taken for the same
//	mirror_refunds off          nothing is cancelled or refunded, the order is listed: cancel_not_mirrored
//
// Refunds are records on the gateway of our own sale and move no money. Stock
// goes back only where our write took it and the units have not left. Nobody is
// sent a message. An intent with the call's input is stored before the call; a
// call whose outcome is unknown is looked for before it is repeated, as stored,
// under the same key.
//
// # Money
//
// TikTok has one line item per unit. Units with the same product, price and tax
// become one line; its tax is the sum of theirs. The total of the Shopify order
// is what the buyer paid TikTok: total_amount must be the sum of all units,
// shipping, their tax and the further fees and discounts that TikTok names, else
// totals_mismatch, which the merchant may answer by having that one order written
// with the difference as a fee, or as a discount, of its own. The answer holds for
// that amount: another difference is asked about again. Where prices hold the tax
// (everywhere but in the US) a tax is
// recorded and adds nothing. Only then are cancelled units left out, with their
// price and tax. Fees are shipping-type lines under their own names, so that
// they cannot be returned as a product. Discounts that are in no unit's price
// are taken off shipping first, then off the units in proportion. What TikTok
// pays itself is an attribute and no revenue: a buyer only gets back what the
// buyer paid.
package orders
