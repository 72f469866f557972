// Package backfills brings in the orders of a time span that was before the
// app, or that something went wrong in.
//
// The API and the command start, stop and resume a backfill through Desk; the
// queue runs its pages through Runner; DryRun shows what one would do and
// writes nothing. What becomes of each order is package orders' to decide: a
// backfill only asks for it, as a person who asks for that very order would, so
// that the start line holds nothing off.
//
// # How a span is walked
//
// TikTok's search goes by the time an order was created, oldest first, in
// windows that are read page by page. A window that holds too many orders is
// halved before its first page is taken, an emptier one makes the next longer,
// so that paging never goes deep. Orders never change the time they were
// created, so pages shift only when TikTok's index catches up; whoever needs
// certainty backfills the same span again, which asks only for what is missing.
//
// # What a crash leaves
//
// A page's imports, the place of the next page and the job that reads it are
// one commit. Each commit begins a new turn, and a job that names another turn
// than the row's does nothing: of jobs that meet after a crash, a stop and a
// resume one goes on.
//
// The next page is not read while 500 of the backfill's imports are unfinished,
// so a backfill of years never stands before today's orders in the queue.
//
// The package never writes an order and never calls Shopify.
package backfills
