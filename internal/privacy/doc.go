// Package privacy lets go of what Switchback knows about buyers.
//
// Shopify's compliance webhooks come here as jobs: a customer's wish to see what
// is kept becomes a request that the merchant answers with a report, a wish to
// be forgotten is carried out order by order. Beside them a round goes through
// every shop's orders and forgets the buyers of those whose time, which the
// settings say, is over.
//
// What forgetting means, column by column, is the store's to know
// (store.ForgetOrders); when it may not be done yet is told by it too: never
// while a refund, an exception, a parcel or a change of the order is open. Then
// it is done by a later round.
//
// What may stand in which column:
//
//   - names, addresses, e-mails, phone numbers: in none. They pass from TikTok to
//     Shopify in memory; of ZIP and address keyed hashes are kept.
//   - the platforms' notifications: sealed, for two weeks, and empty once their
//     order, or the wish in them, is dealt with. What comes about a forgotten
//     order all the same is emptied within the hour.
//   - the platforms' words (exceptions, answers, warnings, errors of jobs, the
//     log): cut at the source. What Shopify repeats of what it was sent, and what
//     looks like an e-mail or a phone number in either's words, is taken out by
//     the clients before anything else sees it. TikTok and Loop are sent nothing
//     of a buyer's but, on demand, a ZIP, and of Loop's words only codes are kept.
//   - buyers' own words (messages, remarks, notes of refunds): not read, or passed
//     on and not kept.
//   - the merchant's words (notes, resolutions): as they are, and deleted with the
//     rest of the order.
//
// The app's tests search for all of it in files, columns, log and metrics.
//
// The package never keeps a name, an address or an e-mail, not even of who
// asked: Shopify's numbers of customer and orders are all there is.
package privacy
