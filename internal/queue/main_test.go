package queue_test

import (
	"testing"

	"go.uber.org/goleak"
)

// What is closed or stopped leaves nothing running.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
