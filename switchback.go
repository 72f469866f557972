// Package switchback holds what the app declares to Shopify, so that the binary
// carries the same file that `shopify app deploy` sends. Package appconfig reads it.
package switchback

import _ "embed"

// AppTOML is shopify.app.toml: scopes, webhook subscriptions, redirect addresses and metafield definitions.
//
//go:embed shopify.app.toml
var AppTOML string
