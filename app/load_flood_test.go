//go:build load && linux

package main

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"sync"
	"testing"
	"time"
)

const (
	// loadAttackers are more than there are connections, so that valid deliveries meet a full house.
	loadAttackers = 5000
	loadTime      = 5 * time.Second
)

// TestLoadFlood floods the program with one kind after the other while valid
// deliveries come, and prints what it takes of memory and how soon those are
// answered: taken, or refused with 503.
func TestLoadFlood(t *testing.T) {
	address := freeAddress(t)
	s := surround(t, "http://"+address, scenery{hostile: true, environ: []string{portOf(t, address), "LOG_LEVEL=error"}})
	victim := s.launchProgram(t)
	s.furnished(t)
	order := s.place(t, "AWAITING_SHIPMENT")
	rows := []string{"flood\tMB resident\tMB at most\ttaken\tp99 ms\t503\tp99 ms\tno answer\t"}
	list := attacks()
	for _, name := range slices.Sorted(maps.Keys(list)) {
		victim.forgetMost(t)
		var attack sync.WaitGroup
		attack.Go(func() { s.attack(t, list[name], loadAttackers) })
		got := map[int][]time.Duration{}
		for n, end := 0, time.Now().Add(loadTime); time.Now().Before(end); n++ {
			status, took := s.delivered(t, fmt.Sprintf("load-%s-%d", name, n), order)
			got[status] = append(got[status], took)
		}
		now, most := victim.memory(t)
		attack.Wait()
		rows = append(rows, fmt.Sprintf("%s\t%.0f\t%.0f\t%d\t%s\t%d\t%s\t%d\t", name, now, most, len(got[http.StatusOK]), millis(percentile(got[http.StatusOK], 0.99)),
			len(got[http.StatusServiceUnavailable]), millis(percentile(got[http.StatusServiceUnavailable], 0.99)), len(got[0])))
	}
	table(rows...)
}

// delivered is a delivery on a connection of its own, as one more sender's is.
func (s *stage) delivered(t *testing.T, id, order string) (status int, took time.Duration) {
	t.Helper()
	request := s.tiktokHook(t, notice(id, order), s.variable("TIKTOK_APP_SECRET"))
	request.Close = true
	begun := time.Now()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, time.Since(begun)
	}
	_ = response.Body.Close()
	return response.StatusCode, time.Since(begun)
}

// forgetMost begins the child's highest memory anew.
func (p *process) forgetMost(t *testing.T) {
	t.Helper()
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", p.cmd.Process.Pid), []byte("5"), 0); err != nil {
		t.Fatal(err)
	}
}
