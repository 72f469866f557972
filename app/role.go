package main

import (
	"errors"
	"net/http"
	"strings"

	"github.com/switchbackhq/switchback/app/routes"
	"github.com/switchbackhq/switchback/internal/config"
)

// role is which part of the work a process does.
type role string

const (
	// everything is the one role of a process that is alone.
	everything role = "all"
	// web takes requests and deliveries, whose jobs others run.
	web role = "web"
	// worker runs jobs, and the ones that come again and again; it answers probes only.
	worker role = "worker"
)

var errAlone = errors.New("--role: a SQLite database has one process, which does everything; leave --role out, or set DATABASE_URL to postgres://…")

// fits says whether a process of that role can work with the database configured.
func (r role) fits(cfg config.Config) error {
	if r != everything && strings.HasPrefix(cfg.DatabaseURL.Reveal(), "sqlite:") {
		return errAlone
	}
	return nil
}

// runsJobs tells whether the process runs jobs or only takes them.
func (r role) runsJobs() bool { return r != web }

// handler is what the outside reaches of such a process.
func (r role) handler(d routes.Deps) http.Handler {
	if r == worker {
		return routes.Probes(d)
	}
	return routes.New(d)
}

// parts are what a process of that role cannot do without.
func (p *program) parts() []routes.Part {
	parts := []routes.Part{{Name: "database", Ask: p.store.Ping}, {Name: "migrations", Ask: p.store.Migrated}}
	if p.role.runsJobs() {
		parts = append(parts, routes.Part{Name: "queue", Ask: p.queue.Ready})
	}
	return parts
}
