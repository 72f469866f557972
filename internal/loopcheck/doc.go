// Package loopcheck finds out whether Loop's return portal finds the orders
// that were written to Shopify.
//
// The queue runs Checker after an order was written, in a shop that gave a key
// for Loop's API: it asks for the order by name, which may also make Loop fetch
// its copy, and records the answer. Routes and `switchback check loop` run
// Tester, which does what a buyer does: it begins a return with order name and
// ZIP and takes it back.
//
// Keyring reviews a key that was changed or was refused before: a key that Loop
// does not take is the shop's exception loop_key_refused until another one, or
// none, is saved; then Loop is asked about the orders that it kept waiting.
//
// Nothing here changes an order, holds one up, or finishes a return. The ZIP is
// read from TikTok for the one question and is neither kept nor shown.
package loopcheck
