//go:build race

package pfsense_test

// raced says that the race detector slows everything down.
const raced = true
