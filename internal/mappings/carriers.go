package mappings

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// Carrier says which of TikTok's shipping providers a carrier's name in Shopify is.
type Carrier struct {
	// Company is the name as it stands in Shopify's fulfillments.
	Company string `json:"company"`
	// Provider is the provider's name or id at TikTok. In a change it may be empty: the row is removed.
	Provider  string    `json:"provider"`
	Note      string    `json:"note"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Removed says that a change takes the row away.
func (c Carrier) Removed() bool { return c.Provider == "" }

// CarrierRow is one row as somebody wrote it.
type CarrierRow struct {
	Company  Cell `json:"company"`
	Provider Cell `json:"provider"`
	Note     Cell `json:"note"`
}

const (
	// MostCarriers is how many rows one change may have.
	MostCarriers   = 500
	longestCarrier = 100
)

// Key is the form in which carriers' names are compared.
func (c Carrier) Key() string { return CarrierKey(c.Company) }

// CarrierKey brings a carrier's name into the form in which names are compared:
// letters and digits, in lower case.
func CarrierKey(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// CheckCarriers reads rows. Its error is of type RowErrors and names every row that cannot be taken.
func CheckCarriers(rows []CarrierRow) ([]Carrier, error) {
	if len(rows) > MostCarriers {
		return nil, RowErrors{{Row: MostCarriers + 1, Problem: fmt.Sprintf("at most %d rows in one change; send the rest in another", MostCarriers)}}
	}
	var faults RowErrors
	first := make(map[string]int, len(rows))
	carriers := make([]Carrier, 0, len(rows))
	for n, row := range rows {
		number, known := n+1, len(faults)
		bad := func(field, format string, args ...any) { faults.add(number, field, format, args...) }
		carrier := Carrier{
			Company:  words("company", row.Company, longestCarrier, bad),
			Provider: words("provider", row.Provider, longestCarrier, bad),
			Note:     words("note", row.Note, longestNote, bad),
		}
		key := carrier.Key()
		if before, twice := first[key]; twice && key != "" {
			faults.add(number, "company", "is the same carrier as in row %d", before)
		}
		first[key] = number
		if key == "" && len(faults) == known {
			bad("company", "want the carrier's name as it stands in Shopify")
		}
		if carrier.Provider == "" && !row.Provider.null && !row.Provider.odd {
			bad("provider", "want the name or the id of a provider at TikTok; null removes the row")
		}
		carriers = append(carriers, carrier)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return carriers, nil
}
