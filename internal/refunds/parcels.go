package refunds

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// picking chooses units for a refund's lines. What is alike but for its parcel is
// chosen last, for all lines together: a call to TikTok is about one parcel.
type picking struct {
	lines []links.Line
	taken []links.Unit
	open  []choice
}

// choice is some of the units that are alike.
type choice struct {
	units []links.Unit
	need  int
}

// take takes the units of the lowest ranks; of the last rank that counts only
// some may be needed.
func (p *picking) take(standing []links.Unit, quantity int, rank func(links.Unit) int) {
	slices.SortStableFunc(standing, func(a, b links.Unit) int { return cmp.Compare(rank(a), rank(b)) })
	last := rank(standing[quantity-1])
	var alike []links.Unit
	for _, unit := range standing {
		switch at := rank(unit); {
		case at < last:
			p.taken = append(p.taken, unit)
			quantity--
		case at == last:
			alike = append(alike, unit)
		}
	}
	if quantity == len(alike) {
		p.taken = append(p.taken, alike...)
		return
	}
	p.open = append(p.open, choice{alike, quantity})
}

// left lists the units of a line that stand and that no line of the refund before
// it has: one line may come twice.
func (p *picking) left(line links.Line) []links.Unit {
	again := func(u links.Unit) bool {
		return slices.ContainsFunc(line.Units, func(own links.Unit) bool { return own.ID == u.ID })
	}
	if slices.ContainsFunc(p.open, func(c choice) bool { return slices.ContainsFunc(c.units, again) }) {
		p.choose()
	}
	return standingOf(line, p.units())
}

func (p *picking) units() []tiktok.LineItemID {
	units := make([]tiktok.LineItemID, len(p.taken))
	for n, unit := range p.taken {
		units[n] = unit.ID
	}
	return units
}

// mostParcels bounds the search for the fewest: an order in more is taken as it comes.
const mostParcels = 10

// choose makes the choices that are open.
func (p *picking) choose() {
	parcels := p.parcels()
	for _, c := range p.open {
		within := slices.DeleteFunc(c.units, func(u links.Unit) bool { return !slices.Contains(parcels, parcelOf(u)) })
		p.taken = append(p.taken, within[:c.need]...)
	}
	p.open = nil
}

// parcels are the fewest that hold what is needed, those among them that the
// refund touches anyway; of as few, those of which the least is left behind.
func (p *picking) parcels() []tiktok.PackageID {
	var all []tiktok.PackageID
	touched := map[tiktok.PackageID]bool{}
	for _, unit := range p.taken {
		touched[parcelOf(unit)] = true
	}
	for _, c := range p.open {
		for _, unit := range c.units {
			if !slices.Contains(all, parcelOf(unit)) {
				all = append(all, parcelOf(unit))
			}
		}
	}
	if len(all) > mostParcels {
		return all
	}
	best, fewest, least := all, len(all)+1, 0
	for set := uint(1); set < 1<<len(all); set++ {
		some := make([]tiktok.PackageID, 0, bits.OnesCount(set))
		more := 0
		for n, parcel := range all {
			if set&(1<<n) != 0 {
				some = append(some, parcel)
				if !touched[parcel] {
					more++
				}
			}
		}
		behind := p.behind(some)
		if p.enough(some) && (more < fewest || more == fewest && behind < least) {
			best, fewest, least = some, more, behind
		}
	}
	return best
}

// enough tells whether all that is needed is in these parcels.
func (p *picking) enough(parcels []tiktok.PackageID) bool {
	return !slices.ContainsFunc(p.open, func(c choice) bool { return inside(c.units, parcels) < c.need })
}

// behind counts what stands in these parcels.
func (p *picking) behind(parcels []tiktok.PackageID) int {
	n := 0
	for _, line := range p.lines {
		n += inside(standingOf(line, nil), parcels)
	}
	return n
}

func inside(units []links.Unit, parcels []tiktok.PackageID) int {
	n := 0
	for _, unit := range units {
		if slices.Contains(parcels, parcelOf(unit)) {
			n++
		}
	}
	return n
}

// parcelOf is the unit's package; units that are not shipped have none.
func parcelOf(unit links.Unit) tiktok.PackageID {
	if unshipped(unit.Status) {
		return ""
	}
	return unit.Package
}
