package storetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/internal/store"
)

// rekeyedInParts stops a rekey in its second page of payloads: the first page is
// kept, everything opens while both keys are there, and the next run does the rest.
func rekeyedInParts(t *testing.T, b *bench) {
	ctx := t.Context()
	sealedStory(t, b)
	b.again(t, 8, 7)
	stop := b.stopAt(t, 150)
	if done, err := b.Rekey(ctx); err == nil || !strings.Contains(err.Error(), "stopped here") {
		t.Fatalf("nothing stopped it: %+v, %v", done, err)
	}
	left, err := b.UnderOlderKeys(ctx)
	if err != nil || len(left) != 1 || left[0].Column != "events.body_sealed" || left[0].Rows != 151 || left[0].Lost {
		t.Errorf("half-way: %+v, %v, want 151 of 251 payloads", left, err)
	}
	sealedThere(t, "half-way", b)
	b.again(t, 8, 7) // as a new process would find it
	sealedThere(t, "half-way, anew", b)
	stop()
	done, err := b.Rekey(ctx)
	must(t, err)
	if got := fmt.Sprint(done[len(done)-1]); got != fmt.Sprint(store.Rekeyed{Column: "events.body_sealed", Rows: 151}) {
		t.Errorf("the next run did %s", got)
	}
	b.again(t, 8)
	sealedThere(t, "without the old key", b)
	if left, err := b.UnderOlderKeys(ctx); err != nil || len(left) > 0 {
		t.Errorf("left: %+v, %v", left, err)
	}
}

// stopAt has the database refuse to change the payload that comes after so many.
func (b *bench) stopAt(t *testing.T, behind int) (remove func()) {
	t.Helper()
	var id string
	must(t, b.writing().QueryRowContext(t.Context(), fmt.Sprintf(`SELECT id FROM events ORDER BY id LIMIT 1 OFFSET %d`, behind)).Scan(&id))
	if b.SQLite() != nil {
		b.run(t, `CREATE TRIGGER stop BEFORE UPDATE OF body_sealed ON events WHEN new.id = '`+id+`' BEGIN SELECT RAISE(ABORT, 'stopped here'); END`)
		return func() { b.run(t, `DROP TRIGGER stop`) }
	}
	b.run(t, `CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'stopped here'; END $$`)
	b.run(t, `CREATE TRIGGER stop BEFORE UPDATE OF body_sealed ON events FOR EACH ROW WHEN (new.id = '`+id+`') EXECUTE FUNCTION stop()`)
	return func() {
		b.run(t, `DROP TRIGGER stop ON events`)
		b.run(t, `DROP FUNCTION stop()`)
	}
}
