// Package secret keeps what must not be read: a string that prints redacted, and
// the keyring that seals values before they are stored and hashes those that
// must be found again.
//
// The store seals with it, the clients reveal at the one place where a token is
// sent. It reads no environment and writes no file.
//
// A sealed value is
//
//	v1.<key id, 8 hex digits>.<nonce, 12 bytes><ciphertext><tag, 16 bytes>
//
// sealed by AES-256-GCM under a random nonce. What is authenticated beside the
// text is the head, up to and with the second point, and behind it the context:
// where the value belongs, as the store spells it. A value that was moved to
// another shop or field, or whose head was changed, does not open.
//
// No entry of ENCRYPTION_KEY is used itself. Of its 32 bytes three keys are
// derived by HKDF-SHA256, without salt: the id (4 bytes, info "switchback key
// id"), the sealing key (32, "switchback seal") and the hashing key (32,
// "switchback hash"). None of them leads to another or back to the entry.
//
// A hash is HMAC-SHA256, in hex, of the purpose's length in 8 bytes (big
// endian), the purpose and the value.
package secret
