package shopifysim

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// term is one condition of a search query: an operator ("", ">", ">=", "<", "<=") and a value without its quotes.
type term struct{ op, value string }

// filter says whether a thing fits a term; filters are kept by the field's name, the one for plain text under "".
type filter[T any] func(T, term) bool

// is compares text without regard to case; a value that ends in * asks for a beginning.
func (t term) is(s string) bool {
	if begin, ok := strings.CutSuffix(t.value, "*"); ok {
		return strings.HasPrefix(strings.ToLower(s), strings.ToLower(begin))
	}
	return t.op == "" && strings.EqualFold(s, t.value)
}

// exactly is is for fields where case counts.
func (t term) exactly(s string) bool {
	if begin, ok := strings.CutSuffix(t.value, "*"); ok {
		return strings.HasPrefix(s, begin)
	}
	return t.op == "" && s == t.value
}

func (t term) within(s string) bool {
	return strings.Contains(strings.ToLower(s), strings.ToLower(t.value))
}

func (t term) fitsTime(at time.Time) bool {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateOnly} {
		if want, err := time.Parse(layout, t.value); err == nil {
			return t.ordered(at.Truncate(time.Second).Compare(want))
		}
	}
	return false
}

func (t term) ordered(c int) bool {
	switch t.op {
	case ">":
		return c > 0
	case ">=":
		return c >= 0
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	}
	return c == 0
}

// parseSearch reads Shopify's search syntax: field:value with quotes of both kinds, comparison, AND (also by a mere
// space), OR, NOT or "-", and parentheses. A query without terms gives nil, which stands for everything.
//
// Shopify leaves out a filter that it does not know and answers as if it were not there, which finds too much; the
// simulator does the same and also returns a warning, which becomes a violation.
func parseSearch[T any](query string, filters map[string]filter[T]) (func(T) bool, []string) {
	p := searchParser[T]{rest: query, filters: filters}
	match := p.or()
	if p.skip(); p.rest != "" {
		p.warn("search query %q cannot be read at %q", query, p.rest)
	}
	return match, p.warnings
}

type searchParser[T any] struct {
	rest     string
	filters  map[string]filter[T]
	warnings []string
}

func (p *searchParser[T]) warn(format string, args ...any) {
	p.warnings = append(p.warnings, fmt.Sprintf(format, args...))
}

func (p *searchParser[T]) skip() { p.rest = strings.TrimLeft(p.rest, " \t\n") }

// next says whether the connective w comes next.
func (p *searchParser[T]) next(w string) bool {
	p.skip()
	rest, ok := strings.CutPrefix(p.rest, w)
	return ok && (rest == "" || strings.ContainsAny(rest[:1], " (\t\n"))
}

// word takes the connective w when it comes next.
func (p *searchParser[T]) word(w string) bool {
	if !p.next(w) {
		return false
	}
	p.rest = p.rest[len(w):]
	return true
}

func (p *searchParser[T]) or() func(T) bool {
	match := p.and()
	for p.word("OR") {
		left, right := match, p.and()
		if left == nil || right == nil {
			p.warn("search query has an OR without two sides")
			continue
		}
		match = func(v T) bool { return left(v) || right(v) }
	}
	return match
}

func (p *searchParser[T]) and() func(T) bool {
	match := p.not()
	for {
		p.skip()
		if p.rest == "" || p.rest[0] == ')' || p.next("OR") {
			return match
		}
		p.word("AND")
		next := p.not()
		if next == nil {
			p.warn("search query cannot be read at %q", p.rest)
			return match
		}
		if left := match; left != nil {
			match = func(v T) bool { return left(v) && next(v) }
		} else {
			match = next
		}
	}
}

func (p *searchParser[T]) not() func(T) bool {
	negate := p.word("NOT")
	if rest, ok := strings.CutPrefix(p.rest, "-"); ok && !negate {
		p.rest, negate = rest, true
	}
	match := p.primary()
	if negate && match != nil {
		return func(v T) bool { return !match(v) }
	}
	return match
}

var fieldPattern = regexp.MustCompile(`^([A-Za-z_][A-Za-z_.]*):\s*(>=|<=|>|<)?\s*`)

func (p *searchParser[T]) primary() func(T) bool {
	p.skip()
	if rest, ok := strings.CutPrefix(p.rest, "("); ok {
		p.rest = rest
		match := p.or()
		p.skip()
		if p.rest, ok = strings.CutPrefix(p.rest, ")"); !ok {
			p.warn("search query lacks a closing parenthesis")
		}
		return match
	}
	if p.rest == "" || p.next("OR") || p.next("AND") {
		return nil
	}
	var field string
	var t term
	if m := fieldPattern.FindStringSubmatch(p.rest); m != nil {
		field, t.op = m[1], m[2]
		p.rest = p.rest[len(m[0]):]
	}
	t.value = p.value()
	f, known := p.filters[field]
	if !known {
		p.warn("the search filter %q is not simulated or not Shopify's", field)
		return func(T) bool { return true }
	}
	return func(v T) bool { return f(v, t) }
}

// value takes a quoted string, in which a backslash keeps the next character, or what stands before a space or ")".
func (p *searchParser[T]) value() string {
	if p.rest == "" {
		return ""
	}
	quote := p.rest[0]
	if quote != '"' && quote != '\'' {
		end := strings.IndexAny(p.rest, " \t\n)")
		if end < 0 {
			end = len(p.rest)
		}
		v := p.rest[:end]
		p.rest = p.rest[end:]
		return unescape(v)
	}
	for i := 1; i < len(p.rest); i++ {
		switch p.rest[i] {
		case '\\':
			i++
		case quote:
			v := p.rest[1:i]
			p.rest = p.rest[i+1:]
			return unescape(v)
		}
	}
	p.warn("search query has an open quote")
	v := p.rest[1:]
	p.rest = ""
	return unescape(v)
}

func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// orderFilters are the simulated filters of orders(query:).
func orderFilters() map[string]filter[Order] {
	bare := func(name string) string { return strings.TrimPrefix(name, "#") }
	name := func(o Order, t term) bool {
		t.value = bare(t.value)
		return t.is(bare(o.Name))
	}
	return map[string]filter[Order]{
		"":                  name,
		"name":              name,
		"id":                func(o Order, t term) bool { return t.is(legacyID(o.GID)) },
		"tag":               hasTag,
		"tag_not":           func(o Order, t term) bool { return !hasTag(o, t) },
		"source_identifier": func(o Order, t term) bool { return t.is(o.SourceIdentifier) },
		"source_name":       func(o Order, t term) bool { return t.is(o.SourceName) },
		"po_number":         func(o Order, t term) bool { return t.is(o.PONumber) },
		"email":             func(o Order, t term) bool { return t.is(o.Email) },
		"test":              func(o Order, t term) bool { return t.is(fmt.Sprint(o.Test)) },
		"financial_status":  func(o Order, t term) bool { return t.is(o.FinancialStatus) },
		"status":            status,
		"sku":               hasSKU,
		"created_at":        func(o Order, t term) bool { return t.fitsTime(o.CreatedAt) },
		"updated_at":        func(o Order, t term) bool { return t.fitsTime(o.UpdatedAt) },
		"processed_at":      func(o Order, t term) bool { return t.fitsTime(o.ProcessedAt) },
	}
}

func hasTag(o Order, t term) bool {
	for _, tag := range o.Tags {
		if t.is(tag) {
			return true
		}
	}
	return false
}

func hasSKU(o Order, t term) bool {
	for _, l := range o.Lines {
		if t.exactly(l.SKU) {
			return true
		}
	}
	return false
}

func status(o Order, t term) bool {
	switch strings.ToLower(t.value) {
	case "any":
		return true
	case "cancelled": // Shopify's spelling
		return !o.Canceled.IsZero()
	case "closed":
		return !o.ClosedAt.IsZero()
	}
	return o.ClosedAt.IsZero() && o.Canceled.IsZero()
}
