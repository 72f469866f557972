package orders

import (
	"strings"

	"github.com/switchbackhq/switchback/internal/links"
)

// NormalizeZIP is links.NormalizeZIP: the ledger looks for post codes in the form in which it keeps them.
func NormalizeZIP(region, zip string) string { return links.NormalizeZIP(region, zip) }

// maskMarks are what TikTok and others put in place of hidden characters. Order
// documents show the asterisk ("7****", "(+1)213-***-1234").
const maskMarks = "*＊∗•●"

// Masked tells whether a part of s is hidden.
func Masked(s string) bool { return strings.ContainsAny(s, maskMarks) }

// blank tells whether s says nothing.
func blank(s string) bool { return strings.TrimSpace(s) == "" }
