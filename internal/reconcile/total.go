package reconcile

import (
	"cmp"
	"maps"
	"slices"

	"github.com/switchbackhq/switchback/internal/money"
)

// Total is all orders of one currency.
type Total struct {
	Currency money.Currency
	// Orders were looked at, Open of them have a difference.
	Orders, Open int
	Sums
	// Differences add up to Difference.
	Differences []Difference
	Over        money.Amount
}

// Totals adds up rows, one total for each currency, in the order of their codes.
// It fails where a sum is beyond what an amount can hold.
func Totals(rows []Row) ([]Total, error) {
	found := map[money.Currency]*Total{}
	for _, row := range rows {
		t := found[row.Currency]
		if t == nil {
			nothing, err := money.Zero(row.Currency)
			if err != nil {
				return nil, err
			}
			t = &Total{Currency: row.Currency, Over: nothing, Sums: Sums{nothing, nothing, nothing, nothing, nothing, nothing}}
			found[row.Currency] = t
		}
		if err := t.add(row); err != nil {
			return nil, err
		}
	}
	totals := make([]Total, 0, len(found))
	for _, currency := range slices.Sorted(maps.Keys(found)) {
		totals = append(totals, *found[currency])
	}
	return totals, nil
}

func (t *Total) add(row Row) error {
	t.Orders++
	if len(row.Differences) > 0 {
		t.Open++
	}
	for _, sum := range []struct {
		to  *money.Amount
		add money.Amount
	}{
		{&t.Paid, row.Paid}, {&t.Refunded, row.Refunded}, {&t.Asked, row.Asked}, {&t.Completed, row.Completed},
		{&t.Mirrored, row.Mirrored}, {&t.Difference, row.Difference}, {&t.Over, row.Over},
	} {
		var err error
		if *sum.to, err = sum.to.Add(sum.add); err != nil {
			return err
		}
	}
	for _, d := range row.Differences {
		if err := t.explain(d); err != nil {
			return err
		}
	}
	return nil
}

// explain adds a difference under its code.
func (t *Total) explain(d Difference) error {
	i, known := slices.BinarySearchFunc(t.Differences, d.Code, func(one Difference, code string) int { return cmp.Compare(one.Code, code) })
	if !known {
		t.Differences = slices.Insert(t.Differences, i, d)
		return nil
	}
	sum, err := t.Differences[i].Amount.Add(d.Amount)
	if err != nil {
		return err
	}
	t.Differences[i].Amount = sum
	t.Differences[i].Refunds += d.Refunds
	return nil
}
