package orders

import (
	"strings"
	"unicode"

	"github.com/switchbackhq/switchback/graphql/admin"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// addressOf is TikTok's address as Shopify would show it after it was written
// exactly so; the zero value is none.
func addressOf(a *tiktok.Address) shopify.Address {
	m := shippingAddress(a)
	if m == nil {
		return shopify.Address{}
	}
	said := func(s *string) string {
		if s == nil {
			return ""
		}
		return *s
	}
	out := shopify.Address{
		FirstName: said(m.FirstName), LastName: said(m.LastName), Address1: said(m.Address1), Address2: said(m.Address2),
		City: said(m.City), ProvinceCode: said(m.ProvinceCode), ZIP: said(m.Zip), Phone: said(m.Phone),
	}
	if m.CountryCode != nil {
		out.CountryCode = string(*m.CountryCode)
	}
	return out
}

// addressInput is an address as orderUpdate takes it; absent fields stay absent.
func addressInput(a shopify.Address) admin.MailingAddressInput {
	m := admin.MailingAddressInput{
		FirstName: text(a.FirstName), LastName: text(a.LastName), Address1: text(a.Address1), Address2: text(a.Address2),
		City: text(a.City), ProvinceCode: text(a.ProvinceCode), Zip: text(a.ZIP), Phone: text(a.Phone),
	}
	if a.CountryCode != "" {
		m.CountryCode = new(admin.CountryCode(a.CountryCode))
	}
	return m
}

// readdress is the address that Shopify should have: TikTok's, but nothing
// masked or empty in place of what is clear. Where TikTok hides the street of a
// house that Shopify knows, the rest of the place stays too: half of an old
// address and half of a new one are nobody's house.
func readdress(current, tiktok shopify.Address) shopify.Address {
	out := current
	if better(tiktok.FirstName+tiktok.LastName, current.FirstName+current.LastName) {
		out.FirstName, out.LastName = tiktok.FirstName, tiktok.LastName
	}
	if better(tiktok.Phone, current.Phone) {
		out.Phone = tiktok.Phone
	}
	better := better
	switch street := current.Address1 + current.Address2; {
	case !blank(tiktok.Address1) && better(tiktok.Address1+tiktok.Address2, street):
		out.Address1, out.Address2 = tiktok.Address1, tiktok.Address2
	case !blank(street) && !Masked(street):
		better = missing
	}
	if better(tiktok.City, current.City) {
		out.City = tiktok.City
	}
	if better(tiktok.ZIP, current.ZIP) {
		out.ZIP = tiktok.ZIP
	}
	if better(tiktok.CountryCode, current.CountryCode) {
		if tiktok.CountryCode != current.CountryCode || tiktok.ProvinceCode != "" {
			out.ProvinceCode = tiktok.ProvinceCode
		}
		out.CountryCode = tiktok.CountryCode
	}
	return out
}

// better tells whether what TikTok says may replace what Shopify has.
func better(tiktok, current string) bool {
	return !blank(tiktok) && (!Masked(tiktok) || blank(current) || Masked(current))
}

// missing tells whether what TikTok says fills a gap.
func missing(tiktok, current string) bool {
	return better(tiktok, current) && (blank(current) || Masked(current))
}

// comparableAddress is the form in which addresses are compared, never shown or sent:
// without case, punctuation and spacing, which Shopify and people tidy up. A
// province counts only where we send one, as Shopify adds its own elsewhere.
func comparableAddress(a shopify.Address) string {
	if a == (shopify.Address{}) {
		return ""
	}
	if _, sent := provinceForms[admin.CountryCode(a.CountryCode)]; !sent {
		a.ProvinceCode = ""
	}
	fields := []string{a.FirstName + a.LastName, a.Address1 + a.Address2, a.City, a.ProvinceCode, a.CountryCode, a.ZIP, a.Phone}
	for n, field := range fields {
		fields[n] = strings.Map(func(r rune) rune {
			if !unicode.IsLetter(r) && !unicode.IsNumber(r) && !strings.ContainsRune(maskMarks, r) {
				return -1
			}
			return unicode.ToLower(r)
		}, field)
	}
	return strings.Join(fields, "|")
}

// placeOf is where the order goes, as the ledger compares it once the order was written so.
func placeOf(o tiktok.Order) *links.Place {
	address := comparableAddress(addressOf(o.RecipientAddress))
	return &links.Place{ZIP: zipOf(o), Seen: address, Written: address}
}
