package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// memory is a process's resident memory now and at its highest, in MB.
func memory(t testing.TB, pid int) (now, most float64) {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		name, value, _ := strings.Cut(line, ":")
		if name != "VmRSS" && name != "VmHWM" {
			continue
		}
		kilobytes, err := strconv.ParseFloat(strings.Fields(value)[0], 64)
		if err != nil {
			t.Fatal(err)
		}
		if name == "VmRSS" {
			now = kilobytes / 1024
		} else {
			most = kilobytes / 1024
		}
	}
	return now, most
}
