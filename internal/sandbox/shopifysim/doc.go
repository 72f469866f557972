// Package shopifysim simulates the part of Shopify that Switchback meets: the Admin GraphQL API, installation and access
// tokens, session tokens, and webhooks, for any number of shops and one app.
//
// The sandbox and the tests of the Shopify client run against it. It is built from Shopify's documents, shares no code
// with the client, keeps everything in memory, and never sends anything but webhooks to the address it was given.
//
// Every request is held against Shopify's own schema (graphql/schema), variables, oneOf inputs and scalars included, and
// every answer too. A request that the schema does not allow is answered with errors[] and kept as a Violation; so is
// one for a field that Shopify has and the simulator lacks. Tests assert that Violations is empty.
//
// What Shopify leaves open, and what the simulator does:
//   - a second order with the same id metafield: refused whole, or written without it (Options.Duplicate);
//   - throttling: status 200 or 429 (Options.ThrottleStatus), the body the same;
//   - more than five orders a minute on a development shop: errors[] with code THROTTLED, a message that says
//     "exceeded the maximum number of orders", and a null orderCreate;
//   - customer.toUpsert without write_customers: allowed, or refused (Options.UpsertNeedsScope);
//   - customer.toUpsert without id, e-mail and phone: refused with INVALID;
//   - a tax amount above zero with the rate 0: refused with TAX_LINE_RATE_MISSING;
//   - an order in another currency than the shop's, or with more decimals than the currency has: refused with INVALID;
//   - a line with a SKU and no variant: a custom line, which needs a title and a price;
//   - a key of refundCreate that comes again: the first answer once more; with other variables: refused;
//   - what is left of a total after a refund (currentTotalPriceSet): less the money given back or, where none was, less
//     what the refunded things cost;
//   - a part of a fulfillment order that was shipped: it is IN_PROGRESS until nothing is left, then CLOSED, and OPEN again
//     when the fulfillment is cancelled;
//   - the sign of an order adjustment: what the things cost and the money did not give back is above zero;
//   - a fulfillment event: it changes the fulfillment's date of change, not the order's.
//
// Faults come from Options.Script (package chaos). The operations are the first root field of a GraphQL call
// ("orderCreate", "orders", "orderByIdentifier"…), "authorize" and "access_token".
package shopifysim
