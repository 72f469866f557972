package main

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/internal/secret"
)

// TestStolenDatabase: whoever has the database, its log and a backup of it, and
// not the key, finds no token, no key of Loop's and no secret of the app's.
func TestStolenDatabase(t *testing.T) {
	t.Parallel()
	onBothDatabases(t, func(t *testing.T, s *tale) {
		s.giveLoopKey(t, theLoopKey)
		s.settled(t)
		secrets := s.secrets(t)
		look := func(where string, text []byte) {
			t.Helper()
			for name, value := range secrets {
				for _, shape := range shapes(value) {
					if bytes.Contains(text, shape) {
						t.Errorf("%s holds the %s", where, name)
						break
					}
				}
			}
		}
		for _, table := range s.tables(t) {
			for _, row := range rawRows(t, s.database, table) {
				for field, value := range row {
					look(table+"."+field, []byte(value))
				}
			}
		}
		look("the log", []byte(s.log.whole()))
		if s.file == "" {
			return
		}
		backup := filepath.Join(t.TempDir(), "backup.db")
		code, out, errs := command(t, s.environ, "backup", backup)
		has(t, "backup", code, 0, out+errs)
		var all []byte
		for _, file := range []string{s.file, s.file + "-wal", backup} {
			raw, err := os.ReadFile(file)
			check(t, err)
			look(filepath.Base(file), raw)
			all = append(all, raw...)
		}
		ring, err := secret.ParseKeyring(encryptionKey)
		check(t, err)
		if bytes.Count(all, ring.Head()) < 2*5 {
			t.Error("the files hold nothing sealed: are they the right ones?")
		}
	})
}

// secrets are what the program keeps sealed, opened with its key, and what it never keeps.
func (s *tale) secrets(t *testing.T) map[string]string {
	t.Helper()
	ring, err := secret.ParseKeyring(encryptionKey)
	check(t, err)
	raw, err := base64.StdEncoding.DecodeString(encryptionKey)
	check(t, err)
	all := map[string]string{
		"encryption key": encryptionKey, "bytes of the encryption key": string(raw),
		"app's secret at Shopify": s.variable("SHOPIFY_API_SECRET"), "app's secret at TikTok": s.variable("TIKTOK_APP_SECRET"),
	}
	open := func(name, context, sealed string) {
		plain, err := ring.Open(context, []byte(sealed))
		check(t, err)
		all[name] = string(plain)
	}
	for _, row := range rawRows(t, s.database, "tokens") {
		where := strings.Join([]string{"token", row["platform"], row["shop"], row["seller"]}, "|")
		open(row["platform"]+" token", where+"|access", row["access_sealed"])
		open(row["platform"]+" refresh token", where+"|refresh", row["refresh_sealed"])
	}
	for _, row := range rawRows(t, s.database, "loop_keys") {
		open("key for Loop", "loop key|"+row["shop"], row["key_sealed"])
	}
	for name, value := range all {
		if len(value) < 8 {
			t.Errorf("the %s is %d bytes long: nothing to look for", name, len(value))
		}
	}
	if len(all) != 9 || all["key for Loop"] != theLoopKey {
		t.Errorf("only %d secrets", len(all))
	}
	return all
}

func (s *tale) tables(t *testing.T) []string {
	t.Helper()
	list := `SELECT name FROM sqlite_master WHERE type = 'table'`
	if s.file == "" {
		list = `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'`
	}
	return column(t, s.database, list)
}
