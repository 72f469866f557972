package tiktoksim

import (
	"strings"
)

// Address is where an order goes. Name defaults to first and last name; Country and the defaults follow Region.
type Address struct {
	FirstName, LastName string
	Phone               string // as TikTok writes it: (+1)5125550143
	Region              string // US, GB
	PostalCode          string
	Line1, Line2        string
	City                string
	County              string
	State, StateCode    string // US: Texas, TX; GB: the nation, without a code
}

// homes are the usual buyer and money of a market.
var homes = map[string]struct {
	currency, country, mail string
	address                 Address
}{
	"US": {"USD", "United States", "scs.tiktokw.us", Address{
		FirstName: "Dana", LastName: "Whitfield", Phone: "(+1)5125550143", Region: "US", PostalCode: "73301",
		Line1: "4100 Example Trail", Line2: "Apt 12", City: "Austin", County: "Travis", State: "Texas", StateCode: "TX",
	}},
	"GB": {"GBP", "United Kingdom", "scs3.tiktok.com", Address{
		FirstName: "Priya", LastName: "Osei", Phone: "(+44)7700900123", Region: "GB", PostalCode: "SW1A 2AA",
		Line1: "10 Sample Street", City: "London", County: "Greater London", State: "England",
	}},
}

// DefaultAddress is the usual buyer of a market: ZIP 73301 in the US, SW1A 2AA in Great Britain.
func DefaultAddress(region string) Address { return homes[region].address }

// document is the address as an order carries it. District levels are those of Partner Center's order page: in the US
// L1 is the state, L2 the county, L3 the city; a British order names its town in post_town.
func (a Address) document() map[string]any {
	district := []map[string]any{
		{"address_level": "L0", "address_level_name": "Country", "address_name": homes[a.Region].country, "iso_code": a.Region},
	}
	state := map[string]any{"address_level": "L1", "address_level_name": "State", "address_name": a.State}
	if a.Region == "GB" {
		state["address_level_name"] = "Nation"
	}
	if a.StateCode != "" {
		state["iso_code"] = a.StateCode
	}
	district = append(district, state,
		map[string]any{"address_level": "L2", "address_level_name": "County", "address_name": a.County})
	if a.Region != "GB" {
		district = append(district, map[string]any{"address_level": "L3", "address_level_name": "City", "address_name": a.City})
	}
	doc := map[string]any{
		"region_code": a.Region, "postal_code": a.PostalCode, "phone_number": a.Phone,
		"name": strings.TrimSpace(a.FirstName + " " + a.LastName), "first_name": a.FirstName, "last_name": a.LastName,
		"address_line1": a.Line1, "address_line2": a.Line2, "address_line3": "", "address_line4": "",
		"address_detail": joinFilled(", ", a.Line1, a.Line2),
		"full_address": joinFilled(", ", a.Line1, a.Line2, a.City,
			joinFilled(" ", a.StateCode, a.PostalCode), homes[a.Region].country),
		"district_info": district,
	}
	if a.Region == "GB" {
		doc["post_town"] = a.City
	}
	return doc
}

func joinFilled(sep string, parts ...string) string {
	var filled []string
	for _, p := range parts {
		if p != "" {
			filled = append(filled, p)
		}
	}
	return strings.Join(filled, sep)
}

// masked hides the buyer as TikTok does for parcels it ships itself: phone (+1)213-***-1234, first line 1*** Coleman
// Ave (samples of the package detail page). The postal code stays in those samples; maskZIP covers the day it does not.
func (a Address) masked(maskZIP bool) Address {
	a.FirstName, a.LastName = starWord(a.FirstName), starWord(a.LastName)
	a.Line1, a.Line2 = starWord(a.Line1), starWord(a.Line2)
	a.Phone = starPhone(a.Phone)
	if maskZIP && a.PostalCode != "" {
		a.PostalCode = a.PostalCode[:1] + strings.Repeat("*", len(a.PostalCode)-1)
	}
	return a
}

// starWord keeps the first character of the first word: "4100 Example Trail" becomes "4*** Example Trail".
func starWord(text string) string {
	if text == "" {
		return ""
	}
	first, rest, _ := strings.Cut(text, " ")
	return joinFilled(" ", string([]rune(first)[:1])+"***", rest)
}

func starPhone(phone string) string {
	prefix, digits, ok := strings.Cut(phone, ")")
	if !ok || len(digits) < 8 {
		return "***"
	}
	return prefix + ")" + digits[:3] + "-***-" + digits[len(digits)-4:]
}
