//go:build !race

package pfsense_test

const raced = false
