// Package loop asks Loop Returns what a buyer's return portal would answer:
// whether an order can be found and returned.
//
// The wiring makes one Client; package loopcheck calls it. It reads, and it
// begins returns that it takes back at once; it never finishes a return, moves
// no money and keeps nothing. A key is one shop's and is sent to Loop's address
// alone.
//
// # What is unconfirmed
//
// Loop documents the addresses, the header X-Authorization and the error codes.
// The following stands on an official page that was not tried, or on none; all
// of it is handled in answer.go and nowhere else:
//
//   - where an error code stands: errors[0].code, error.code and code are read;
//   - whether an answer is wrapped in "data": both are read;
//   - the status of a look-up that fails: the code decides, and without one 404
//     means that Loop does not know the order;
//   - whether ids are numbers or texts: both are read;
//   - how a draft return is taken back: the link that the draft's own answer
//     gives, when it leads to Loop, else POST draft-returns/{id}/cancel;
//   - whether a limited caller is told how long to wait: Retry-After is honored,
//     without it the wait is a part of the minute that the limit counts in.
package loop
