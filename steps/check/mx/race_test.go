//go:build race

package mx_test

// slower is what the race detector costs in time.
const slower = 3
