// Package tiktok is the client of TikTok Shop's Open API: it signs and sends
// requests, reads answers into Go types, verifies webhooks, and says in the
// terms of package fault what an error means for the job that got it.
//
// Features, the wiring and the web routes call it. A call is made on behalf of
// a Seat; the token that belongs to it comes from a TokenSource, so that one
// refresher serves everybody. When TikTok calls a token expired it is renewed
// once and the call repeated; nothing else is repeated here, the queue does
// that.
//
// A call that gives money back is a Write: made ready by Refund, CancelUnits,
// Approval and their like, kept by the caller, and sent as it was kept.
//
// The package never stores anything, never knows Shopify or what an order
// becomes there, and never puts a token, a secret, a signature or a query
// string into an error. Which error code means what is in errors.go, which
// endpoint has which version in versions.go.
package tiktok
