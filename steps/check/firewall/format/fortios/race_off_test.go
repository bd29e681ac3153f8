//go:build !race

package fortios_test

const raceEnabled = false
