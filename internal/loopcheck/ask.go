package loopcheck

import (
	"context"
	"fmt"

	"github.com/switchbackhq/switchback/internal/shopify"
)

// Answer is what Loop says of an order's name. Code and Message are as in an
// order's recorded answer.
type Answer struct {
	Found   bool
	Code    string
	Message string
}

// Asker asks Loop about a name and records nothing.
type Asker struct {
	Keys Keys
	Loop Loop
}

// Ask asks once. Whatever Loop says, also that it cannot be reached, is an
// Answer; the error is ErrKeyMissing or one of ours.
func (a *Asker) Ask(ctx context.Context, shop shopify.Domain, name string) (Answer, error) {
	key, err := a.Keys.LoopKey(ctx, shop)
	switch {
	case err != nil:
		return Answer{}, err
	case key.Empty():
		return Answer{}, ErrKeyMissing
	}
	found, err := a.Loop.ReturnEligibility(ctx, key, name)
	if ctx.Err() != nil {
		return Answer{}, fmt.Errorf("ask loop: %w", ctx.Err())
	}
	answer := Answer{Found: err == nil, Code: codeOf(err)}
	answer.Message = say(answer.Code).sentence
	if answer.Found {
		answer.Message = returnable(found)
	}
	return answer, nil
}
