// Package tiktoksim is a stateful stand-in for TikTok Shop: the Open API, the host that issues tokens, the page on
// which a seller authorizes an app, and the webhooks that follow. The sandbox runs it beside the app, and tests of the
// TikTok client and of the order flow drive it through its control methods (PlaceOrder, SetStatus, Ship, …).
//
// It is strict. Every signed request is held against TikTok's own OpenAPI documents (folder contract) and against a
// list of what the documents leave out (required.go). What they do not allow is refused and kept as a Violation, which
// a test takes as a failure. It is hostile on request: a chaos.Script cuts, throttles or garbles calls, named as
// "METHOD /documented/path" (the Op constants); webhooks can be held, reordered, repeated or dropped.
//
// It never imports the app's clients, so that a mistake in signing or money cannot hide by being made on both sides,
// never computes money in floating point, never reaches beyond the addresses it was given, and keeps everything in
// memory. Where TikTok's behavior is not public the choice made here is said beside it.
package tiktoksim
