//go:build race

package pf_test

// raced says that the race detector slows everything down.
const raced = true
