// Package shopify is Switchback's way to and from Shopify: the Admin API client
// over the generated operations of graphql/admin, and the authentication of an
// app (code grant, token exchange, refresh, session tokens, signed queries,
// webhooks).
//
// Features call the client's methods, routes call the verifiers and the OAuth
// calls, the wiring sets both up. A method of the client takes the shop it is
// for; the access token comes from a TokenSource, is renewed once when Shopify
// calls it expired, and is sent to that shop's address and nowhere else.
//
// Errors carry a fate (package fault) and, for a mutation, whether it may have
// happened all the same: OutcomeUnknown. Texts from Shopify are cut short and
// freed of what a buyer may have typed before they enter an error.
//
// The package never decides what an order should look like, never repeats a
// mutation whose outcome is unknown, and knows neither TikTok nor the store.
package shopify
