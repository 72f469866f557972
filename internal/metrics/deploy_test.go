package metrics

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/prometheus/client_golang/prometheus"
)

const deploy = "../../.github/deploy/"

var (
	fqName    = regexp.MustCompile(`fqName: "([^"]+)"`)
	family    = regexp.MustCompile(`\b(?:switchback|process|go)_[a-z_]+`)
	outcomeOf = regexp.MustCompile(`(switchback_[a-z_]+)\{result="([a-z_]+)"`)
)

// names are all families that a scrape may have.
func names(m *Metrics) map[string]bool {
	descs := make(chan *prometheus.Desc)
	go func() {
		m.registry.Describe(descs)
		close(descs)
	}()
	all := map[string]bool{}
	for desc := range descs {
		all[fqName.FindStringSubmatch(desc.String())[1]] = true
	}
	return all
}

// expressions are those of the example dashboard and alert rules, by title.
func expressions(t *testing.T) map[string][]string {
	t.Helper()
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	text, err := os.ReadFile(deploy + "dashboard.json")
	if err == nil {
		err = json.Unmarshal(text, &dashboard)
	}
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for _, panel := range dashboard.Panels {
		for _, target := range panel.Targets {
			all[panel.Title] = append(all[panel.Title], target.Expr)
		}
	}
	var rules struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr, For    string
				Labels, Annotations map[string]string
			}
		}
	}
	if text, err = os.ReadFile(deploy + "alerts.yaml"); err == nil {
		err = yaml.UnmarshalWithOptions(text, &rules, yaml.Strict())
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range rules.Groups {
		for _, rule := range group.Rules {
			if rule.Annotations["summary"] == "" || rule.Annotations["what_to_do"] == "" || rule.Labels["severity"] == "" {
				t.Errorf("%s says not what happened, what to do, and how urgent it is", rule.Alert)
			}
			all[rule.Alert] = append(all[rule.Alert], rule.Expr)
		}
	}
	return all
}

// The example dashboard and alert rules ask for nothing that a scrape has not.
func TestWhatIsWatchedIsThere(t *testing.T) {
	t.Parallel()
	m := New("v1")
	m.Read(Sources{})
	known := names(m)
	answer := httptest.NewRecorder()
	fresh := New("v1")
	fresh.Handler().ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	watched := map[string]bool{}
	for title, list := range expressions(t) {
		for _, expr := range list {
			if strings.Count(expr, "(") != strings.Count(expr, ")") {
				t.Errorf("%s: %s", title, expr)
			}
			found := family.FindAllString(expr, -1)
			if len(found) == 0 {
				t.Errorf("%s asks for nothing: %s", title, expr)
			}
			for _, name := range found {
				name = strings.TrimSuffix(name, "_bucket")
				watched[name] = true
				if !known[name] {
					t.Errorf("%s asks for %s, which is not there", title, name)
				}
			}
			for _, match := range outcomeOf.FindAllStringSubmatch(expr, -1) {
				if match[1] != "switchback_jobs_total" && !strings.Contains(answer.Body.String(), match[1]+"{") || !strings.Contains(answer.Body.String()+jobResults, `result="`+match[2]+`"`) {
					t.Errorf("%s asks for a result that is not there: %s", title, match[0])
				}
			}
		}
	}
	for name := range known {
		if strings.HasPrefix(name, "switchback_") && !watched[name] {
			t.Errorf("nobody watches %s", name)
		}
	}
}

// jobResults are the last words of the queue's lines.
const jobResults = `result="completed" result="postponed" result="failed" result="cancelled" result="discarded" result="needs_merchant"`
