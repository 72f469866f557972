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
		"A connected TikTok shop is in a market where TikTok Shop does not offer what Switchback needs, so its orders are left alone.",
		"Disconnect that TikTok shop; others of the same seller stay as they are.",
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
	LoopKeyRefused: {
		"Loop does not accept the key that you gave for its API, so it is not asked about your orders.",
		"Create a key with the scopes Orders and Draft Returns in Loop and save it in the settings, or remove the key there. Orders are not held up.",
	},
	PrivacyRequest: {
		"A customer asked by way of Shopify what is kept of them, or to be forgotten, and it waits for you.",
		"Open What customers asked for in the settings: download each report and hand it to the customer; a deletion goes on by itself once the refunds and exceptions of its orders are closed.",
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
	RefundNoMoney: {
		"A refund in Shopify takes goods back and gives no money back, so there is nothing to send to TikTok.",
		"If the buyer is to get money, refund it in Shopify, or in TikTok Seller Center; otherwise mark it as handled.",
	},
	OutcomeNotRefund: {
		"A return of a TikTok order ended in store credit or an exchange, which a buyer at TikTok cannot be given.",
		"Refund the buyer in Shopify instead, or in TikTok Seller Center, and exclude these outcomes for orders tagged tiktok-shop in a Loop workflow.",
	},
	RefundWithoutLines: {
		"A refund in Shopify names no product of the TikTok order; TikTok gives money back for products only.",
		"Give the money back in TikTok Seller Center, or refund a product in Shopify; then mark this one as handled.",
	},
	RefundCurrency: {
		"A refund and its TikTok order are in different currencies.",
		"Give the money back in TikTok Seller Center and mark the refund as handled; amounts are never converted.",
	},
	RefundNotUnderstood: {
		"What is needed to plan a refund cannot be read.",
		"Press retry later; if it stays, give the money back in TikTok Seller Center and contact support with the order number.",
	},
	RefundDiffers: {
		"Shopify and TikTok do not agree on what was given back for the same goods.",
		"Compare both amounts with the order in TikTok Seller Center, settle the difference there or in Shopify, then mark it as handled.",
	},
	RefundOrderCompleted: {
		"TikTok has closed this order: it takes no more refunds for it.",
		"Give the money back outside the platforms, or ask TikTok's seller support; then mark the refund as handled.",
	},
	RefundIneligible: {
		"TikTok does not take a refund for goods of this order now.",
		"Read TikTok's reason below; the refund goes on by itself when TikTok allows it. Otherwise give the money back in TikTok Seller Center and mark it as handled.",
	},
	RefundExceedsRefundable: {
		"The refund in Shopify is more than TikTok can give back for these goods; nothing was cut and nothing was sent.",
		"Give back what TikTok allows in TikTok Seller Center and the rest outside, then mark the refund as handled.",
	},
	RefundPartialUnshipped: {
		"The refund is for part of the price of goods that are not shipped, and TikTok can only cancel those whole.",
		"Wait until the goods are shipped, then press retry; or cancel them whole in TikTok Seller Center and mark the refund as handled.",
	},
	RefundAmountRefused: {
		"TikTok does not take this amount for this order; the whole was not sent in its place.",
		"Give the amount back in TikTok Seller Center, or refund the whole in Shopify; then mark this one as handled.",
	},
	RefundRefused: {
		"TikTok refused the refund.",
		"Read TikTok's answer below and mend what it names, then press retry; or give the money back in TikTok Seller Center and mark it as handled.",
	},
	RefundReasonNeeded: {
		"TikTok takes none of the reasons that are set for this refund.",
		"Choose one of the reasons named below in the table of reasons; the refund then goes on by itself.",
	},
	CancelReasonNeeded: {
		"TikTok does not take a buyer's request as the reason of this cancellation.",
		"Choose one of the reasons named below in the table of reasons; out of stock has TikTok set the product's stock to 0. It then goes on by itself.",
	},
	CancelTooLate: {
		"The order was cancelled in Shopify, and goods of it are on their way at TikTok.",
		"Stop the parcel if you can, and refund the goods in Shopify or in TikTok Seller Center; then mark it as handled.",
	},
	ReturnOpenAtTikTok: {
		"The buyer has a request open at TikTok for the same goods, which does not agree with the refund in Shopify.",
		"Answer the request in TikTok Seller Center; the refund is then compared with it by itself.",
	},
	CancelOpenAtTikTok: {
		"The buyer asked TikTok to cancel, and the request does not agree with the refund in Shopify.",
		"Answer the request in TikTok Seller Center; the refund is then compared with it by itself.",
	},
	SecondConnector: {
		"Something other than Switchback refunded the same goods at TikTok. Nothing was paid twice.",
		"Switch off return and refund sync in the other connector, then mark this as handled.",
	},
	PartlySent: {
		"TikTok took part of a refund and refused the rest.",
		"Read which part below and mend what TikTok names, then press retry: only the rest is sent. Or give the rest back in TikTok Seller Center and mark it as handled.",
	},
	RefundNotMirrored: {
		"TikTok gave the buyer money back, and the setting mirror_refunds is off.",
		"Turn mirror_refunds on and it is recorded in Shopify by itself, or record it there yourself without a payment through Shopify.",
	},
	MirrorRefused: {
		"TikTok gave the buyer money back, and Shopify does not take the record of it.",
		"Record the refund in Shopify yourself, without a payment through Shopify, then mark this as handled.",
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

// Known tells whether there is such a code.
func Known(code Code) bool {
	_, ok := texts[code]
	return ok
}
