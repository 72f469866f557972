package tiktok

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchbackhq/switchback/internal/fault"
)

// Processes know nothing of one another's pace. Together they find what TikTok
// takes, and step back from it by themselves.
func TestProcessesShareThePlatformsOwn(t *testing.T) {
	t.Parallel()
	for _, processes := range []int{2, 3} {
		synctest.Test(t, func(t *testing.T) {
			const most, span = 40, 10 * time.Minute
			var mu sync.Mutex
			began, second, inSecond := time.Now(), 0, 0
			taken, refused := 0, 0
			call := func() (ok bool) {
				mu.Lock()
				defer mu.Unlock()
				if now := int(time.Since(began) / time.Second); now != second {
					second, inSecond = now, 0
				}
				if inSecond++; inSecond > most {
					refused++
					return false
				}
				taken++
				return true
			}
			var all sync.WaitGroup
			for range processes {
				limits := &Limits{}
				all.Go(func() {
					for time.Since(began) < span {
						err := limits.wait(t.Context(), "1", orderDetail)
						var later *fault.Delayed
						switch {
						case errors.As(err, &later):
							time.Sleep(later.Wait)
						case err != nil:
							t.Error(err)
							return
						case call():
							limits.answered("1", orderDetail)
						default:
							limits.pause("1", orderDetail, time.Second)
						}
					}
				})
			}
			all.Wait()
			t.Logf("%d processes: %d calls of at most %d, %d refused", processes, taken, int(most*span/time.Second), refused)
			if part := float64(taken) / (most * span.Seconds()); part < 0.5 {
				t.Errorf("%d processes: %.0f %% of what is allowed", processes, 100*part)
			}
			if part := float64(refused) / float64(taken+refused); part > 0.05 {
				t.Errorf("%d processes: %d of %d calls were refused", processes, refused, taken+refused)
			}
		})
	}
}
