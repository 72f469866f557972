// Package guide is the set-up of a shop as steps: what the merchant does, why,
// how it is known to be done, and the texts that are sent to others.
//
// Assess turns facts into the guide and does nothing else. Desk gathers the
// facts and keeps what only a person can know: each such thing is a Mark, with
// its date and a note, and can be taken back. Whatever Switchback sees for
// itself is read anew each time and kept nowhere, so the guide never claims
// what is no longer so.
//
// The pages call it. It changes no switch and no setting, and the only address
// that it asks is the merchant's own return portal.
package guide
