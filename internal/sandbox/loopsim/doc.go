// Package loopsim simulates the part of Loop Returns that a return begins with: the portal in which a buyer finds an
// order, and the API with which a program asks the same. The sandbox puts it beside the simulated Shopify, whose orders
// it reads through the Orders interface; tests and the story ask it whether an order that Switchback wrote can be
// returned, and if not, why.
//
// Loop documents the two keys (the Shopify order's name and a second input that the merchant sets to ZIP, e-mail or
// phone), the addresses, the header X-Authorization, the limit of 300 requests a minute and the names of the error
// codes. It does not document how it compares. These are assumptions, each with an option for the other reading:
//
//   - the second input is the shipping ZIP;
//   - an order is found by its name in full; a leading "#" counts on neither side (Options.ExactName: it does);
//   - ZIPs are compared without spaces and hyphens, in any case, and of a ZIP+4 the first five digits count
//     (Options.ExactZIP: only case and surrounding spaces are forgiven);
//   - an order without a ZIP, or with a masked one, is never found;
//   - an order is there as soon as Shopify has it: Loop fetches what it does not know;
//   - a line can be returned once it is fulfilled, and only if it has a variant: Shopify's returns are made of fulfilled
//     lines, and Loop needs a product to apply a policy to;
//   - a look-up that fails is answered 422 with errors[0].code; cancelling a draft is POST …/cancel.
//
// A buyer may submit a return on the portal's page. It is processed at once: recorded as a refund in Shopify through the
// Refunds interface, less the handling fee, or with no money for a gift card or an exchange, and the order gets the tag
// that Loop's help names for the outcome. It calls nobody else, refuses fields it does not know, and remembers them in
// Violations.
package loopsim
