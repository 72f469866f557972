// Package config turns the environment into the program's configuration.
//
// Load reads every variable that the program knows, checks each, and reports
// all faults together, each with the variable, its value (never a secret's) and
// how to mend it: an operator repairs a wrong environment in one go. The
// commands call it first; what they need beyond the defaults they name as a
// Need, so that `migrate` runs without the platforms' credentials.
//
// The package opens nothing, connects to nothing and never reads os.Environ
// itself: the caller hands the environment in, so tests need no global state.
package config
