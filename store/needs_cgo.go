//go:build !cgo

package store

// SQLite is C code. Without cgo the driver would build as a stub that fails
// when it is first used; this line fails the build instead, with the reason.
var _ = mxodus_needs_cgo__set_CGO_ENABLED_1_and_install_a_C_compiler
