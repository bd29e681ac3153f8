//go:build !race

package mx_test

const slower = 1
