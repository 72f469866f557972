package secret

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
)

// HashKey hashes as one key of a ring does, and opens nothing.
type HashKey struct {
	// ID is the key's, as sealed values name it.
	ID  string
	mac String
}

// NewHashKey is the key of that id with what Reveal gave.
func NewHashKey(id string, mac []byte) HashKey { return HashKey{ID: id, mac: New(string(mac))} }

// Reveal is what must be kept, sealed, for hashes of a key that leaves the ring.
func (key HashKey) Reveal() []byte { return []byte(key.mac.Reveal()) }

// Hash is the value's hash for that purpose, 64 hex digits.
func (key HashKey) Hash(purpose, value string) string {
	mac := hmac.New(sha256.New, key.Reveal())
	// The length in front keeps ("ab", "c") and ("a", "bc") apart.
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(purpose))))
	mac.Write([]byte(purpose))
	mac.Write([]byte(value))
	return hex.EncodeToString(mac.Sum(nil))
}

// Hash is a keyed hash of value under the first key: equal values of one
// purpose can be found without being kept. It is 64 hex digits.
func (k *Keyring) Hash(purpose, value string) string { return k.keys[0].Hash(purpose, value) }

// Hashes are the value's hashes under all keys, the first one first: what was
// kept before a key was replaced is searched for with all of them.
func (k *Keyring) Hashes(purpose, value string) []string {
	hashes := make([]string, len(k.keys))
	for n, key := range k.keys {
		hashes[n] = key.Hash(purpose, value)
	}
	return hashes
}

// Older are the hash keys of all keys but the first.
func (k *Keyring) Older() []HashKey {
	var older []HashKey
	for _, key := range k.keys[1:] {
		older = append(older, key.HashKey)
	}
	return older
}

// Has tells whether the ring holds the key of that id.
func (k *Keyring) Has(id string) bool {
	return slices.ContainsFunc(k.keys, func(key ringKey) bool { return key.ID == id })
}

// Head is what everything begins with that the first key sealed.
func (k *Keyring) Head() []byte { return []byte(version + "." + k.keys[0].ID + ".") }

// SealedWith is the id of the key that a sealed value names; false for what is no sealed value.
func SealedWith(sealed []byte) (id string, ok bool) {
	if len(sealed) < headSize || !bytes.HasPrefix(sealed, []byte(version+".")) || sealed[headSize-1] != '.' {
		return "", false
	}
	return string(sealed[len(version)+1 : headSize-1]), true
}
