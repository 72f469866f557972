package stagetest

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/tokens"
)

// Clock is the time of everybody on the stage. It moves only by Pass.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now is the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Pass lets time pass.
func (c *Clock) Pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// JobList keeps the jobs that units of work left behind.
type JobList struct {
	mu   sync.Mutex
	jobs []store.Job
}

// InsertJobs keeps the jobs; package queue would put them into the transaction.
func (l *JobList) InsertJobs(_ context.Context, _ *sql.Conn, _ *sql.Tx, jobs []store.Job) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.jobs = append(l.jobs, jobs...)
	return nil
}

// Take removes and returns what is left of one kind.
func (l *JobList) Take(kind string) []store.Job {
	l.mu.Lock()
	defer l.mu.Unlock()
	var taken, rest []store.Job
	for _, job := range l.jobs {
		if job.Kind() == kind {
			taken = append(taken, job)
		} else {
			rest = append(rest, job)
		}
	}
	l.jobs = rest
	return taken
}

// shopifyTokens and tiktokTokens hand out one platform's tokens as the program's wiring would.
type shopifyTokens struct{ *tokens.Refresher }

func shopifyKey(s shopify.Domain) tokens.Key {
	return tokens.Key{Platform: tokens.Shopify, Shop: string(s)}
}

func (t shopifyTokens) Token(ctx context.Context, s shopify.Domain) (secret.String, error) {
	return t.Refresher.Token(ctx, shopifyKey(s))
}

func (t shopifyTokens) Renew(ctx context.Context, s shopify.Domain, stale secret.String) (secret.String, error) {
	return t.Refresher.Renew(ctx, shopifyKey(s), stale)
}

type tiktokTokens struct{ *tokens.Refresher }

func tiktokKey(holder string, id tiktok.OpenID) tokens.Key {
	return tokens.Key{Platform: tokens.TikTok, Shop: holder, Seller: string(id)}
}

func (t tiktokTokens) Token(ctx context.Context, holder string, id tiktok.OpenID) (secret.String, error) {
	return t.Refresher.Token(ctx, tiktokKey(holder, id))
}

func (t tiktokTokens) Renew(ctx context.Context, holder string, id tiktok.OpenID, stale secret.String) (secret.String, error) {
	return t.Refresher.Renew(ctx, tiktokKey(holder, id), stale)
}

// migrated is a database as the program makes it, to be copied: making it takes
// longer than most tests.
var migrated = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "stage-test-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	keyring, err := secret.ParseKeyring(base64.StdEncoding.EncodeToString(make([]byte, 32)))
	if err != nil {
		return nil, err
	}
	const file = "switchback.db"
	blank, err := store.Open(context.Background(), "sqlite:"+filepath.Join(folder, file), store.Options{Keyring: keyring})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(blank.Migrate(context.Background()), blank.Close()); err != nil {
		return nil, err
	}
	return fs.ReadFile(os.DirFS(folder), file)
})
