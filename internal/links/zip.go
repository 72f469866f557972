package links

import (
	"strings"
	"unicode"
)

// NormalizeZIP is the form in which post codes are compared, never shown or
// sent: upper case, without spaces and dashes, and for the US without the four
// digits that may follow the ZIP ("73301-0042" is the same to a buyer as
// "73301"). Region is an ISO 3166-1 alpha-2 code; empty where nobody knows it,
// which is then read off the form, as no other market writes nine digits.
func NormalizeZIP(region, zip string) string {
	const us, usPlus4 = 5, 9
	kept := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Dash, r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, zip)
	if (region == "US" || region == "") && len(kept) == usPlus4 && strings.Trim(kept, "0123456789") == "" {
		return kept[:us]
	}
	return kept
}
