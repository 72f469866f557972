package store

import (
	"context"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/store/db"
	"github.com/switchbackhq/switchback/internal/tokens"
)

// endingWithin is when a right to renew counts as ending.
const endingWithin = 7 * 24 * time.Hour

// TokenStates counts the tokens of all shops by platform and state.
func (s *Store) TokenStates(ctx context.Context) ([]tokens.Count, error) {
	var all []tokens.Count
	for _, platform := range []string{tokens.Shopify, tokens.TikTok} {
		row, err := s.read.CountTokens(ctx, db.CountTokensParams{Soon: s.now().Add(endingWithin).UnixMicro(), Platform: platform})
		if err != nil {
			return nil, fmt.Errorf("count tokens of %s: %w", platform, err)
		}
		all = append(all,
			tokens.Count{Platform: platform, State: "good", N: int(row.Held - row.Refused - row.Ending)},
			tokens.Count{Platform: platform, State: "ending", N: int(row.Ending)},
			tokens.Count{Platform: platform, State: "refused", N: int(row.Refused)})
	}
	return all, nil
}
