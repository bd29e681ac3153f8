//go:build !race

package pf_test

const raced = false
