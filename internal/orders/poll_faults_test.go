package orders_test

import (
	"errors"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

func TestAPollThatFailsHalfWay(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	all := s.sell(250, time.Second)
	broken := true
	p := s.poller(func(page int) error {
		if page >= 2 && broken {
			return errors.New("bad gateway")
		}
		return nil
	})
	err := p.PollShop(t.Context(), pollShop)
	var later *fault.Delayed
	if !errors.As(err, &later) || later.Wait != pollEvery {
		t.Fatalf("got %v, want to come back after one interval", err)
	}
	if c := s.cursor(); c.Value != 0 || c.Until == 0 {
		t.Errorf("cursor %+v: the watermark has moved", c)
	}
	got := s.imports()
	if len(got) != 100 {
		t.Errorf("%d imports of the first page", len(got))
	}
	broken = false
	got = append(got, s.poll(p)...)
	if lost := missing(all, got); len(lost) > 0 || len(got) > 255 {
		t.Errorf("%d lost, %d imports", len(lost), len(got))
	}
	if c := s.cursor(); c.Value == 0 || c.Until != 0 {
		t.Errorf("cursor %+v after the last page", c)
	}
}

// A page token that TikTok no longer takes is given up; the pass begins anew where it was.
func TestAPageTokenThatIsRefused(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	all := s.sell(250, 0)
	refuse := true
	p := s.poller(func(page int) error {
		if page == 2 && refuse {
			refuse = false
			return fault.NeedsMerchant("api_rejected", "page_token is invalid", nil)
		}
		return nil
	})
	if err := p.PollShop(t.Context(), pollShop); fault.Of(err) != fault.Asks {
		t.Fatalf("got %v", err)
	}
	if c := s.cursor(); c.Page != "" || c.Value != 0 {
		t.Errorf("cursor %+v", c)
	}
	got := append(s.imports(), s.poll(p)...)
	if lost := missing(all, got); len(lost) > 0 {
		t.Errorf("%d lost", len(lost))
	}
}

func TestPollingThroughMisbehavior(t *testing.T) {
	t.Parallel()
	for _, kind := range []chaos.Kind{chaos.CutBefore, chaos.CutAfter, chaos.ServerError, chaos.Throttled, chaos.Malformed, chaos.TokenExpired} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			s := setUp(t)
			all := s.sell(150, time.Second)
			s.Faults.Add(tiktoksim.OpOrderSearch, chaos.Fault{Kind: kind}, 1)
			if lost := missing(all, s.poll(s.poller(nil))); len(lost) > 0 {
				t.Errorf("%d lost", len(lost))
			}
		})
	}
}
