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
}

// Describe is the sentence and the fix of a code. A code without a text is a
// programming error that the package's test catches.
func Describe(code Code) Text {
	if text, ok := texts[code]; ok {
		return text
	}
	return Text{Sentence: "Something stopped this order: " + string(code) + ".", Fix: "Contact support with the order number."}
}
