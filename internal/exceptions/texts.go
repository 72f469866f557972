package exceptions

// Text is what a merchant reads for a code.
type Text struct{ Sentence, Fix string }

var texts = map[Code]Text{
	SKUUnmatched: {
		"A product of this TikTok order has no variant in Shopify.",
		"Give the Shopify variant the same SKU as the product in TikTok Shop, or map the TikTok SKU to a variant; the order then goes on by itself, or at once when you press retry.",
	},
	SKUAmbiguous: {
		"A product of this TikTok order matches several variants in Shopify.",
		"Make the SKU unique among your Shopify variants, or map the TikTok SKU to one of them; the order then goes on by itself, or at once when you press retry.",
	},
	TotalsMismatch: {
		"The amounts that TikTok names do not add up to what the buyer paid.",
		"Compare the sum below with the order in TikTok Seller Center; retry when TikTok has corrected it, or have this order written with a line for the difference.",
	},
	CurrencyMismatch: {
		"The order is in another currency than your Shopify shop.",
		"Connect this TikTok shop to a Shopify shop that sells in its currency; amounts are never converted.",
	},
	MarketUnsupported: {
		"TikTok Shop does not offer what Switchback needs in this market.",
		"Switch this TikTok shop off in the connection settings.",
	},
	ZIPMissing: {
		"TikTok gave no ZIP code for this order, so a buyer cannot find it in Loop.",
		"Nothing to do when TikTok ships the order: it is checked again by itself. For an order you ship, look at its address in TikTok Seller Center.",
	},
	ZIPMasked: {
		"TikTok hides the ZIP code of this order, so a buyer cannot find it in Loop.",
		"Orders shipped by TikTok may be hidden. Choose shipping by seller in TikTok Shop if your buyers are to return through Loop.",
	},
	AddressMissing: {
		"TikTok gave no usable address for an order that you ship.",
		"Look at the order's address in TikTok Seller Center; the order then goes on by itself, or at once when you press retry.",
	},
	DuplicateOrder: {
		"This TikTok order is already in Shopify, written by something other than Switchback.",
		"Switch off order sync in the other connector, then choose: adopt that order, write ours anyway, or ignore it.",
	},
	InventoryRefused: {
		"Shopify refused the order because a variant has no stock.",
		"Correct the stock in Shopify, or choose another inventory behavior in the settings; the order then goes on by itself, or at once when you press retry.",
	},
	APIRejected: {
		"A platform refused the request as it stands.",
		"Read the platform's answer below, mend what it names; the order then goes on by itself, or at once when you press retry.",
	},
	ConnectionExpired: {
		"A connection has expired: the platform no longer accepts the app's access.",
		"For TikTok: connect the shop again from the app. For Shopify: open the app in the admin once. Waiting work continues by itself.",
	},
	ConnectionExpiring: {
		"The permission that you gave Switchback at TikTok Shop will soon end, and with it the sync of orders.",
		"Connect the TikTok shop again from the app before that day; nothing is interrupted.",
	},
	ScopeMissing: {
		"The app lacks a permission that this step needs.",
		"Grant the permission (Shopify: open the app and approve; TikTok: connect the shop again); the order then goes on by itself, or at once when you press retry.",
	},
	OrderNotFound: {
		"TikTok does not know this order number in the connected shop.",
		"Check the number, and that the TikTok shop that took the order is connected.",
	},
	OrderNotUnderstood: {
		"TikTok's answer for this order cannot be read.",
		"Press retry later; if it stays, contact support with the order number.",
	},
	AddressConflict: {
		"The buyer's address changed at TikTok, and somebody had changed the address in Shopify too.",
		"Give the Shopify order the address that TikTok Seller Center shows. It clears itself when both agree.",
	},
	CancelRefused: {
		"TikTok cancelled this order, and Shopify does not cancel it.",
		"Stop the parcel if it has not left, then cancel the order in Shopify without a refund through Shopify; TikTok gave the money back. It clears itself.",
	},
	CancelNotMirrored: {
		"TikTok cancelled this order or some of its units, and the setting mirror_refunds is off.",
		"Turn mirror_refunds on and it is done by itself, or cancel the units in Shopify yourself.",
	},
	OrderEdited: {
		"TikTok cancelled units of this order, and the order in Shopify is no longer the one that was written.",
		"Take the cancelled units out of the Shopify order yourself, without a payment through Shopify; then press retry.",
	},
	CarrierUnknown: {
		"TikTok does not know the carrier of a Shopify fulfillment, so the parcel was not reported to TikTok.",
		"Choose TikTok's carrier for this name in the carrier table, or correct the carrier of the fulfillment in Shopify; the parcel is then reported by itself.",
	},
	TrackingMissing: {
		"A Shopify fulfillment has no tracking number, and TikTok takes no parcel without one.",
		"Add the tracking number to the fulfillment in Shopify; the parcel is then reported by itself.",
	},
	TrackingRefused: {
		"TikTok does not accept a tracking number.",
		"Correct tracking number and carrier of the fulfillment in Shopify; the parcel is then reported by itself.",
	},
	TrackingLate: {
		"A tracking number was changed in Shopify, and TikTok takes no correction more than 72 hours after shipping.",
		"Tell TikTok's seller support the right number if the buyer needs it, then mark this as handled.",
	},
	FulfillmentCancelled: {
		"A fulfillment was cancelled in Shopify after its parcel was reported to TikTok, which cannot take that back.",
		"If the parcel leaves after all, fulfill the units in Shopify again: a new tracking number is sent to TikTok. If it does not, cancel or refund the units in TikTok Seller Center, then mark this as handled.",
	},
	CancelPending: {
		"The buyer asked TikTok to cancel, and the request is not answered: the parcel is not reported over it.",
		"Stop the parcel if you can and accept the request in TikTok Seller Center, or reject it there; what follows happens by itself.",
	},
	ShipBySoon: {
		"TikTok wants this order shipped soon, and no shipment of it has reached TikTok.",
		"Fulfill the order in Shopify with carrier and tracking number. It clears itself when TikTok shows the order as shipped.",
	},
	ShipByMissed: {
		"TikTok's deadline for shipping this order has passed, and no shipment of it has reached TikTok.",
		"Fulfill the order in Shopify with carrier and tracking number at once, or cancel it in TikTok Seller Center. It clears itself then.",
	},
	ReturnWindowNotStarted: {
		"TikTok delivered units that are not fulfilled in Shopify, so Loop refuses to return them.",
		"Turn mirror_shipments on and it is done by itself, or fulfill the units in Shopify without telling the customer.",
	},
	ShipmentRefused: {
		"A shipment could not be carried over: the platform refused it.",
		"Read the platform's answer below and mend what it names; it then goes on by itself, or at once when you press retry.",
	},
	ShipmentDiffers: {
		"Shopify and TikTok disagree on which units were shipped.",
		"Compare the order in Shopify and in TikTok Seller Center and correct the one that is wrong; it clears itself when both agree. If it is right as it is, mark this as handled.",
	},
}

// Describe is the sentence and the fix of a code. A code without a text is a
// programming error that the package's test catches.
func Describe(code Code) Text {
	if text, ok := texts[code]; ok {
		return text
	}
	return Text{Sentence: "Something stopped this order: " + string(code) + ".", Fix: "Contact support with the order number."}
}
