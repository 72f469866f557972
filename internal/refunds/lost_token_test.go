package refunds_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/refunds"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/stagetest"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/tokens"
)

// killed is a store that the process never got to: renewed pairs are lost.
type killed struct{ *store.Store }

func (killed) RenewTokenPair(context.Context, tokens.Key, tokens.Pair) error {
	return errors.New("the process was killed")
}

func (killed) ReleaseTokenPair(context.Context, tokens.Key) error {
	return errors.New("the process was killed")
}

// seller hands out the seller's token as the program does.
type seller struct{ *tokens.Refresher }

func (o seller) key(holder string, id tiktok.OpenID) tokens.Key {
	return tokens.Key{Platform: tokens.TikTok, Shop: holder, Seller: string(id)}
}

func (o seller) Token(ctx context.Context, holder string, id tiktok.OpenID) (secret.String, error) {
	token, err := o.Refresher.Token(ctx, o.key(holder, id))
	return token, ended(err)
}

func (o seller) Renew(ctx context.Context, holder string, id tiktok.OpenID, stale secret.String) (secret.String, error) {
	token, err := o.Refresher.Renew(ctx, o.key(holder, id), stale)
	return token, ended(err)
}

func ended(err error) error {
	if errors.Is(err, tokens.ErrRefused) {
		return fault.NeedsMerchant(string(exceptions.ConnectionExpired), "", err)
	}
	return err
}

// start is a program that has just started, over a store.
func (s *scene) start(over tokens.Store) {
	client := s.TikTokClient
	client.Tokens = seller{&tokens.Refresher{Store: over, Now: s.Clock.Now, Refresh: func(ctx context.Context, _ tokens.Key, old secret.String) (tokens.Pair, error) {
		g, err := client.RefreshGrant(ctx, old)
		if errors.Is(err, tiktok.ErrGrantRefused) {
			err = errors.Join(tokens.ErrRefused, err)
		}
		return tokens.Pair{Access: g.Access, Refresh: g.Refresh, AccessExpiresAt: g.AccessExpiresAt, RefreshExpiresAt: g.RefreshExpiresAt}, err
	}}}
}

// reconnect is the merchant authorizing anew, and what follows.
func (s *scene) reconnect() {
	s.Helper()
	code, err := s.TikTok.Authorize(stagetest.Seller)
	s.Must(err)
	g, err := s.TikTokClient.ExchangeCode(s.Context(), code)
	s.Must(err)
	connections, err := s.Store.Connections(s.Context(), shop)
	s.Must(err)
	s.Must(s.Store.Connect(s.Context(), shops.Authorization{Shop: shop, OpenID: g.OpenID},
		tokens.Pair{Access: g.Access, Refresh: g.Refresh, AccessExpiresAt: g.AccessExpiresAt, RefreshExpiresAt: g.RefreshExpiresAt}, connections))
	releaser := &refunds.Releaser{Store: s.Store, Interval: time.Minute, Now: s.Clock.Now}
	for _, job := range refunds.Renewed(shop) {
		s.Must(releaser.Resume(s.Context(), job.(refunds.ResumeArgs)))
	}
}

// The process is killed after TikTok renewed the token and before the new one was
// kept; TikTok takes the old one no more. The merchant connects again, and every
// refund goes on where it was: nothing is lost, nothing is paid twice.
func TestATokenThatDiesWithTheProcess(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]func(*scene, tiktok.OrderID){
		"before anything was sent": func(*scene, tiktok.OrderID) {},
		"while an answer was lost": func(s *scene, id tiktok.OrderID) {
			s.Faults.Add(tiktoksim.OpReturnCreate, chaos.Fault{Kind: chaos.CutAfter}, 1)
			_ = s.forwarder.Forward(s.Context(), s.args(id))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setUp(t)
			id := s.delivered()
			s.Clock.Pass(6*24*time.Hour + 23*time.Hour)
			refund := s.refund(id, 1234, "MUG-12-SAGE", 1)
			before(s, id)
			s.Clock.Pass(time.Hour)
			s.start(killed{s.Store})
			if err := s.forwarder.Forward(t.Context(), s.args(id)); err == nil {
				t.Fatal("the token was not renewed")
			}
			s.start(s.Store)
			s.Clock.Pass(30 * time.Second)
			s.forward(id)
			s.WantCodes(id, exceptions.RefundRefused)
			asked := s.Calls(tiktoksim.OpTokenRefresh)
			s.forward(id)
			if n := s.Calls(tiktoksim.OpTokenRefresh); n != asked || asked != 2 {
				t.Errorf("TikTok was asked %d, then %d times for a token", asked, n-asked)
			}
			s.reconnect()
			s.work()
			if got := s.settled(id, refund, links.RefundCompleted); got.Completed != "12.34" || s.back(id) != 1234 {
				t.Errorf("the buyer got %d: %+v", s.back(id), got)
			}
		})
	}
}
