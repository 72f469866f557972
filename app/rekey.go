package main

import (
	"errors"
	"fmt"

	"github.com/switchbackhq/switchback/internal/config"
	"github.com/switchbackhq/switchback/internal/store"
)

// rekeyCommand makes the first key of ENCRYPTION_KEY the only one that is needed.
type rekeyCommand struct{}

var errOlderKeys = errors.New("older keys are still needed: see above; nothing was lost, and `switchback rekey` may be run again")

// Run seals anew what older keys sealed, counts what is left, and says whether
// the older keys may go.
func (rekeyCommand) Run(w world) (err error) {
	cfg, err := config.Load(w.environ, config.Encryption)
	if err != nil {
		return err
	}
	kept, err := openStore(w.ctx, cfg, store.Options{})
	if errors.Is(err, store.ErrInUse) {
		return errors.New("a running `switchback serve` has this database: stop it first")
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, kept.Close()) }()
	if err := kept.Migrated(w.ctx); err != nil {
		return err
	}
	done, err := kept.Rekey(w.ctx)
	if err != nil {
		return err
	}
	for _, one := range done {
		_, _ = fmt.Fprintf(w.out, "%10d  %s\n", one.Rows, one.Column)
	}
	left, err := kept.UnderOlderKeys(w.ctx)
	if err != nil {
		return err
	}
	for _, one := range left {
		_, _ = fmt.Fprintf(w.out, "LEFT   %s\n", olderText(one))
	}
	if len(left) > 0 {
		return errOlderKeys
	}
	_, err = fmt.Fprintln(w.out, "sealed anew; all is sealed with the first key now. The older keys may leave ENCRYPTION_KEY; backups made before need them.")
	return err
}

// olderText says of values that another key than the first sealed what is the matter with them.
func olderText(s store.Sealed) string {
	switch {
	case s.Key == "":
		return fmt.Sprintf("%d of %s: damaged", s.Rows, s.Column)
	case s.Lost:
		return fmt.Sprintf("%d of %s: sealed with key %s, which is not in ENCRYPTION_KEY", s.Rows, s.Column, s.Key)
	}
	return fmt.Sprintf("%d of %s: sealed with the older key %s", s.Rows, s.Column, s.Key)
}

// keys tells whether a key of ENCRYPTION_KEY could leave, and whether one is missing.
func (r *report) keys(older []store.Sealed) {
	const what = "encryption key"
	if len(older) == 0 {
		r.ok(what, "the first key of ENCRYPTION_KEY has sealed everything")
	}
	for _, one := range older {
		switch {
		case one.Key == "":
			r.fault(what, olderText(one), "restore it from a backup, or connect the shop again")
		case one.Lost:
			r.fault(what, olderText(one), "put that key back at the end of ENCRYPTION_KEY, then run `switchback rekey`")
		default:
			r.ok(what, olderText(one)+"; `switchback rekey` seals it anew")
		}
	}
}
