package orders

import (
	"regexp"
	"strings"

	"github.com/switchbackhq/switchback/graphql/admin"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// provinceForms are the countries for which we send a province, and whether
// Shopify writes the country before it ("JP-13"). For the others a code is left
// out: either Shopify has no provinces there (GB, DE, FR …) or its codes are not
// ISO 3166-2's (MX, MY …), and a wrong one makes it refuse the address.
var provinceForms = map[admin.CountryCode]bool{
	admin.CountryCodeUs: false,
	admin.CountryCodeCa: false,
	admin.CountryCodeBr: false,
	admin.CountryCodeEs: false,
	admin.CountryCodeIt: false,
	admin.CountryCodeJp: true,
}

var subdivision = regexp.MustCompile(`^[A-Z0-9]{1,3}$`)

// provinceCode is TikTok's code of the state or province, else, in the US, the one of its name.
func provinceCode(country admin.CountryCode, a tiktok.Address) string {
	prefixed, sent := provinceForms[country]
	d, found := district(a, provinceLevels)
	if !sent || !found {
		return ""
	}
	code := strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(d.ISOCode)), string(country)+"-")
	if country == admin.CountryCodeUs {
		code = stateCode(code, d.Name)
	}
	switch {
	case !subdivision.MatchString(code):
		return ""
	case prefixed:
		return string(country) + "-" + code
	}
	return code
}

// stateCode takes a US state's code when it is one, else finds it by the
// state's name, in whose place a code may stand too.
func stateCode(code, name string) string {
	name = strings.TrimSpace(name)
	byName := stateCodes[strings.ToLower(name)]
	written := strings.ToUpper(name)
	for _, known := range stateCodes {
		if known == code {
			return code
		}
		if known == written {
			byName = known
		}
	}
	return byName
}

// stateCodes are the codes of the US Postal Service, which are Shopify's.
var stateCodes = map[string]string{
	"alabama": "AL", "alaska": "AK", "arizona": "AZ", "arkansas": "AR", "california": "CA", "colorado": "CO",
	"connecticut": "CT", "delaware": "DE", "district of columbia": "DC", "florida": "FL", "georgia": "GA",
	"hawaii": "HI", "idaho": "ID", "illinois": "IL", "indiana": "IN", "iowa": "IA", "kansas": "KS",
	"kentucky": "KY", "louisiana": "LA", "maine": "ME", "maryland": "MD", "massachusetts": "MA",
	"michigan": "MI", "minnesota": "MN", "mississippi": "MS", "missouri": "MO", "montana": "MT",
	"nebraska": "NE", "nevada": "NV", "new hampshire": "NH", "new jersey": "NJ", "new mexico": "NM",
	"new york": "NY", "north carolina": "NC", "north dakota": "ND", "ohio": "OH", "oklahoma": "OK",
	"oregon": "OR", "pennsylvania": "PA", "rhode island": "RI", "south carolina": "SC", "south dakota": "SD",
	"tennessee": "TN", "texas": "TX", "utah": "UT", "vermont": "VT", "virginia": "VA", "washington": "WA",
	"west virginia": "WV", "wisconsin": "WI", "wyoming": "WY",
	"american samoa": "AS", "federated states of micronesia": "FM", "guam": "GU", "marshall islands": "MH",
	"northern mariana islands": "MP", "palau": "PW", "puerto rico": "PR", "virgin islands": "VI",
	"u.s. virgin islands": "VI", "armed forces americas": "AA", "armed forces europe": "AE",
	"armed forces pacific": "AP",
}
