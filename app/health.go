package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/config"
)

// healthCommand asks /readyz, for surroundings that have no other way to: an
// image without a shell cannot run curl.
type healthCommand struct{}

// healthWithin is longer than /readyz takes to give up.
const healthWithin = 4 * time.Second

// Run asks the port that `serve` listens on with the same environment.
func (healthCommand) Run(w world) error {
	cfg, err := config.Load(w.environ)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(w.ctx, healthWithin)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://127.0.0.1:%d/readyz", cfg.Port), nil)
	if err != nil {
		return fmt.Errorf("ask the server: %w", err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("ask the server: %w", err)
	}
	answer, err := io.ReadAll(io.LimitReader(response.Body, 1<<10))
	text := strings.TrimSpace(string(answer))
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return fmt.Errorf("ask the server: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the server is not ready: %s", text)
	}
	_, err = fmt.Fprintln(w.out, text)
	return err
}
