package guide

import (
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// MarkID names what a person said, or what the check of the portal found.
type MarkID string

// The marks. Those named like a step are its tick.
const (
	H5Asked    MarkID = "h5_asked"
	H5Approved MarkID = "h5_approved"
	// PortalAsked is set by the check of the portal alone; its note is what was found.
	PortalAsked MarkID = "portal_asked"
)

// ErrUnknown is returned for a step or a mark that the guide does not have.
var ErrUnknown = errors.New("the guide has no such step")

// ErrNote is returned for a note that is too long or holds control characters.
var ErrNote = errors.New("a note has at most 500 characters")

const longestNote = 500

// Mark is one such thing with its date.
type Mark struct {
	ID   MarkID
	At   time.Time
	Note string
}

// Marks are a shop's, by their id.
type Marks map[MarkID]Mark

// noteOf is the mark that carries a step's note, apart from its tick so that a
// note can stand before the step is done.
func noteOf(step StepID) MarkID { return "note:" + MarkID(step) }

// checkNote trims a note and reports one that cannot be kept.
func checkNote(note string) (string, error) {
	note = strings.TrimSpace(strings.ReplaceAll(note, "\r\n", "\n"))
	control := func(r rune) bool { return r != '\n' && unicode.IsControl(r) }
	if !utf8.ValidString(note) || utf8.RuneCountInString(note) > longestNote || strings.ContainsFunc(note, control) {
		return "", ErrNote
	}
	return note, nil
}
