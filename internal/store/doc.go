// Package store keeps everything that Switchback remembers: shops and their
// connections, sealed tokens, received events, the ledger of orders, exceptions
// and timelines. It does so in SQLite or in PostgreSQL, with one SQL text.
//
// The wiring opens it; routes, inbox and features reach it through the small
// interfaces they declare, so this package satisfies many and declares one:
// JobInserter, by which package queue puts jobs into the store's transactions.
//
// Every method is a whole unit of work. A transaction begins and ends inside
// it; what must happen together (an event and its job, an order's state and the
// work that follows, a connection with its tokens) is one method. A write to
// the ledger names the order's lease and fails once a newer one was given out.
//
// On SQLite one process owns the file (an exclusive lock beside it says so),
// one connection writes and several read. Concurrent units of work share a
// transaction, because the disk can sync so many times a second and no more:
// see commits.go. On PostgreSQL any number of processes may share the
// database.
//
// The package calls no platform, decides nothing about orders and never logs
// what it keeps.
package store
