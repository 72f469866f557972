// Package connections joins TikTok shops to a Shopify shop, and parts them.
//
// A seller's yes covers one or several TikTok shops. Finish takes it: the code
// becomes tokens, the tokens tell which shops they cover, and both are kept in
// one write. A shop that cannot be synced (another currency, a market without
// the calls we need) is listed all the same, off, with the reason; one that
// belongs to another installed Shopify shop is refused. Then TikTok is asked to
// send each shop's webhooks here, which is optional: polling finds what no
// webhook told.
//
// Routes call Begin, Finish and Disconnect; the end of an installation calls
// Unsubscribe. The package never reads an order and never touches Shopify.
package connections
