package connections

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/tokens"
)

// ReviewArgs asks which of a shop's connections still work. Whatever changes
// that leaves such a job, so the merchant's list says what is true now.
type ReviewArgs struct {
	Shop shopify.Domain `json:"shop"`
	// Renewed tells that a seller agreed anew or was disconnected: what TikTok
	// had announced of an end is out of date. It announces a remaining one daily.
	Renewed bool `json:"renewed,omitempty"`
}

// Kind is the job's frozen name.
func (ReviewArgs) Kind() string { return "connection_review" }

// ExpiringArgs follow TikTok's webhook UPCOMING_AUTHORIZATION_EXPIRATION, sent
// 30 days before the end and then every day.
type ExpiringArgs struct {
	Shop       shopify.Domain `json:"shop"`
	TikTokShop tiktok.ShopID  `json:"tiktok_shop"`
	// ExpiresAt is when TikTok ends the permission, unix seconds; 0 when it did not say.
	ExpiresAt int64 `json:"expires_at"`
}

// Kind is the job's frozen name.
func (ExpiringArgs) Kind() string { return "tiktok_expiring" }

// Accesses knows what lets us act for a shop.
type Accesses interface {
	Connections(ctx context.Context, domain shopify.Domain) ([]shops.Connection, error)
	// RefusedTokens names those of the shop's tokens that their platform refused to renew.
	RefusedTokens(ctx context.Context, domain shopify.Domain) ([]tokens.Key, error)
}

// Exceptions opens and resolves what a person must mend. No order means the whole shop.
type Exceptions interface {
	OpenException(ctx context.Context, e exceptions.Exception) error
	ResolveExceptions(ctx context.Context, shop shopify.Domain, order tiktok.OrderID, resolution string, codes ...exceptions.Code) error
}

// Reviewer tells the merchant of connections that ended or are about to.
type Reviewer struct {
	Accesses   Accesses
	Exceptions Exceptions
	Now        func() time.Time
}

// Review opens one exception for all that is broken and one for all that no
// market allows, or resolves them.
func (r *Reviewer) Review(ctx context.Context, args ReviewArgs) error {
	connections, err := r.Accesses.Connections(ctx, args.Shop)
	if err != nil {
		return fmt.Errorf("list connections of %s: %w", args.Shop, err)
	}
	broken, err := r.broken(ctx, args.Shop, connections)
	if err != nil {
		return err
	}
	var gone []exceptions.Code
	if args.Renewed {
		gone = append(gone, exceptions.ConnectionExpiring)
	}
	for _, found := range []struct {
		code     exceptions.Code
		concerns []string
	}{{exceptions.ConnectionExpired, broken}, {exceptions.MarketUnsupported, unsupported(connections)}} {
		if len(found.concerns) == 0 {
			gone = append(gone, found.code)
			continue
		}
		detail := "It concerns " + strings.Join(found.concerns, ", ") + "."
		if err := r.Exceptions.OpenException(ctx, exceptions.New(args.Shop, "", found.code, detail, r.Now())); err != nil {
			return fmt.Errorf("open %s of %s: %w", found.code, args.Shop, err)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	if err := r.Exceptions.ResolveExceptions(ctx, args.Shop, "", exceptions.CauseGone, gone...); err != nil {
		return fmt.Errorf("resolve exceptions of %s: %w", args.Shop, err)
	}
	return nil
}

// broken lists what no longer works, each in words. A TikTok shop that the
// merchant switched off is nobody's loss.
func (r *Reviewer) broken(ctx context.Context, domain shopify.Domain, connections []shops.Connection) ([]string, error) {
	refused, err := r.Accesses.RefusedTokens(ctx, domain)
	if err != nil {
		return nil, fmt.Errorf("list refused tokens of %s: %w", domain, err)
	}
	var broken []string
	sellers := map[tiktok.OpenID]bool{}
	for _, key := range refused {
		if key.Platform == tokens.Shopify {
			broken = append(broken, "Shopify")
		} else {
			sellers[tiktok.OpenID(key.Seller)] = true
		}
	}
	for _, c := range connections {
		if c.Off == shops.OffDeauthorized || c.Off == shops.On && sellers[c.OpenID] {
			broken = append(broken, "TikTok shop "+named(c))
		}
	}
	return broken, nil
}

// unsupported lists the shops that are off because of their market.
func unsupported(connections []shops.Connection) (list []string) {
	for _, c := range connections {
		if c.Off == shops.OffNoMarket {
			list = append(list, fmt.Sprintf("TikTok shop %s (%.8s)", named(c), c.Region))
		}
	}
	return list
}

// Expiring opens the notice that a seller's permission will end.
func (r *Reviewer) Expiring(ctx context.Context, args ExpiringArgs) error {
	connections, err := r.Accesses.Connections(ctx, args.Shop)
	if err != nil {
		return fmt.Errorf("list connections of %s: %w", args.Shop, err)
	}
	for _, c := range connections {
		if c.TikTokShop != args.TikTokShop || c.Off == shops.OffByMerchant {
			continue
		}
		detail := "It concerns TikTok shop " + named(c)
		if args.ExpiresAt > 0 {
			detail += " and ends on " + moment(args.ExpiresAt).Format("2 January 2006")
		}
		e := exceptions.New(args.Shop, "", exceptions.ConnectionExpiring, detail+".", r.Now())
		if err := r.Exceptions.OpenException(ctx, e); err != nil {
			return fmt.Errorf("open connection_expiring of %s: %w", args.Shop, err)
		}
	}
	return nil
}

// moment reads TikTok's number. Its documents name no unit: elsewhere TikTok
// tells seconds, and milliseconds would be a date that no calendar reaches.
func moment(n int64) time.Time {
	const farFuture = 100_000_000_000
	if n > farFuture {
		return time.UnixMilli(n).UTC()
	}
	return time.Unix(n, 0).UTC()
}

// named is how the merchant knows the shop.
func named(c shops.Connection) string {
	if c.Name == "" {
		return string(c.TikTokShop)
	}
	return fmt.Sprintf("%q", c.Name)
}
