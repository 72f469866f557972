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
// The package never keeps a name, an address or an e-mail, not even of who
// asked: Shopify's numbers of customer and orders are all there is.
package privacy
