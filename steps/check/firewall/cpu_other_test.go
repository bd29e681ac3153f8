//go:build !unix

package firewall

import "time"

var began = time.Now()

// cpuTime is the time that has passed, where the work cannot be told.
func cpuTime() time.Duration { return time.Since(began) }
