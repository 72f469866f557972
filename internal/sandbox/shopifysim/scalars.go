package shopifysim

import (
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"regexp"
	"strings"
	"time"
)

var (
	gidPattern      = regexp.MustCompile(`^gid://shopify/[A-Z][A-Za-z]*/[A-Za-z0-9_-]+(\?[^ ]*)?$`)
	decimalPattern  = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)
	unsignedPattern = regexp.MustCompile(`^[0-9]{1,20}$`)
)

// readScalar checks one value of a scalar type as a request may carry it, and returns it as the resolvers want it:
// Int as int, Float as float64, every other one unchanged. gqlparser lets a string pass for an Int and checks no
// scalar of Shopify's own.
func readScalar(name string, value any) (any, error) {
	switch name {
	case "Int":
		return readInt(value)
	case "Float":
		return readFloat(value)
	case "Boolean":
		if b, ok := value.(bool); ok {
			return b, nil
		}
		return nil, fmt.Errorf("could not coerce value %s to Boolean", show(value))
	case "JSON":
		return value, nil
	}
	s, ok := value.(string)
	if !ok {
		return nil, fmt.Errorf("could not coerce value %s to %s", show(value), name)
	}
	return s, checkText(name, s)
}

// checkText checks the form of a scalar that travels as a string, in either direction.
func checkText(name, s string) error {
	ok := true
	switch name {
	case "ID":
		ok = gidPattern.MatchString(s)
	case "Decimal", "Money":
		ok = decimalPattern.MatchString(s)
	case "UnsignedInt64", "BigInt":
		ok = unsignedPattern.MatchString(strings.TrimPrefix(s, "-"))
	case "DateTime":
		_, err := time.Parse(time.RFC3339, s)
		ok = err == nil
	case "Date":
		_, err := time.Parse(time.DateOnly, s)
		ok = err == nil
	case "URL":
		u, err := url.Parse(s)
		ok = err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http")
	}
	if !ok {
		return fmt.Errorf("invalid %s %q", name, s)
	}
	return nil
}

func readInt(value any) (any, error) {
	var n int64
	switch v := value.(type) {
	case int64: // a literal
		n = v
	case json.Number:
		var err error
		if n, err = v.Int64(); err != nil {
			return nil, fmt.Errorf("could not coerce value %s to Int", v)
		}
	default:
		return nil, fmt.Errorf("could not coerce value %s to Int", show(value))
	}
	if n > math.MaxInt32 || n < math.MinInt32 {
		return nil, fmt.Errorf("%d does not fit into an Int", n)
	}
	return int(n), nil
}

func readFloat(value any) (any, error) {
	switch v := value.(type) {
	case int64:
		return float64(v), nil
	case float64:
		return v, nil
	case json.Number:
		return v.Float64()
	}
	return nil, fmt.Errorf("could not coerce value %s to Float", show(value))
}

// show prints a JSON value for an error message, cut short.
func show(value any) string {
	b, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprintf("%T", value)
	}
	if len(b) > 80 {
		return string(b[:80]) + "…"
	}
	return string(b)
}

// checkOutput checks one value of a scalar type that the simulator is about to answer.
func checkOutput(name string, value any) error {
	switch name {
	case "Int":
		if _, ok := value.(int); ok {
			return nil
		}
	case "Float":
		if _, ok := value.(float64); ok {
			return nil
		}
	case "Boolean":
		if _, ok := value.(bool); ok {
			return nil
		}
	case "JSON":
		return nil
	default:
		if s, ok := value.(string); ok {
			return checkText(name, s)
		}
	}
	return fmt.Errorf("%T is no %s", value, name)
}
