package mappings

import (
	"bytes"
	"encoding/json"
)

// Cell is one value of a row: a text, or the digits of a number, or nothing.
type Cell struct {
	Text string
	// null is an explicit nothing: JSON's null, an empty cell of a file.
	null bool
	// odd is a value of another kind, which the row's check names.
	odd bool
}

// UnmarshalJSON takes a value of any kind, so that the row's check can name
// what is wrong with it. A number keeps its digits: as a float it would lose some.
func (c *Cell) UnmarshalJSON(raw []byte) error {
	raw = bytes.TrimSpace(raw)
	*c = Cell{}
	switch {
	case bytes.Equal(raw, []byte("null")):
		c.null = true
	case raw[0] == '"':
		return json.Unmarshal(raw, &c.Text)
	case raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9':
		c.Text = string(raw)
	default:
		c.odd = true
	}
	return nil
}
