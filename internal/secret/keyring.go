package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
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
	HashKey
	aead cipher.AEAD
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
		if first, ok := seen[key.ID]; ok {
			return nil, fmt.Errorf("key %d: the same as key %d", n+1, first)
		}
		seen[key.ID] = n + 1
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
	return ringKey{HashKey: NewHashKey(hex.EncodeToString(id), mac), aead: aead}, nil
}

// Seal encrypts plain. Context says where the value belongs (shop and field);
// Open must be given the same, so a sealed value cannot be moved elsewhere.
func (k *Keyring) Seal(context string, plain []byte) []byte {
	head := k.Head()
	return k.keys[0].aead.Seal(head, nil, plain, bound(head, context)) //nolint:gosec // this AEAD makes its own nonce and takes none
}

// Open decrypts what Seal gave. The error is ErrUnknownKey or ErrBroken.
func (k *Keyring) Open(context string, sealed []byte) ([]byte, error) {
	id, ok := SealedWith(sealed)
	if !ok {
		return nil, ErrBroken
	}
	head, box := sealed[:headSize], sealed[headSize:]
	for _, key := range k.keys {
		if key.ID != id {
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
