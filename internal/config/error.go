package config

import "strings"

// longestValue bounds what of a wrong value is repeated in an error.
const longestValue = 80

// VariableError is one fault of the environment. Value is empty for secrets and
// for a variable that is not set.
type VariableError struct {
	Variable, Value, Problem, Fix string
}

func (e *VariableError) Error() string {
	var b strings.Builder
	b.WriteString(e.Variable)
	if e.Value != "" {
		b.WriteString("=" + clip(e.Value))
	}
	b.WriteString(": " + e.Problem + "; " + e.Fix)
	return b.String()
}

func clip(s string) string {
	// A value of many lines, as a key pasted into the wrong place, must not break the report into pieces.
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '?'
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > longestValue {
		return string(runes[:longestValue]) + "…"
	}
	return s
}
