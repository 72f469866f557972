package loopcheck

import (
	"errors"
	"fmt"
	"slices"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/loop"
)

// The codes that are ours, where Loop has no word. Loop's own are in package loop.
const (
	Found       = "found"
	KeyRefused  = "key-refused"
	Limited     = "limited"
	Unreachable = "unreachable"
	Refused     = "refused"
	ZIPMissing  = "zip-missing"
	ZIPMasked   = "zip-masked"
	ZIPUnread   = "zip-unread"
)

type words struct{ sentence, fix string }

var said = map[string]words{
	Found: {"Loop finds the order.", ""},
	loop.CodeOrderNotFound: {
		"Loop does not know an order of this name.",
		"Give Loop a few minutes to read the order from Shopify, then check again. If it stays so, compare the order's name in Shopify with what buyers type.",
	},
	loop.CodeLookupFailed: {
		"Loop could not look the order up.",
		"Check again in a few minutes; if it stays so, ask Loop's support with the order's name.",
	},
	loop.CodeRetrieving: {
		"Loop could not read the order from Shopify just now.",
		"Check again in a few minutes; if it stays so, see that Loop is still connected to this Shopify shop.",
	},
	loop.CodeSecondaryInputMismatch: {
		"Loop knows the order, but not by the shipping ZIP that TikTok gives.",
		"Set the portal's look-up in Loop to order number and shipping ZIP, and compare the ZIP of the Shopify order with TikTok's.",
	},
	loop.CodeShopNotFound: {
		"Loop knows no shop behind this key.",
		"Create the key in the Loop account of this Shopify shop and enter it again.",
	},
	loop.CodeValidationFailed: {
		"Loop did not accept the question.",
		"Loop's API may have changed: see whether there is a newer Switchback, and try the order in the return portal itself.",
	},
	loop.CodeDraftsNotEnabled: {
		"Your Loop plan does not let programs begin returns, so the check cannot be made.",
		"Try the order's number and ZIP in the return portal yourself, or ask Loop to turn on the API for draft returns.",
	},
	loop.CodeAddressUnavailable: {
		"Loop finds the order, but takes no returns from its address.",
		"Look at the countries and regions in Loop's return policy.",
	},
	KeyRefused: {
		"Loop does not accept the key.",
		"Create a key with the scopes Orders and Draft Returns in Loop, and enter it in the settings.",
	},
	Limited: {
		"Loop takes no more requests with this key for the moment.",
		"Wait a minute, then check again.",
	},
	Unreachable: {
		"Loop could not be asked.",
		"Check again in a few minutes.",
	},
	ZIPMissing: {
		"TikTok gives no ZIP for this order, so a buyer cannot find it in Loop.",
		"Nothing can be checked before TikTok gives the ZIP.",
	},
	ZIPMasked: {
		"TikTok hides the ZIP of this order, so a buyer cannot find it in Loop.",
		"Orders that TikTok ships may be hidden. Choose shipping by seller in TikTok Shop if your buyers are to return through Loop.",
	},
	ZIPUnread: {
		"The order's ZIP could not be read from TikTok.",
		"See that the TikTok shop is still connected, then check again.",
	},
}

// say puts a code into words; one that Loop added later is shown as it is.
func say(code string) words {
	if w, known := said[code]; known {
		return w
	}
	if code == Refused {
		return words{"Loop refused to answer.", "Try the order's number and ZIP in the return portal yourself."}
	}
	return words{fmt.Sprintf("Loop refused with the code %q.", code), "Look the code up in Loop's documentation, or ask Loop's support."}
}

// codeOf is the code of what a call to Loop returned.
func codeOf(err error) string {
	if err == nil {
		return Found
	}
	var refused *loop.Error
	switch {
	case fault.Of(err) == fault.Later:
		return Limited
	case !errors.As(err, &refused):
		return Unreachable
	case refused.KeyRefused():
		return KeyRefused
	case refused.Code != "":
		return refused.Code
	case refused.NotFound():
		return loop.CodeOrderNotFound
	case refused.Broken():
		return Unreachable
	}
	return Refused
}

// mayChange tells whether the same question may soon get another answer.
func mayChange(code string) bool {
	return slices.Contains([]string{loop.CodeOrderNotFound, loop.CodeLookupFailed, loop.CodeRetrieving, Unreachable}, code)
}
