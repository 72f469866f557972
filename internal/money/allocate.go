package money

import (
	"cmp"
	"errors"
	"fmt"
	"math/bits"
	"slices"
)

// ErrWeights is returned when an amount cannot be split: a weight is negative,
// or there is something to split and nothing that takes it.
var ErrWeights = errors.New("weights cannot carry the amount")

// Allocate splits total in proportion to weights, by the method of largest
// remainders: the parts add up to total, and each is its exact share rounded up
// or down to the smallest unit. Of equal remainders the earlier takes the unit.
// A weight of zero takes nothing. A negative total is split like its opposite.
func Allocate(total Amount, weights []int64) ([]Amount, error) {
	sum, err := sumWeights(weights)
	if err != nil {
		return nil, err
	}
	whole := uint64(max(total.Minor(), -total.Minor()))
	if sum == 0 && whole > 0 {
		return nil, fmt.Errorf("split %s by nothing: %w", total.Text(), ErrWeights)
	}
	shares := share(whole, weights, sum)
	parts := make([]Amount, len(weights))
	for n, minor := range shares {
		signed := int64(minor)
		if total.IsNegative() {
			signed = -signed
		}
		if parts[n], err = FromMinor(signed, total.currency); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

func sumWeights(weights []int64) (uint64, error) {
	var sum uint64
	for _, weight := range weights {
		if weight < 0 {
			return 0, fmt.Errorf("weight %d: %w", weight, ErrWeights)
		}
		var carry uint64
		if sum, carry = bits.Add64(sum, uint64(weight), 0); carry != 0 {
			return 0, fmt.Errorf("sum of weights: %w", ErrWeights)
		}
	}
	return sum, nil
}

// share rounds every exact share down, then gives the units left over to the
// largest remainders. Products take 128 bits: a share never exceeds whole.
func share(whole uint64, weights []int64, sum uint64) []uint64 {
	shares := make([]uint64, len(weights))
	if sum == 0 {
		return shares
	}
	remainders := make([]uint64, len(weights))
	order := make([]int, len(weights))
	left := whole
	for n, weight := range weights {
		high, low := bits.Mul64(whole, uint64(weight))
		shares[n], remainders[n] = bits.Div64(high, low, sum)
		left -= shares[n]
		order[n] = n
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(remainders[b], remainders[a]) })
	for _, n := range order[:left] {
		shares[n]++
	}
	return shares
}
