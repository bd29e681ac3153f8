//go:build !race

package rfi

// slower is how much longer the race detector makes things take.
const slower = 1
