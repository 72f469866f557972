// Package secret keeps what must not be read: a string that prints redacted, and
// the keyring that seals values before they are stored and hashes those that
// must be found again.
//
// The store seals with it, the clients reveal at the one place where a token is
// sent. It reads no environment and writes no file.
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

const (
	// keySize is AES-256's.
	keySize = 32
	// version leads every sealed text, so that the form can change one day.
	version = "v1"
	idSize  = 8 // hex digits
	// headSize is the length of "v1.<key id>.".
	headSize = len(version) + 1 + idSize + 1
)

var (
	// ErrUnknownKey is returned for what was sealed with a key that the ring lacks.
	ErrUnknownKey = errors.New("sealed with a key that is not in ENCRYPTION_KEY")
	// ErrBroken is returned for what is not as it was sealed, or belongs elsewhere.
	ErrBroken = errors.New("sealed value is damaged or belongs elsewhere")
)

// Keyring seals what must not be read at rest. The first key seals and hashes,
// all keys open: a key is replaced by putting a new one in front.
type Keyring struct{ keys []ringKey }

type ringKey struct {
	id   string
	aead cipher.AEAD
	mac  []byte
}

// ParseKeyring reads a comma-separated list of base64 keys of 32 bytes each.
// The error names the entry, counted from 1, and never shows it.
func ParseKeyring(list string) (*Keyring, error) {
	ring := &Keyring{}
	seen := map[string]int{}
	for n, entry := range strings.Split(list, ",") {
		raw, err := decodeKey(strings.TrimSpace(entry))
		if err != nil {
			return nil, fmt.Errorf("key %d: %w", n+1, err)
		}
		key, err := newRingKey(raw)
		if err != nil {
			return nil, fmt.Errorf("key %d: %w", n+1, err)
		}
		if first, ok := seen[key.id]; ok {
			return nil, fmt.Errorf("key %d: the same as key %d", n+1, first)
		}
		seen[key.id] = n + 1
		ring.keys = append(ring.keys, key)
	}
	return ring, nil
}

func decodeKey(entry string) ([]byte, error) {
	if entry == "" {
		return nil, errors.New("empty: want base64 of 32 bytes")
	}
	raw, err := base64.StdEncoding.DecodeString(entry)
	if err != nil {
		// The decoder's own text would show a part of the key.
		return nil, errors.New("no base64: want base64 of 32 bytes")
	}
	if len(raw) != keySize {
		return nil, fmt.Errorf("%d bytes: want base64 of 32 bytes", len(raw))
	}
	return raw, nil
}

// newRingKey derives one key per use from the entry, so that no use can weaken another.
func newRingKey(raw []byte) (ringKey, error) {
	derive := func(use string, size int) ([]byte, error) {
		return hkdf.Key(sha256.New, raw, nil, "switchback "+use, size)
	}
	id, errID := derive("key id", idSize/2)
	seal, errSeal := derive("seal", keySize)
	mac, errMAC := derive("hash", keySize)
	if err := errors.Join(errID, errSeal, errMAC); err != nil {
		return ringKey{}, fmt.Errorf("derive keys: %w", err)
	}
	block, err := aes.NewCipher(seal)
	if err != nil {
		return ringKey{}, fmt.Errorf("set up cipher: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return ringKey{}, fmt.Errorf("set up cipher: %w", err)
	}
	return ringKey{id: hex.EncodeToString(id), aead: aead, mac: mac}, nil
}

// Seal encrypts plain. Context says where the value belongs (shop and field);
// Open must be given the same, so a sealed value cannot be moved elsewhere.
func (k *Keyring) Seal(context string, plain []byte) []byte {
	key := k.keys[0]
	head := []byte(version + "." + key.id + ".")
	return key.aead.Seal(head, nil, plain, bound(head, context)) //nolint:gosec // this AEAD makes its own nonce and takes none
}

// Open decrypts what Seal gave. The error is ErrUnknownKey or ErrBroken.
func (k *Keyring) Open(context string, sealed []byte) ([]byte, error) {
	if len(sealed) < headSize || string(sealed[:len(version)+1]) != version+"." || sealed[headSize-1] != '.' {
		return nil, ErrBroken
	}
	head, box := sealed[:headSize], sealed[headSize:]
	id := string(head[len(version)+1 : headSize-1])
	for _, key := range k.keys {
		if key.id != id {
			continue
		}
		plain, err := key.aead.Open(nil, nil, box, bound(head, context))
		if err != nil {
			return nil, ErrBroken
		}
		return plain, nil
	}
	return nil, fmt.Errorf("%w (key id %.8q)", ErrUnknownKey, id)
}

// bound is the additional data: version and key id are authenticated as well.
func bound(head []byte, context string) []byte {
	return append(append([]byte{}, head...), context...)
}

// Hash is a keyed hash of value under the first key: equal values of one
// purpose can be found without being kept. It is 64 hex digits.
func (k *Keyring) Hash(purpose, value string) string { return k.keys[0].hash(purpose, value) }

// Hashes are the value's hashes under all keys, the first one first: what was
// kept before a key was replaced is searched for with all of them.
func (k *Keyring) Hashes(purpose, value string) []string {
	hashes := make([]string, len(k.keys))
	for n, key := range k.keys {
		hashes[n] = key.hash(purpose, value)
	}
	return hashes
}

func (key ringKey) hash(purpose, value string) string {
	mac := hmac.New(sha256.New, key.mac)
	// The length in front keeps ("ab", "c") and ("a", "bc") apart.
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(purpose))))
	mac.Write([]byte(purpose))
	mac.Write([]byte(value))
	return hex.EncodeToString(mac.Sum(nil))
}
