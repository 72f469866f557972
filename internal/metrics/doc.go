// Package metrics counts what Prometheus scrapes.
//
// The wiring makes one Metrics, tells it of every call to a platform and of
// every job, and lets the log pass through it: what is logged as an outcome
// (order.imported, refund.forwarded, webhook.rejected…) is counted by the same
// name, so that log and numbers cannot differ. What is only known when somebody
// asks (how long the oldest job has waited, how full a rate limit is) is read at
// the scrape, at most every few seconds, and each read is bounded: it costs the
// same with a million orders as with ten.
//
// No label holds a shop, an order, a person or anything else without a bound:
// labels are words of this program, and of a platform's answer only its code,
// in a number of values that ends. The package never reads a job's arguments and
// never decides anything.
package metrics
