package pages

import (
	"cmp"
	"io"
	"maps"
	"net/url"
	"slices"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
)

// ExceptionsPath is the address of what waits for a person; a code's own follows it.
const ExceptionsPath = "/exceptions"

// ExceptionPath is the page of one code.
func ExceptionPath(code exceptions.Code) string { return ExceptionsPath + "/" + string(code) }

// Exceptions is the page of everything that waits for a person, by code.
type Exceptions struct {
	Frame
	Open map[exceptions.Code]int
}

// Render writes the page.
func (e Exceptions) Render(w io.Writer) error { return renderEmbedded(w, "exceptions.html", e) }

// Group is what is open of one code.
type Group struct {
	Code exceptions.Code
	exceptions.Text
	Count int
	Path  string
}

// Many is the number for reading.
func (g Group) Many() string { return links.Count{N: g.Count}.String() }

// Groups are the codes that have something open: what is urgent first, then the most frequent.
func (e Exceptions) Groups() []Group {
	codes := slices.DeleteFunc(slices.Collect(maps.Keys(e.Open)), func(c exceptions.Code) bool { return e.Open[c] == 0 })
	rank := func(c exceptions.Code) int {
		if i := slices.Index(urgent, c); i >= 0 {
			return i
		}
		return len(urgent)
	}
	slices.SortFunc(codes, func(a, b exceptions.Code) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(e.Open[b], e.Open[a]), cmp.Compare(a, b))
	})
	groups := make([]Group, len(codes))
	for n, code := range codes {
		groups[n] = GroupOf(code, e.Open[code])
	}
	return groups
}

// GroupOf is a code with how many of it are open.
func GroupOf(code exceptions.Code, count int) Group {
	return Group{code, exceptions.Describe(code), count, ExceptionPath(code)}
}

// OfCode is the page of what is open of one code.
type OfCode struct {
	Frame
	Group Group
	Found []exceptions.Exception
	// Next is after which order's number the next page begins, empty on the last;
	// Later tells that this is not the first.
	Next  string
	Later bool
	// Following has the page read itself again while work goes on.
	Following bool
	// Search is what was looked for in Shopify.
	Search Search
}

// Search is a look for the variant of one product.
type Search struct {
	SKUID, Query string
	Found        []shopify.Variant
	// Trouble says why nothing can be said.
	Trouble string
}

// Render writes the page.
func (o OfCode) Render(w io.Writer) error { return renderEmbedded(w, "exceptions_of.html", o) }

// Older is the address of the next page.
func (o OfCode) Older() string { return o.Group.Path + "?" + url.Values{"after": {o.Next}}.Encode() }

// Problems are the exceptions with what may be done about each.
func (o OfCode) Problems() []Problem {
	list := make([]Problem, len(o.Found))
	for n, e := range o.Found {
		at := o.Group.Path + "/" + e.ID
		list[n] = Problem{Exception: e, Retry: at + "/retry", Resolve: at + "/resolve", Choices: ChoicesOf(e.Code), Since: o.When(e.OpenedAt)}
	}
	return list
}

// Unmapped is a product without a variant, and what Shopify has for it.
type Unmapped struct {
	exceptions.Product
	// Query is what is looked for; Looked tells whether it was.
	Query   string
	Looked  bool
	Found   []shopify.Variant
	Trouble string
}

// Unmapped are the products that this page's exceptions name, each once.
func (o OfCode) Unmapped() []Unmapped {
	if o.Group.Code != exceptions.SKUUnmatched && o.Group.Code != exceptions.SKUAmbiguous {
		return nil
	}
	var list []Unmapped
	known := map[string]bool{}
	for _, e := range o.Found {
		for _, p := range exceptions.Products(e.Message) {
			if known[p.SKUID] {
				continue
			}
			known[p.SKUID] = true
			one := Unmapped{Product: p, Query: p.SellerSKU}
			if p.SKUID == o.Search.SKUID {
				one = Unmapped{p, o.Search.Query, true, o.Search.Found, o.Search.Trouble}
			}
			list = append(list, one)
		}
	}
	return list
}

// Asked is a name in Shopify for which one at TikTok is to be chosen.
type Asked struct {
	Name  string
	Taken []string
}

// Carriers are the carriers that TikTok does not know, each once.
func (o OfCode) Carriers() []Asked {
	if o.Group.Code != exceptions.CarrierUnknown {
		return nil
	}
	var list []Asked
	for _, e := range o.Found {
		name := exceptions.CarrierNamed(e.Message)
		if name == "" || slices.ContainsFunc(list, func(a Asked) bool { return a.Name == name }) {
			continue
		}
		list = append(list, Asked{name, exceptions.Taken(e.Message)})
	}
	return list
}

// Reasons is for which reasons one of TikTok's is to be chosen: the first message says which it takes.
func (o OfCode) Reasons() []Asked {
	name, ok := map[exceptions.Code]string{exceptions.RefundReasonNeeded: "*", exceptions.CancelReasonNeeded: "cancel"}[o.Group.Code]
	if !ok || len(o.Found) == 0 {
		return nil
	}
	if taken := exceptions.Taken(o.Found[0].Message); len(taken) > 0 {
		return []Asked{{name, taken}}
	}
	return nil
}
