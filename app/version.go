package main

import (
	"runtime/debug"
)

// release is set by release builds: -ldflags "-X main.release=v1.2.3".
var release string

// version is the release, else what Go knows of where the binary was built from:
// a module version, or a commit.
func version() string {
	build, ok := debug.ReadBuildInfo()
	if !ok {
		build = &debug.BuildInfo{}
	}
	return versionOf(release, build)
}

func versionOf(release string, build *debug.BuildInfo) string {
	if release != "" {
		return release
	}
	if v := build.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	commit, changed := "", ""
	for _, setting := range build.Settings {
		switch setting.Key {
		case "vcs.revision":
			commit = setting.Value
		case "vcs.modified":
			if setting.Value == "true" {
				changed = "+changes"
			}
		}
	}
	if commit == "" {
		return "dev"
	}
	return "dev-" + commit[:min(len(commit), 12)] + changed
}
