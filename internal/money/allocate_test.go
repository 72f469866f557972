package money

import (
	"errors"
	"math"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestAllocate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		total   int64
		weights []int64
		want    []int64
	}{
		{"even", 9, []int64{1, 1, 1}, []int64{3, 3, 3}},
		{"ties go to the earlier", 11, []int64{1, 1, 1}, []int64{4, 4, 3}},
		{"largest remainder first", 10, []int64{5, 3, 1}, []int64{6, 3, 1}},
		{"zero weight takes nothing", 7, []int64{0, 2, 0, 2}, []int64{0, 4, 0, 3}},
		{"negative", -10, []int64{1, 1, 1}, []int64{-4, -3, -3}},
		{"nothing to nobody", 0, nil, []int64{}},
		{"nothing by nothing", 0, []int64{0, 0}, []int64{0, 0}},
		{"products beyond 64 bits", maxMinor, []int64{math.MaxInt64 / 2, math.MaxInt64 / 2}, []int64{maxMinor / 2, maxMinor / 2}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			total, err := FromMinor(tt.total, "USD")
			if err != nil {
				t.Fatal(err)
			}
			parts, err := Allocate(total, tt.weights)
			if err != nil {
				t.Fatal(err)
			}
			if got := minors(parts); !slices.Equal(got, tt.want) {
				t.Errorf("Allocate(%d, %v) = %v, want %v", tt.total, tt.weights, got, tt.want)
			}
		})
	}
}

func TestAllocateRefuses(t *testing.T) {
	t.Parallel()
	one := amount(t, "0.01", "USD")
	for name, weights := range map[string][]int64{
		"nobody": nil, "nothing": {0, 0}, "negative": {2, -1}, "overflow": {math.MaxInt64, math.MaxInt64, math.MaxInt64},
	} {
		if parts, err := Allocate(one, weights); !errors.Is(err, ErrWeights) {
			t.Errorf("%s: %v, %v, want ErrWeights", name, parts, err)
		}
	}
}

// TestAllocateIsExact states the promise without repeating the method: parts
// add up, each is within one unit of its exact share and on the total's side of
// zero, and nobody gets more than a heavier weight.
func TestAllocateIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.Int64Range(0, 1_000_000), 1, 40).Draw(t, "weights")
		weights[rapid.IntRange(0, len(weights)-1).Draw(t, "certain")]++
		minor := rapid.Int64Range(-maxMinor, maxMinor).Draw(t, "total")
		total, err := FromMinor(minor, "USD")
		if err != nil {
			t.Fatal(err)
		}
		parts, err := Allocate(total, weights)
		if err != nil {
			t.Fatal(err)
		}
		sum, weight := int64(0), int64(0)
		for n, part := range parts {
			sum += part.Minor()
			weight += weights[n]
		}
		if sum != minor || len(parts) != len(weights) {
			t.Fatalf("%d parts of %d add up to %d", len(parts), minor, sum)
		}
		for n, part := range parts {
			checkShare(t, part.Minor(), minor, weights[n], weight)
		}
		again, err := Allocate(total, weights)
		if err != nil || !slices.Equal(minors(parts), minors(again)) {
			t.Fatalf("the same split twice: %v and %v", parts, again)
		}
	})
}

func checkShare(t *rapid.T, part, total, weight, sum int64) {
	exact := new(big.Rat).Mul(big.NewRat(total, 1), big.NewRat(weight, sum))
	off := exact.Sub(exact, big.NewRat(part, 1))
	if off.Abs(off).Cmp(big.NewRat(1, 1)) >= 0 {
		t.Fatalf("%d for weight %d of %d from %d is off by %s", part, weight, sum, total, off.FloatString(3))
	}
	if weight == 0 && part != 0 {
		t.Fatalf("weight 0 got %d", part)
	}
}

func minors(parts []Amount) []int64 {
	got := make([]int64, len(parts))
	for n, part := range parts {
		got[n] = part.Minor()
	}
	return got
}
