// Package queue runs jobs: at once or later, again when they fail, and after a
// crash. It is the only package that knows River.
//
// The wiring registers each feature's method with Handle and starts the queue;
// the store calls InsertJobs, so that a job is durable together with what
// caused it. A job is a small value of ids that encodes as JSON under a frozen
// name; payloads never travel in it.
//
// What becomes of a job whose method returned an error is told by package fault:
//
//	none, nil    completed
//	retry        again after RETRY_BASE doubled with each attempt, at most an hour, with a tenth of jitter
//	after d      again once d has passed; not counted as an attempt
//	permanent    cancelled
//	act          cancelled: the merchant has been told, and a retry is theirs to ask for
//
// With RETRY_BASE at 1 s the waits are
//
//	attempt   1   2   3   4   5    6    7     8     9     10    11     12     13…48
//	wait      1s  2s  4s  8s  16s  32s  64s   2m    4m    8.5m  17m    34m    1h
//
// so a platform may be away for a day and a half. After 48 attempts a job is
// discarded and logged as an error. Waits of more than five seconds may last up
// to five seconds longer (River's scheduler ticks that often).
//
// Shops share the workers by what they have waiting (see fair.go): a shop with
// more than 20 jobs leaves the common queue to the others, and of those that do
// the one with less goes first.
//
// A job has 30 seconds. One that a dead process left running is taken up again
// after 40 on PostgreSQL; on SQLite, where the new process knows that it is
// alone, at once. A process that is told to stop lets jobs run for 20 seconds more
// and hands back the rest, which run elsewhere at once.
//
// The package never looks into a job, but for its shop and for the cause that
// Unfinished counts by, and never decides what an error means.
package queue
