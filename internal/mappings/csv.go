package mappings

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// columns are those of a file of SKU mappings, in the order they are written.
var columns = []string{"sku_id", "variant_id", "seller_sku", "note"}

// ReadCSV reads the rows of a file: a header with sku_id and variant_id, and
// seller_sku and note if wanted, in any order. It takes what spreadsheets write:
// a byte order mark, CRLF, quotes, semicolons for commas. An empty variant_id
// removes the row; rows without any text are left out. Its error is of type RowErrors.
func ReadCSV(file []byte) ([]Row, error) {
	file = bytes.TrimPrefix(file, []byte("\xef\xbb\xbf"))
	reader := csv.NewReader(bytes.NewReader(file))
	reader.FieldsPerRecord = -1 // told by row below
	if head, _, _ := bytes.Cut(file, []byte("\n")); bytes.ContainsRune(head, ';') && !bytes.ContainsRune(head, ',') {
		reader.Comma = ';'
	}
	places, err := readHeader(reader)
	if err != nil {
		return nil, err
	}
	var rows []Row
	var faults RowErrors
	for {
		record, err := reader.Read()
		var broken *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			if len(faults) > 0 {
				return nil, faults
			}
			return rows, nil
		case errors.As(err, &broken): // what follows an open quote cannot be told apart
			faults.add(broken.StartLine, "", "%v", broken.Err)
			return nil, faults
		case err != nil:
			return nil, fmt.Errorf("read csv: %w", err)
		}
		line, _ := reader.FieldPos(0)
		switch {
		case empty(record):
		case len(record) != len(places):
			faults.add(line, "", "has %d columns, the header %d", len(record), len(places))
		case len(rows) > MostRows:
			return rows, nil // one too many is enough for the check to refuse them
		default:
			rows = append(rows, placed(record, places, line))
		}
	}
}

// readHeader tells which column is at which place.
func readHeader(reader *csv.Reader) ([]string, error) {
	want := "want the header " + strings.Join(columns, ",")
	header, err := reader.Read()
	if err != nil {
		return nil, RowErrors{{Row: 1, Problem: want}}
	}
	var places []string
	for _, name := range header {
		name = strings.ToLower(strings.TrimSpace(name))
		if !slices.Contains(columns, name) || slices.Contains(places, name) {
			return nil, RowErrors{{Row: 1, Field: clip(name), Problem: want + ", the last two if wanted, each once"}}
		}
		places = append(places, name)
	}
	if !slices.Contains(places, "sku_id") || !slices.Contains(places, "variant_id") {
		return nil, RowErrors{{Row: 1, Problem: want + "; sku_id and variant_id are needed"}}
	}
	return places, nil
}

func empty(record []string) bool {
	return !slices.ContainsFunc(record, func(cell string) bool { return strings.TrimSpace(cell) != "" })
}

func placed(record, places []string, line int) Row {
	row := Row{line: line}
	cells := map[string]*Cell{"sku_id": &row.SKUID, "variant_id": &row.Variant, "seller_sku": &row.SellerSKU, "note": &row.Note}
	for n, name := range places {
		*cells[name] = Cell{Text: record[n], null: strings.TrimSpace(record[n]) == ""}
	}
	return row
}

// clip bounds what is repeated of somebody's words.
func clip(text string) string {
	const most = 40
	runes := []rune(strings.ToValidUTF8(text, "?"))
	return string(runes[:min(len(runes), most)])
}

// Header is the first row of a file of SKU mappings.
func Header() []string { return slices.Clone(columns) }

// Record is the mapping as a row under Header.
func (s SKU) Record() []string {
	return []string{string(s.SKUID), string(s.Variant), s.SellerSKU, s.Note}
}
