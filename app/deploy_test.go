package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/switchbackhq/switchback/internal/config"
)

func deployed(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// knownVariables checks that the program reads each of them.
func knownVariables(t *testing.T, where string, names []string) {
	t.Helper()
	known, err := config.Names()
	if err != nil {
		t.Fatal(err)
	}
	if len(names) == 0 {
		t.Errorf("%s sets nothing", where)
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			t.Errorf("%s sets %s, which the program does not read", where, name)
		}
	}
}

// variables are what a text sets, line by line after a prefix.
func variables(text, prefix string) (names []string) {
	for _, match := range regexp.MustCompile(`(?m)^`+prefix+`([A-Z_]+)=`).FindAllStringSubmatch(text, -1) {
		names = append(names, match[1])
	}
	return names
}

func TestComposeFile(t *testing.T) {
	t.Parallel()
	type service struct {
		Build, Image, Restart string
		EnvFile               string `yaml:"env_file"`
		Environment           map[string]string
		Ports, Expose         []string
		ReadOnly              bool     `yaml:"read_only"`
		CapDrop               []string `yaml:"cap_drop"`
		SecurityOpt           []string `yaml:"security_opt"`
		StopGracePeriod       string   `yaml:"stop_grace_period"`
		DependsOn             map[string]struct {
			Condition string
		} `yaml:"depends_on"`
		Volumes     []string
		Healthcheck struct {
			Test              []string
			Interval, Timeout string
			Retries           int
		}
	}
	var compose struct {
		Services map[string]service
		Volumes  map[string]any
	}
	if err := yaml.UnmarshalWithOptions([]byte(deployed(t, "compose.yaml")), &compose, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	own := compose.Services["switchback"]
	var names []string
	for name := range own.Environment {
		names = append(names, name)
	}
	knownVariables(t, "compose.yaml", names)
	if !own.ReadOnly || !slices.Contains(own.CapDrop, "ALL") || own.StopGracePeriod != "40s" || own.DependsOn["postgres"].Condition != "service_healthy" {
		t.Errorf("the service may write, has rights, is killed too soon or does not wait: %+v", own)
	}
	if !strings.Contains(own.Environment["DATABASE_URL"], "@postgres:5432/"+compose.Services["postgres"].Environment["POSTGRES_DB"]+"?") {
		t.Errorf("DATABASE_URL is %s", own.Environment["DATABASE_URL"])
	}
	for _, port := range own.Ports {
		if !strings.HasPrefix(port, "127.0.0.1:") {
			t.Errorf("port %s is open to everybody", port)
		}
	}
}

func TestUnitFile(t *testing.T) {
	t.Parallel()
	unit := deployed(t, ".github/deploy/switchback.service")
	knownVariables(t, "switchback.service", variables(unit, "Environment="))
	for _, line := range []string{"ExecStart=/usr/local/bin/switchback serve", "StateDirectory=switchback", "TimeoutStopSec=40", "DynamicUser=yes", "ProtectSystem=strict", "NoNewPrivileges=yes"} {
		if !slices.Contains(strings.Split(unit, "\n"), line) {
			t.Errorf("the unit lacks %s", line)
		}
	}
}

// The example environment holds what `serve` cannot do without, and no value that somebody may keep by mistake.
func TestExampleEnvironment(t *testing.T) {
	t.Parallel()
	example := deployed(t, ".github/deploy/switchback.env.example")
	knownVariables(t, "switchback.env.example", variables(example, ""))
	_, err := config.Load(strings.Split(example, "\n"), config.Encryption, config.ShopifyApp, config.TikTokApp)
	for _, name := range []string{"ENCRYPTION_KEY", "SHOPIFY_API_KEY", "SHOPIFY_API_SECRET", "TIKTOK_APP_KEY", "TIKTOK_APP_SECRET", "TIKTOK_SERVICE_ID"} {
		if err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(example, "\n"+name+"=\n") {
			t.Errorf("%s is to be filled in: %v", name, err)
		}
	}
}

// The image holds the binary alone, which asks itself whether it is well.
func TestDockerfile(t *testing.T) {
	t.Parallel()
	dockerfile := deployed(t, "Dockerfile")
	for _, part := range []string{
		"CGO_ENABLED=0", "-X main.release=", "distroless/static", "USER nonroot", `HEALTHCHECK`, `CMD ["/switchback", "health"]`, `ENTRYPOINT ["/switchback"]`, "VOLUME /data",
	} {
		if !strings.Contains(dockerfile, part) {
			t.Errorf("the Dockerfile lacks %s", part)
		}
	}
	if last := dockerfile[strings.LastIndex(dockerfile, "\nFROM "):]; strings.Contains(last, "\nRUN ") {
		t.Error("the last stage runs something, and has no shell to do it")
	}
	knownVariables(t, "Dockerfile", variables(dockerfile, "ENV "))
	// What is embedded must not be ignored.
	for _, ignored := range strings.Fields(deployed(t, ".dockerignore")) {
		if strings.HasPrefix(ignored, "app/pages") || ignored == "**/*.json" {
			t.Errorf(".dockerignore leaves out %s", ignored)
		}
	}
}

// A release is built as the Dockerfile builds, and its image is the same but for that.
func TestReleaseConfiguration(t *testing.T) {
	t.Parallel()
	var release struct {
		Version int
		Builds  []struct {
			Main         string
			Env, Ldflags []string
			Goos, Goarch []string
		}
		Images []struct {
			Dockerfile string
		} `yaml:"dockers_v2"`
		Sboms    []map[string]any
		Checksum map[string]any
	}
	if err := yaml.Unmarshal([]byte(deployed(t, ".goreleaser.yaml")), &release); err != nil {
		t.Fatal(err)
	}
	if release.Version != 2 || len(release.Builds) != 1 || len(release.Images) != 1 || len(release.Sboms) == 0 || len(release.Checksum) == 0 {
		t.Fatalf("%+v", release)
	}
	build := release.Builds[0]
	if build.Main != "./app" || !slices.Contains(build.Env, "CGO_ENABLED=0") || !strings.Contains(build.Ldflags[0], "-X main.release=") || len(build.Goos)*len(build.Goarch) != 6 {
		t.Errorf("%+v", build)
	}
	for _, line := range []string{"USER nonroot:nonroot", `HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["/switchback", "health"]`, "FROM gcr.io/distroless/static-debian12:nonroot"} {
		for _, name := range []string{"Dockerfile", release.Images[0].Dockerfile} {
			if !slices.Contains(strings.Split(deployed(t, name), "\n"), line) {
				t.Errorf("%s lacks %s", name, line)
			}
		}
	}
}
