package main

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// seedOf is what a run's choices follow from. It is logged; SEED repeats a run.
func seedOf(t *testing.T) uint64 {
	t.Helper()
	seed, err := strconv.ParseUint(os.Getenv("SEED"), 10, 64)
	if err != nil {
		seed = rand.Uint64()
	}
	t.Logf("SEED=%d", seed)
	return seed
}

// soaks is how often a test does what it does: in its short form, or in the long one that SOAK=1 asks for.
func soaks(short, long int) int {
	if os.Getenv("SOAK") != "" {
		return long
	}
	return short
}
