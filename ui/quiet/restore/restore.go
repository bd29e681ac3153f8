// Package restore ends what package quiet began: it is initialised after
// Bubble Tea, because it imports it, and gives TERM its value back.
package restore

import (
	_ "github.com/charmbracelet/bubbletea" // first its query, which then asks nothing

	"mxodus/ui/quiet"
)

func init() { quiet.Restore() }
