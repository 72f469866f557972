package store

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// micros is a time as columns keep it: unix microseconds, 0 for no time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func microsOf(t *time.Time) int64 {
	if t == nil {
		return 0
	}
	return micros(*t)
}

func timeOf(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

func timeOrNil(n int64) *time.Time {
	if n == 0 {
		return nil
	}
	t := timeOf(n)
	return &t
}

// listText keeps a list of words.
func listText(list []string) (string, error) {
	if len(list) == 0 {
		return "[]", nil
	}
	text, err := json.Marshal(list)
	return string(text), err
}

func listOf(text string) ([]string, error) {
	var list []string
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, fmt.Errorf("decode list: %w", err)
	}
	return list, nil
}

// newID is unique and sorts by time, then by the order in which this process made it.
func (s *Store) newID(at time.Time) string {
	return fmt.Sprintf("%016x%08x%s", micros(at), s.counter.Add(1), strings.ToLower(rand.Text()[:8]))
}

// place is where a page ends: the next one begins after it.
type place struct {
	// part names the first or a later section of a list.
	part string
	at   int64
	id   string
}

// top is before everything.
func top(part string) place { return place{part: part, at: math.MaxInt64} }

var errPlace = errors.New("no place of ours")

func (p place) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(p.part + "." + strconv.FormatInt(p.at, 10) + "." + p.id))
}

// parsePlace reads a cursor that went out to a browser and came back.
func parsePlace(cursor string) (place, error) {
	const longest = 200
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(cursor) > longest {
		return place{}, errPlace
	}
	parts := strings.SplitN(string(raw), ".", 3)
	if len(parts) != 3 {
		return place{}, errPlace
	}
	at, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || !plain(parts[2]) {
		return place{}, errPlace
	}
	return place{part: parts[0], at: at, id: parts[2]}, nil
}

// plain holds for the ids we give out, and keeps bytes away that PostgreSQL refuses in a text.
func plain(id string) bool {
	return strings.IndexFunc(id, func(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'z') }) < 0
}
