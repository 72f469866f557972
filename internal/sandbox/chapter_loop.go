package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// loopKey opens the API of the merchant's account at Loop.
const loopKey = "sandbox-loop-key"

// askLoop hands a key over, which is never shown again, and has the order tried.
func (s *Story) askLoop(ctx context.Context) (string, error) {
	var settings map[string]any
	if err := s.api(ctx, http.MethodPut, "/api/settings", map[string]any{"loop_api_key": loopKey}, &settings); err != nil {
		return "", err
	}
	var u unlike
	u.want("loop_api_key_set", settings["loop_api_key_set"], true)
	u.want("the key in the answer", settings["loop_api_key"], nil)
	var report struct {
		Found     bool   `json:"found"`
		Message   string `json:"message"`
		DraftLeft bool   `json:"draft_left"`
	}
	err := s.until(ctx, func(ctx context.Context) error {
		if err := s.api(ctx, http.MethodPost, "/api/orders/"+s.order+"/loop-check", nil, &report); err != nil {
			return err
		}
		if !report.Found {
			return errors.New(report.Message)
		}
		return nil
	})
	u.want("a return left behind", report.DraftLeft, false)
	return report.Message + " The return that was begun for it is taken back.", errors.Join(err, u.err())
}

// loopKnows waits until Switchback has asked Loop for an order by itself.
func (s *Story) loopKnows(ctx context.Context, order string) (string, error) {
	message := ""
	err := s.until(ctx, func(ctx context.Context) error {
		var view orderView
		if err := s.api(ctx, http.MethodGet, "/api/orders/"+order, nil, &view); err != nil {
			return err
		}
		if view.Loop == nil || !view.Loop.Found {
			return fmt.Errorf("loop's answer about order %s is %v", order, view.Loop)
		}
		message = view.Loop.Message
		return nil
	})
	return message, err
}
