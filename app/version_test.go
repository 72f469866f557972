package main

import (
	"runtime/debug"
	"testing"
)

func TestVersion(t *testing.T) {
	t.Parallel()
	from := func(module string, settings ...debug.BuildSetting) *debug.BuildInfo {
		return &debug.BuildInfo{Main: debug.Module{Version: module}, Settings: settings}
	}
	commit := debug.BuildSetting{Key: "vcs.revision", Value: "0123456789abcdef0123"}
	for want, got := range map[string]string{
		"v1.2.3":                   versionOf("v1.2.3", from("v9.9.9", commit)),
		"v1.2.4":                   versionOf("", from("v1.2.4", commit)), // go install …@v1.2.4
		"dev-0123456789ab":         versionOf("", from("(devel)", commit, debug.BuildSetting{Key: "vcs.modified", Value: "false"})),
		"dev-0123456789ab+changes": versionOf("", from("", commit, debug.BuildSetting{Key: "vcs.modified", Value: "true"})),
		"dev":                      versionOf("", from("")),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
