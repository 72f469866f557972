package orders

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/switchbackhq/switchback/graphql/admin"
	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// addressProblem is why nobody can ship to the address; empty when somebody can.
func addressProblem(a *tiktok.Address) exceptions.Code {
	if a == nil {
		return exceptions.AddressMissing
	}
	street := streetLines(*a)
	switch {
	case len(street) == 0:
		return exceptions.AddressMissing
	case blank(a.PostalCode):
		return exceptions.ZIPMissing
	case Masked(a.PostalCode):
		return exceptions.ZIPMasked
	case Masked(street[0]):
		return exceptions.AddressMissing
	}
	return ""
}

// shippingAddress is TikTok's address as it stands, masked parts too: a later,
// clear one replaces them. Absent fields stay absent.
func shippingAddress(a *tiktok.Address) *admin.MailingAddressInput {
	if a == nil {
		return nil
	}
	first, last := recipient(*a)
	country := countryCode(*a)
	m := &admin.MailingAddressInput{
		FirstName: text(first), LastName: text(last), City: text(city(*a)), Zip: text(a.PostalCode),
		Phone: text(dialable(a.PhoneNumber)), ProvinceCode: text(provinceCode(country, *a)),
	}
	if street := streetLines(*a); len(street) > 0 {
		m.Address1, m.Address2 = &street[0], text(strings.Join(street[1:], ", "))
	}
	if country != "" {
		m.CountryCode = &country
	}
	return m
}

// text is nil for what says nothing, so that the field is absent on the wire.
func text(s string) *string {
	if blank(s) {
		return nil
	}
	return &s
}

// recipient splits a name that TikTok gives in one piece: Shopify's forms and
// carriers want a last name.
func recipient(a tiktok.Address) (first, last string) {
	first, last = strings.TrimSpace(a.FirstName), strings.TrimSpace(a.LastName)
	if first == "" && last == "" {
		first, last = strings.TrimSpace(a.FirstNameLocalScript), strings.TrimSpace(a.LastNameLocalScript)
	}
	if last != "" {
		return first, last
	}
	whole := first
	if whole == "" {
		whole = strings.TrimSpace(a.Name)
	}
	if cut := strings.LastIndexFunc(whole, unicode.IsSpace); cut > 0 {
		return strings.TrimSpace(whole[:cut]), strings.TrimSpace(whole[cut:])
	}
	return "", whole
}

// streetLines are the address lines that say something; where TikTok gives none, its one-line forms.
func streetLines(a tiktok.Address) []string {
	lines := []string{a.AddressLine1, a.AddressLine2, a.AddressLine3, a.AddressLine4}
	lines = slices.DeleteFunc(lines, blank)
	for _, whole := range []string{a.AddressDetail, a.FullAddress} {
		if len(lines) == 0 && !blank(whole) {
			lines = append(lines, whole)
		}
	}
	return lines
}

// Names of administrative levels. The name is what counts: the numbers ("L1")
// differ between markets.
var (
	countryLevels  = []string{"country"}
	provinceLevels = []string{"state", "province", "nation", "prefecture", "region"}
	cityLevels     = []string{"city", "town", "municipality"}
)

// district finds the first level whose name has one of the words.
func district(a tiktok.Address, words []string) (tiktok.District, bool) {
	for _, d := range a.DistrictInfo {
		for word := range strings.FieldsFuncSeq(strings.ToLower(d.LevelName), func(r rune) bool { return !unicode.IsLetter(r) }) {
			if slices.Contains(words, word) {
				return d, true
			}
		}
	}
	return tiktok.District{}, false
}

// city is the post town where there is one (UK), else the level that is called
// city or town, else the finest level that is neither country nor province.
func city(a tiktok.Address) string {
	if !blank(a.PostTown) {
		return a.PostTown
	}
	if d, found := district(a, cityLevels); found && !blank(d.Name) {
		return d.Name
	}
	country, _ := district(a, countryLevels)
	province, _ := district(a, provinceLevels)
	for _, d := range slices.Backward(a.DistrictInfo) {
		if !blank(d.Name) && d != country && d != province {
			return d.Name
		}
	}
	return ""
}

// countryCode is the region, under the name that Shopify has for it; empty when Shopify has none.
func countryCode(a tiktok.Address) admin.CountryCode {
	code := strings.ToUpper(strings.TrimSpace(a.RegionCode))
	if d, found := district(a, countryLevels); code == "" && found {
		code = strings.ToUpper(d.ISOCode)
	}
	if code == "UK" {
		code = "GB"
	}
	if slices.Contains(admin.AllCountryCode, admin.CountryCode(code)) {
		return admin.CountryCode(code)
	}
	return ""
}

var e164 = regexp.MustCompile(`^\+[1-9][0-9]{7,14}$`)

// dialable is a phone number as "+15125550143"; empty for one that is masked, lacks
// its country code or is none. Shopify refuses an order for a number it cannot dial.
func dialable(phone string) string {
	if Masked(phone) {
		return ""
	}
	// The zero dialed within a country does not follow a country code, except in Italy.
	country, national, bracketed := strings.Cut(strings.ReplaceAll(phone, "(0)", ""), ")")
	if bracketed && strings.HasPrefix(country, "(+") && country != "(+39" {
		national = strings.TrimPrefix(strings.TrimLeft(national, " -"), "0")
	}
	dialed := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" ()-.", r) {
			return -1
		}
		return r
	}, country+national)
	if !e164.MatchString(dialed) {
		return ""
	}
	return dialed
}
