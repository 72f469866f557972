package shopify

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/graphql/admin"
)

// What Shopify repeats of a buyer in its refusals stays out of them; the rest of its words stays.
func TestBuyersAreCutOutOfRefusals(t *testing.T) {
	t.Parallel()
	const words = `Zip 84977 is not valid for Zephyrine QUISTGAARD of 977 Quillfeather Lane, Quillfeather or Ottersworth; call 512-555-0177, 5125550177`
	said, err := json.Marshal(words)
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{
		"text":       `{"errors":` + string(said) + `}`,
		"list":       `{"errors":[{"message":` + string(said) + `}]}`,
		"user error": `{"data":{"orderCreate":{"order":null,"userErrors":[{"message":` + string(said) + `,"field":["order"]}]}}}`,
	} {
		client, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
		in, options := fullOrder(tiktokID)
		in.ShippingAddress = &admin.MailingAddressInput{
			FirstName: ptr("Zephyrine"), LastName: ptr("Quistgaard"), Address1: ptr("977 Quillfeather Lane"), City: ptr("Ottersworth"),
			Zip: ptr("84977"), Phone: ptr("(+1)512-555-0177"),
		}
		created, err := client.CreateOrder(t.Context(), testShop, in, options)
		if err == nil {
			err = created.UserErrors
		}
		hidden(t, err, "84977", "Zephyrine", "QUISTGAARD", "Quill", "Ottersworth", "5125550177")
		if !strings.Contains(err.Error(), "is not valid for") {
			t.Errorf("%s: nothing is left of %v", name, err)
		}
	}
}

// An order that was written comes back whole, whatever its buyer is called.
func TestAnswersStayWhole(t *testing.T) {
	t.Parallel()
	const body = `{"data":{"orderCreate":{"order":{"name":"Mug 84977"},"userErrors":[{"message":"Mug is short"}]}}}`
	request := []byte(`{"variables":{"order":{"lineItems":[{"title":"short"}],"shippingAddress":{"firstName":"Mug","zip":"84977","countryCode":"US"}}}}`)
	got := answer{body: []byte(body)}.withoutBuyer(request)
	if want := `{"data":{"orderCreate":{"order":{"name":"Mug 84977"},"userErrors":[{"message":"… is short"}]}}}`; string(got.body) != want {
		t.Errorf("got %s", got.body)
	}
}
