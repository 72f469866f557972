package queue

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"riverqueue.com/riverui"
	"riverqueue.com/riverui/uiendpoints"
)

// UI is River's own, for paths that begin with the prefix; what it counts in the
// background ends with ctx. It knows no login and may cancel, retry and delete
// jobs: whoever mounts it says who may come.
func (q *Queue) UI(ctx context.Context, prefix string, log *slog.Logger) (http.Handler, error) {
	var endpoints uiendpoints.Bundle
	switch c := q.client.(type) {
	case *river.Client[pgx.Tx]:
		endpoints = riverui.NewEndpoints(c, nil)
	case *river.Client[*sql.Tx]:
		endpoints = riverui.NewEndpoints(c, nil)
	}
	handler, err := riverui.NewHandler(&riverui.HandlerOpts{
		Endpoints: endpoints, JobListHideArgsByDefault: true, Logger: slog.New(warnings{log.Handler()}), Prefix: prefix,
	})
	if err != nil {
		return nil, fmt.Errorf("set up the queue's pages: %w", err)
	}
	if err := handler.Start(ctx); err != nil {
		return nil, fmt.Errorf("start the queue's pages: %w", err)
	}
	return handler, nil
}
