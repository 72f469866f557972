package shopify

import (
	"slices"
	"strings"
)

// UserError is one of a mutation's `userErrors`: the request was understood and
// refused, in Shopify's words.
type UserError struct {
	// Code is empty where the mutation's errors have none.
	Code string
	// Field is the path of the input that is at fault; may be empty.
	Field   []string
	Message string
}

// UserErrors are what a mutation refused. They are an error when the mutation
// did nothing; beside a result they only say what it left out.
type UserErrors []UserError

func (u UserErrors) Error() string {
	var parts []string
	for _, e := range u {
		part := scrub(e.Message)
		if e.Code != "" {
			part += " [" + clip(e.Code) + "]"
		}
		if len(e.Field) > 0 {
			part += " at " + clip(strings.Join(e.Field, "."))
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return "refused without a reason"
	}
	return strings.Join(parts[:min(len(parts), 3)], "; ")
}

// Has tells whether one of them carries the code.
func (u UserErrors) Has(code string) bool {
	return slices.ContainsFunc(u, func(e UserError) bool { return e.Code == code })
}

// Concerns tells whether one of them is about the named input field or what is below it.
func (u UserErrors) Concerns(field string) bool {
	return slices.ContainsFunc(u, func(e UserError) bool { return slices.Contains(e.Field, field) })
}

// limited tells whether the shop's limit of new orders was the reason.
func (u UserErrors) limited() bool {
	return slices.ContainsFunc(u, func(e UserError) bool { return orderLimit.MatchString(e.Message) })
}
