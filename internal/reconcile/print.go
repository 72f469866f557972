package reconcile

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/switchbackhq/switchback/internal/money"
)

var header = []string{"tiktok_order_id", "order", "currency", "paid", "refunded", "asked", "completed", "mirrored", "difference", "over", "because"}

// WriteCSV writes a line for each order after one of names.
func WriteCSV(w io.Writer, rows []Row) error {
	out := csv.NewWriter(w)
	if err := out.Write(header); err != nil {
		return err
	}
	for _, row := range rows {
		cells := append([]string{string(row.Order), inert(row.Name), string(row.Currency)}, row.cells(row.Over)...)
		if err := out.Write(append(cells, because(row.Differences))); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// WriteTable writes the orders that have a difference, then the totals, for a person to read.
func WriteTable(w io.Writer, rows []Row, totals []Total) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(cells ...string) { _, _ = fmt.Fprintln(out, strings.Join(cells, "\t")) } // kept until Flush, which tells
	line("ORDER", "", "PAID", "REFUNDED", "ASKED", "COMPLETED", "MIRRORED", "DIFFERENCE", "OVER", "BECAUSE")
	for _, row := range rows {
		if len(row.Differences) > 0 || !row.Over.IsZero() {
			line(append(append([]string{string(row.Order), string(row.Currency)}, row.cells(row.Over)...), because(row.Differences))...)
		}
	}
	for _, t := range totals {
		name := fmt.Sprintf("%d orders, %d open", t.Orders, t.Open)
		line(append(append([]string{name, string(t.Currency)}, t.cells(t.Over)...), because(t.Differences))...)
	}
	return out.Flush()
}

func (s Sums) cells(over money.Amount) []string {
	return []string{
		s.Paid.String(), s.Refunded.String(), s.Asked.String(), s.Completed.String(), s.Mirrored.String(), s.Difference.String(), over.String(),
	}
}

// because is "code 12.30 (2 refunds); …".
func because(list []Difference) string {
	words := make([]string, len(list))
	for n, d := range list {
		words[n] = fmt.Sprintf("%s %s", d.Code, d.Amount)
		if d.Refunds != 1 {
			words[n] += fmt.Sprintf(" (%d refunds)", d.Refunds)
		}
	}
	return strings.Join(words, "; ")
}

// inert keeps a spreadsheet from taking a name for a formula.
func inert(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
