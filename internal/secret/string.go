package secret

import "log/slog"

const redacted = "[redacted]"

// String is a secret in memory. However it is printed, logged or encoded as
// JSON, it shows `[redacted]`; only Reveal gives it away.
type String struct{ value string }

// New wraps a secret.
func New(value string) String { return String{value} }

// Reveal is the secret itself, for the one place that sends or seals it.
func (s String) Reveal() string { return s.value }

// Empty tells whether there is no secret.
func (s String) Empty() bool { return s.value == "" }

// String is what fmt prints.
func (s String) String() string { return redacted }

// GoString is what %#v prints.
func (s String) GoString() string { return redacted }

// LogValue is what slog writes.
func (s String) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText is what JSON and other encodings write.
func (s String) MarshalText() ([]byte, error) { return []byte(redacted), nil }
