package fulfillments

import (
	"slices"

	"github.com/switchbackhq/switchback/internal/mappings"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// families are the names under which one carrier goes: Shopify's own list
// ("tracking companies" of its fulfillment guide), shops' usual spellings and
// TikTok's. Services of one carrier that TikTok lists apart are families of
// their own: a parcel of DHL Express is not DHL eCommerce's, and which of them
// "DHL" is nobody can tell.
var families = [][]string{
	{"USPS", "United States Postal Service", "US Postal Service", "U.S. Postal Service", "USPS Ground Advantage", "USPS Priority Mail", "USPS First Class"},
	{"UPS", "United Parcel Service", "UPS Ground", "UPS (US)", "UPS United States"},
	{"UPS Mail Innovations", "UPS MI"},
	{"UPS SurePost", "SurePost"},
	{"FedEx", "Federal Express", "FedEx Ground", "FedEx Express", "FedEx Home Delivery", "FedEx US", "FedEx UK"},
	{"FedEx SmartPost", "FedEx Ground Economy"},
	{"DHL eCommerce", "DHL eCommerce US", "DHL eCommerce Americas", "DHL Global Mail"},
	{"DHL eCommerce UK", "DHL Parcel UK"},
	{"DHL Express", "DHL Express (US)", "DHL Express UK", "DHL Express US"},
	{"OnTrac", "OnTrac Logistics"},
	{"LaserShip", "Laser Ship"},
	{"Amazon Logistics", "Amazon Logistics US", "Amazon Shipping", "AMZL", "AMZL US", "Amazon Logistics UK"},
	{"GLS", "GLS US", "General Logistics Systems", "GLS United States"},
	{"Lone Star Overnight", "LSO", "Lone Star"},
	{"Canada Post", "Postes Canada"},
	{"Purolator", "Purolator Canada"},
	{"Canpar", "Canpar Express"},
	{"Veho", "Veho Tech"},
	{"UniUni", "Uni Uni"},
	{"YunExpress", "Yun Express"},
	{"4PX", "4PX Worldwide Express"},
	{"Better Trucks"},
	{"Jitsu", "AxleHire", "Axle Hire"},
	{"CDL", "CDL Last Mile"},
	{"Speedee Delivery", "Spee-Dee"},
	{"Royal Mail", "Royal Mail UK", "RoyalMail"},
	{"Parcelforce", "Parcelforce Worldwide", "Parcel Force"},
	{"Evri", "Hermes", "Hermes UK", "MyHermes", "EVRi UK"},
	{"DPD UK", "DPD (UK)", "DPD United Kingdom"},
	{"DPD Local", "DPD Local UK", "Interlink Express"},
	{"Yodel", "Yodel UK"},
	{"InPost", "InPost UK"},
	{"Tuffnells"},
	{"An Post", "An Post Ireland"},
	{"Deutsche Post", "Deutsche Post DHL"},
	{"DHL Paket", "DHL Germany", "DHL Parcel Germany"},
	{"Colissimo", "La Poste Colissimo"},
	{"Chronopost"},
	{"Mondial Relay"},
	{"Correos", "Correos Spain"},
	{"SEUR"},
	{"Poste Italiane"},
	{"BRT", "Bartolini"},
	{"Yamato", "Yamato (JA)", "Kuroneko Yamato", "Yamato Transport"},
	{"Sagawa", "Sagawa (JA)", "Sagawa Express"},
	{"Japan Post", "Japan Post (JA)"},
	{"TNT", "TNT Express"},
	{"APC", "APC Overnight"},
	{"SF Express", "S.F. Express"},
}

// Match finds the provider that a carrier's name in Shopify means: the one of
// that name, whatever its case, spaces and dots, else the only one of the same
// family. It never guesses: several, or none, is not known.
func Match(company string, providers []tiktok.ShippingProvider) (tiktok.ShippingProvider, bool) {
	name := mappings.CarrierKey(company)
	if name == "" {
		return tiktok.ShippingProvider{}, false
	}
	if same := among(providers, func(p tiktok.ShippingProvider) bool { return mappings.CarrierKey(p.Name) == name }); len(same) > 0 {
		return same[0], len(same) == 1
	}
	own := family(name)
	related := among(providers, func(p tiktok.ShippingProvider) bool { return own >= 0 && family(mappings.CarrierKey(p.Name)) == own })
	if len(related) != 1 {
		return tiktok.ShippingProvider{}, false
	}
	return related[0], true
}

// Chosen finds the provider that a merchant named, by its id or its name.
func Chosen(choice string, providers []tiktok.ShippingProvider) (tiktok.ShippingProvider, bool) {
	found := among(providers, func(p tiktok.ShippingProvider) bool {
		return string(p.ID) == choice || mappings.CarrierKey(p.Name) == mappings.CarrierKey(choice)
	})
	if len(found) != 1 {
		return tiktok.ShippingProvider{}, false
	}
	return found[0], true
}

func among(providers []tiktok.ShippingProvider, fits func(tiktok.ShippingProvider) bool) []tiktok.ShippingProvider {
	return slices.DeleteFunc(slices.Clone(providers), func(p tiktok.ShippingProvider) bool { return !fits(p) })
}

// family is the place of a plain name in families, -1 for none.
func family(name string) int {
	return slices.IndexFunc(families, func(names []string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return mappings.CarrierKey(n) == name })
	})
}
