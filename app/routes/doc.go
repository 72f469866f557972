// Package routes is every address of the app: Shopify's and TikTok's webhooks,
// the ways in at both, the embedded pages and the JSON API.
//
// A handler parses, calls and renders, and nothing more: what it calls it
// declares as a small interface, which the wiring in package main satisfies.
// The package verifies everything that comes from outside before anything else
// sees it: signatures on the raw bytes, session tokens with every claim, the
// size of each body and the time it may take to arrive. A webhook's handler
// never calls a platform: it hands the delivery to the inbox and answers.
package routes
