//go:build race

package fortios_test

const raceEnabled = true
