package main

import (
	"context"
	"net"
	"net/http"
	"net/netip"
)

// queuePages is where River's own pages are, beside the metrics.
const queuePages = "/river"

// mountQueuePages shows the queue's own pages where the configuration asks for
// them. Without them the program works as well: a failure is a warning.
func (p *program) mountQueuePages(ctx context.Context, mux *http.ServeMux) {
	if p.cfg.RiverUI == "off" {
		return
	}
	pages, err := p.queue.UI(ctx, queuePages, p.log)
	if err != nil {
		p.log.WarnContext(ctx, "queue_pages.off", "error", err)
		return
	}
	// The pages change jobs and know no login, so a page of another origin that
	// a browser on this machine has open must not reach them.
	guarded := http.NewCrossOriginProtection().Handler(pages)
	if p.cfg.RiverUI == "loopback" {
		guarded = ofThisMachine(guarded)
	}
	mux.Handle(queuePages+"/", guarded)
	mux.Handle("GET "+queuePages, http.RedirectHandler(queuePages+"/", http.StatusFound))
}

// ofThisMachine refuses a name that somebody may have pointed at this machine.
func ofThisMachine(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		if address, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !address.IsLoopback()) {
			http.Error(w, "only as localhost", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}
