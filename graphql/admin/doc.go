// Package admin holds the operations that Switchback sends to Shopify's Admin
// API, as Go functions and types.
//
// The *.graphql files are the source, generated.go is made from them and from
// the schema in ../schema; never edit it. Package shopify calls the functions
// through its own transport; package orders fills the input types. Nothing here
// knows a shop, a token or a limit.
//
// Every optional input is left out of the request when it is not set, because
// Shopify reads an explicit null as a value. Three settings have to agree for
// that (see ../genqlient.yaml), and each variable of an operation has to stand
// on a line of its own: on one line the omitempty directive would bind to the
// variable instead of the operation. The price is that required inputs carry
// omitempty too, so 0 and "" are not sent where the schema requires a value; no
// input of ours may be either, and the golden requests of package shopify pin it.
package admin

//go:generate go tool -modfile=../../tools.mod genqlient ../genqlient.yaml
