package postgrestest

import (
	"errors"
	"os/exec"
)

func demote(*exec.Cmd, string) error {
	return errors.New("cannot start a server here; set TEST_POSTGRES_URL")
}
