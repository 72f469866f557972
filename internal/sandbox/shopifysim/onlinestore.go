package shopifysim

import "fmt"

// Buy is somebody who buys one of the first variant on the shelf in the shop's
// own online store: an order that is paid and that no app wrote. It returns the
// number in the address of the order's page.
func (s *Sim) Buy(domain string) (number string, err error) {
	shelf := s.Variants(domain)
	if len(shelf) == 0 {
		return "", fmt.Errorf("%s sells nothing", domain)
	}
	one := shelf[0]
	gid, err := s.InjectOrder(domain, Order{
		App: "online store", SourceName: "web", FinancialStatus: "PAID", Received: one.Price, Email: "walker@example.com",
		ShippingAddress: &Address{FirstName: "June", LastName: "Walker", Address1: "12 Mill Lane", City: "Madison", Province: "Wisconsin", ProvinceCode: "WI", CountryCode: "US", Zip: "53703"},
		Lines:           []Line{{VariantGID: one.GID, ProductGID: one.ProductGID, SKU: one.SKU, Title: one.ProductTitle, VariantTitle: one.Title, Quantity: 1, Price: one.Price, RequiresShipping: true}},
	})
	return legacyID(gid), err
}
