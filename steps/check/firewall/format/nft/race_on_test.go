//go:build race

package nft_test

// slow is how much longer things may take with the race detector.
const slow = 8
