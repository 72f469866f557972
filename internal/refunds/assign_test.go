package refunds_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/refunds"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// parcelsOf are the parcels that units are in.
func parcelsOf(lines []links.Line, units []tiktok.LineItemID) map[tiktok.PackageID]bool {
	parcels := map[tiktok.PackageID]bool{}
	for _, line := range lines {
		for _, unit := range line.Units {
			if slices.Contains(units, unit.ID) {
				parcels[unit.Package] = true
			}
		}
	}
	return parcels
}

// fewest tries every selection of the quantities and returns the least number of parcels.
func fewest(lines []links.Line, wanted []int, chosen []tiktok.LineItemID) int {
	if len(lines) == 0 {
		return len(chosen)
	}
	best := 1 << 20
	for set := range 1 << len(lines[0].Units) {
		seen, n := slices.Clone(chosen), 0
		for i, unit := range lines[0].Units {
			if set&(1<<i) == 0 {
				continue
			}
			if n++; !slices.Contains(seen, tiktok.LineItemID(unit.Package)) {
				seen = append(seen, tiktok.LineItemID(unit.Package))
			}
		}
		if n == wanted[0] {
			best = min(best, fewest(lines[1:], wanted[1:], seen))
		}
	}
	return best
}

// Each parcel is a call of its own to TikTok: a refund touches no more of them
// than its quantities need, and every unit that it takes stands.
func TestUnitsAreTakenOutOfAsFewParcelsAsThereCanBe(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var lines []links.Line
		var wanted []int
		r := shopify.Refund{ID: theRefund, Order: "gid://shopify/Order/1"}
		id := 0
		for n := range rapid.IntRange(1, 3).Draw(t, "lines") {
			line := links.Line{ShopifyLine: lineGID(fmt.Sprint(n))}
			for range rapid.IntRange(1, 4).Draw(t, "units") {
				id++
				line.Units = append(line.Units, links.Unit{
					ID: tiktok.LineItemID(fmt.Sprint(id)), Status: tiktok.Delivered,
					Package: tiktok.PackageID(rapid.SampledFrom([]string{"P1", "P2", "P3", "P4"}).Draw(t, "parcel")),
				})
			}
			line.Quantity = len(line.Units)
			lines = append(lines, line)
			quantity := rapid.IntRange(0, len(line.Units)).Draw(t, "quantity")
			if n == 0 {
				quantity = max(1, quantity)
			}
			wanted = append(wanted, quantity)
			first := rapid.IntRange(0, quantity).Draw(t, "in one row")
			for _, part := range []int{first, quantity - first} { // Shopify may name a line twice
				r.Lines = append(r.Lines, shopify.RefundLine{Line: line.ShopifyLine, Quantity: part, RestockType: "RETURN"})
			}
		}
		units, halt := refunds.Assign(r, lines, nil)
		if halt != nil {
			t.Fatalf("%+v", halt)
		}
		for n, line := range lines {
			took := slices.DeleteFunc(slices.Clone(units), func(u tiktok.LineItemID) bool {
				return !slices.ContainsFunc(line.Units, func(own links.Unit) bool { return own.ID == u })
			})
			slices.Sort(took)
			if len(slices.Compact(took)) != wanted[n] {
				t.Fatalf("%d units of line %d, want %d: %v", len(took), n, wanted[n], units)
			}
		}
		twice := slices.ContainsFunc(r.Lines, func(l shopify.RefundLine) bool {
			return l.Quantity > 0 && l.Quantity < wanted[slices.IndexFunc(lines, func(own links.Line) bool { return own.ShopifyLine == l.Line })]
		})
		if got, want := len(parcelsOf(lines, units)), fewest(lines, wanted, nil); got != want && !twice {
			t.Fatalf("%d parcels, %d are enough: %v of %+v", got, want, units, lines)
		}
	})
}

func TestWhichUnitsAreTaken(t *testing.T) {
	t.Parallel()
	unit := func(id tiktok.LineItemID, parcel tiktok.PackageID, status tiktok.OrderStatus) links.Unit {
		return links.Unit{ID: id, Package: parcel, Status: status}
	}
	for name, c := range map[string]struct {
		mugs, tees []links.Unit
		refund     []shopify.RefundLine
		want       []tiktok.LineItemID
	}{
		"a whole parcel before part of one": {
			mugs:   []links.Unit{unit("1", "P1", tiktok.Delivered), unit("2", "P1", tiktok.Delivered), unit("3", "P2", tiktok.Delivered)},
			refund: []shopify.RefundLine{{Line: lineGID("mug"), Quantity: 1}}, want: []tiktok.LineItemID{"3"},
		},
		"the parcel of the other line": {
			mugs:   []links.Unit{unit("1", "P1", tiktok.Delivered), unit("2", "P2", tiktok.Delivered)},
			tees:   []links.Unit{unit("3", "P2", tiktok.Delivered)},
			refund: []shopify.RefundLine{{Line: lineGID("mug"), Quantity: 1}, {Line: lineGID("tee"), Quantity: 1}}, want: []tiktok.LineItemID{"2", "3"},
		},
		"one parcel that has both, though another would be emptied": {
			mugs: []links.Unit{unit("1", "P1", tiktok.Delivered), unit("2", "P2", tiktok.Delivered), unit("3", "P2", tiktok.Delivered)},
			tees: []links.Unit{unit("4", "P1", tiktok.Delivered), unit("5", "P2", tiktok.Delivered), unit("6", "P2", tiktok.Delivered)},
			refund: []shopify.RefundLine{
				{Line: lineGID("mug"), Quantity: 1, RestockType: "RETURN"}, {Line: lineGID("tee"), Quantity: 2, RestockType: "RETURN"},
			}, want: []tiktok.LineItemID{"2", "5", "6"},
		},
		"what had not left comes before the parcel": {
			mugs:   []links.Unit{unit("1", "P1", tiktok.Delivered), unit("2", "", tiktok.AwaitingShipment)},
			refund: []shopify.RefundLine{{Line: lineGID("mug"), Quantity: 1, RestockType: "CANCEL"}}, want: []tiktok.LineItemID{"2"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lines := []links.Line{{ShopifyLine: lineGID("mug"), Units: c.mugs}, {ShopifyLine: lineGID("tee"), Units: c.tees}}
			units, halt := refunds.Assign(shopify.Refund{Lines: c.refund}, lines, nil)
			if halt != nil || !slices.Equal(units, c.want) {
				t.Errorf("got %v (%+v), want %v", units, halt, c.want)
			}
		})
	}
}
