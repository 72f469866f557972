package returns

import (
	"net/netip"
	"sync"
	"time"
)

// mostKeys bounds the memory of a window; who comes when it is full is counted together.
const mostKeys = 100_000

// window counts what each key did in the running minute. Its zero value is ready.
type window[K comparable] struct {
	mu     sync.Mutex
	minute int64
	counts map[K]int
}

// allow counts one more and tells whether it is among the first most of this minute.
func (w *window[K]) allow(now time.Time, key K, most int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if minute := now.Unix() / 60; minute != w.minute || w.counts == nil {
		w.minute, w.counts = minute, map[K]int{}
	}
	if _, known := w.counts[key]; !known && len(w.counts) >= mostKeys {
		var everybodyElse K
		key = everybodyElse
	}
	w.counts[key]++
	return w.counts[key] <= most
}

// network is whose visits are counted together: an IPv4 address, or the /64 that a household has of IPv6.
func network(from netip.Addr) netip.Prefix {
	from = from.Unmap()
	bits := from.BitLen()
	if from.Is6() {
		bits = 64
	}
	prefix, err := from.WithZone("").Prefix(bits)
	if err != nil {
		return netip.Prefix{} // no address: all of these together
	}
	return prefix
}
