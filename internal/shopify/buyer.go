package shopify

import (
	"bytes"
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// buyerFields are the inputs whose values are a buyer's, as the schema names them.
var buyerFields = []string{"firstName", "lastName", "company", "address1", "address2", "city", "zip", "phone", "email"}

// withoutBuyer is the answer to a mutation without the buyer's values that were
// sent with it, where Shopify's words in errors and userErrors repeat them:
// those words go on to logs, exceptions and the pages. The rest of the answer is
// what was asked for and stays.
func (a answer) withoutBuyer(request []byte) answer {
	if !bytes.Contains(a.body, []byte(`"message"`)) && !bytes.Contains(a.body, []byte(`"errors"`)) {
		return a
	}
	theirs := buyerWords(request)
	if theirs == nil {
		return a
	}
	decoder := json.NewDecoder(bytes.NewReader(a.body))
	decoder.UseNumber()
	var whole any
	if decoder.Decode(&whole) != nil {
		return a // no JSON: nothing of it is quoted
	}
	each(whole, func(object map[string]any, key, text string) {
		if key == "message" || key == "errors" {
			object[key] = theirs.ReplaceAllString(text, "…")
		}
	})
	if body, err := json.Marshal(whole); err == nil {
		a.body = body
	}
	return a
}

// buyerWords matches what the request says of a buyer: values whole, their
// longer words, and digits without what stands between them. Nil when it says nothing.
func buyerWords(request []byte) *regexp.Regexp {
	var whole struct {
		Variables any `json:"variables"`
	}
	if json.Unmarshal(request, &whole) != nil {
		return nil
	}
	const longWord, longNumber = 4, 7
	var words []string
	each(whole.Variables, func(_ map[string]any, key, text string) {
		if !slices.Contains(buyerFields, key) || strings.TrimSpace(text) == "" {
			return
		}
		words = append(words, strings.TrimSpace(text))
		for _, part := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if len(part) >= longWord {
				words = append(words, part)
			}
		}
		digits := strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, text)
		if len(digits) >= longNumber {
			words = append(words, digits, digits[max(0, len(digits)-10):])
		}
	})
	if len(words) == 0 {
		return nil
	}
	slices.SortFunc(words, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	for n, word := range words {
		words[n] = regexp.QuoteMeta(word)
		if len(word) < longWord { // two letters stand in other words by chance
			words[n] = `\b` + words[n] + `\b`
		}
	}
	return regexp.MustCompile(`(?i)` + strings.Join(slices.Compact(words), "|"))
}

// each visits every text of a JSON value that stands under a key.
func each(value any, visit func(object map[string]any, key, text string)) {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			if text, ok := inner.(string); ok {
				visit(v, key, text)
			} else {
				each(inner, visit)
			}
		}
	case []any:
		for _, inner := range v {
			each(inner, visit)
		}
	}
}
