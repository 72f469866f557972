package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/links"
)

// visits are counted by day and outcome, and go with the shop.
func visits(t *testing.T, b *bench) {
	b.install(t, demo)
	b.install(t, other)
	if _, came, err := b.FirstVisit(t.Context(), demo); came || err != nil {
		t.Fatalf("before the first: %v, %v", came, err)
	}
	must(t, b.CountVisit(t.Context(), demo, links.VisitMalformed))
	if _, came, err := b.FirstVisit(t.Context(), demo); came || err != nil {
		t.Errorf("a placeholder is no buyer: %v, %v", came, err)
	}
	b.pass(time.Minute)
	genuine := b.Now().UTC()
	must(t, b.CountVisit(t.Context(), demo, links.VisitFound))
	b.pass(time.Minute)
	must(t, b.CountVisit(t.Context(), demo, links.VisitFound))
	b.pass(24 * time.Hour)
	must(t, b.CountVisit(t.Context(), demo, links.VisitImported))
	must(t, b.CountVisit(t.Context(), other, links.VisitFound))

	first, came, err := b.FirstVisit(t.Context(), demo)
	if !came || err != nil || !first.Equal(genuine) {
		t.Errorf("the first real visit: %v, %v, %v, want %v", first, came, err, genuine)
	}
	day := genuine.Truncate(24 * time.Hour)
	list, err := b.Visits(t.Context(), demo, day)
	must(t, err)
	want := []links.Visits{
		{Day: day, Outcome: links.VisitFound, Count: 2, FirstAt: genuine},
		{Day: day, Outcome: links.VisitMalformed, Count: 1, FirstAt: genuine.Add(-time.Minute)},
		{Day: day.Add(24 * time.Hour), Outcome: links.VisitImported, Count: 1, FirstAt: genuine.Add(24*time.Hour + time.Minute)},
	}
	if diff := cmp.Diff(want, list); diff != "" {
		t.Error(diff)
	}
	if list, err = b.Visits(t.Context(), demo, day.Add(24*time.Hour)); err != nil || len(list) != 1 {
		t.Errorf("the last day alone: %v, %v", list, err)
	}
	if _, err := b.UninstallShop(t.Context(), demo, b.Now()); err != nil {
		t.Fatal(err)
	}
	must(t, b.EraseShop(t.Context(), demo))
	gone, err := b.Visits(t.Context(), demo, time.Time{})
	must(t, err)
	kept, err := b.Visits(t.Context(), other, time.Time{})
	must(t, err)
	if len(gone) != 0 || len(kept) != 1 {
		t.Errorf("after erasing: %v, and of the other shop %v", gone, kept)
	}
}
