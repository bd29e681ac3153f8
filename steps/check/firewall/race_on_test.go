//go:build race

package firewall

// raceEnabled lengthens limits of time under the race detector.
const raceEnabled = true
