package exceptions_test

import (
	"slices"
	"testing"

	"github.com/switchbackhq/switchback/internal/exceptions"
)

func TestWhatAMessageNames(t *testing.T) {
	t.Parallel()
	message := exceptions.Describe(exceptions.SKUUnmatched).Sentence +
		` SKU "A \"<b>\" (TikTok SKU id 1)" (TikTok SKU id 1729); TikTok SKU id 88 has no seller SKU; SKU "GONE" (TikTok SKU id 5) is mapped to variant 9, which is no longer in Shopify: map it anew.`
	want := []exceptions.Product{{SKUID: "1729", SellerSKU: `A "<b>" (TikTok SKU id 1)`}, {SKUID: "5", SellerSKU: "GONE"}, {SKUID: "88"}}
	if got := exceptions.Products(message); !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := exceptions.Products("SKU A without its id, 3 more."); got != nil {
		t.Errorf("found %v in nothing", got)
	}
	carrier := `No. Fulfillment #1-F1 says "Pony \"Post\"". TikTok takes for this order: USPS, UPS Ground.`
	if got := exceptions.CarrierNamed(carrier); got != `Pony "Post"` {
		t.Errorf("carrier %q", got)
	}
	if got := exceptions.Taken(carrier); !slices.Equal(got, []string{"USPS", "UPS Ground"}) {
		t.Errorf("takes %q", got)
	}
	if exceptions.CarrierNamed("Fulfillment #1 names no carrier.") != "" || exceptions.Taken("TikTok takes: none.") != nil {
		t.Error("found what is not there")
	}
}
