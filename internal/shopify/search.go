package shopify

import "strings"

// searchTerm is `field:"value"` in Shopify's search syntax, the value quoted so
// that nothing in it is read as syntax. An asterisk keeps its meaning even in
// quotes, so results are always compared with the value afterwards.
func searchTerm(field, value string) string {
	return field + `:"` + searchEscape.Replace(value) + `"`
}

var searchEscape = strings.NewReplacer(`\`, `\\`, `"`, `\"`)
