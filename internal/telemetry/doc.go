// Package telemetry sends traces: a webhook or page, the jobs that follow from
// it and their calls to the platforms are one trace.
//
// The wiring makes one Tracer where an OTLP receiver is configured and none
// otherwise: all methods of a nil Tracer do nothing. Routes, queue and clients
// know functions alone.
//
// A span holds methods, route patterns, statuses, kinds, operations, codes and
// numbers of jobs. It never holds an address, a query, an error's text, a shop
// or anything of a buyer, and no trace of a stranger's request is continued.
package telemetry
