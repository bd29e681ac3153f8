// Package keys is the one table of keys: what screens match and what help and
// footers show come from the same bindings.
package keys

import "github.com/charmbracelet/bubbles/key"

func bind(help, does string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(help, does))
}

// As is the same binding said in the words of a place: As(Open, "open step 3").
func As(b key.Binding, does string) key.Binding {
	b.SetHelp(b.Help().Key, does)
	return b
}

// Global keys work on every screen that does not capture text; Quit always.
var (
	Quit    = bind("ctrl+c", "leave at once, nothing is lost", "ctrl+c")
	Leave   = bind("q", "leave", "q")
	Help    = bind("?", "help", "?")
	HelpAlt = bind("f1", "help", "f1") // where letters are typed
	Hub     = bind("h", "list of steps", "h")
	HubAlt  = bind("ctrl+g", "list of steps", "ctrl+g")
	Find    = bind("/", "find", "/")
	FindAlt = bind("ctrl+f", "find", "ctrl+f")
	Back    = bind("esc", "back", "esc")
	BackAlt = bind("b", "back", "b") // where nothing is typed
)

// Movement and choice.
var (
	Up       = bind("↑", "up", "up", "k")
	Down     = bind("↓", "down", "down", "j")
	UpDown   = bind("↑↓", "move", "up", "down", "k", "j")
	PageUp   = bind("pgup", "page up", "pgup", "ctrl+u")
	PageDown = bind("pgdn", "page down", "pgdown", "ctrl+d")
	ReadOn   = bind("space", "page down where there is text to read", " ")
	Top      = bind("home", "top", "home", "g")
	Bottom   = bind("end", "bottom", "end", "G")
	Open     = bind("↵", "open", "enter")
	Go       = bind("↵", "continue", "enter")
	Left     = bind("←", "stage back", "left")
	Right    = bind("→", "next stage", "right")
	Stages   = bind("←→", "stage", "left", "right")
	Toggle   = bind("space", "tick", " ")
	Digits   = bind("1-9", "step of that number", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9")
)

// Acts.
var (
	Run      = bind("r", "run checks", "r")
	Cancel   = bind("x", "stop", "x")
	Copy     = bind("c", "copy", "c")
	Save     = bind("s", "save to file", "s")
	Journal  = bind("J", "journal", "J")
	Export   = bind("e", "export", "e")
	Review   = bind("a", "answers", "a")
	NewMove  = bind("n", "new move", "n")
	Note     = bind("n", "note", "n")
	Wait     = bind("w", "wait", "w")
	Reopen   = bind("o", "reopen", "o")
	Override = bind("O", "set aside", "O")
	Import   = bind("i", "load a file", "i")
	Undo     = bind("z", "undo", "z")
	History  = bind("H", "earlier runs", "H")
	Consent  = bind("y", "take over", "y")
	Verify   = bind("v", "verify", "v")
	Evidence = bind("v", "evidence", "v")
	Cells    = bind("tab", "cells of the table", "tab")
	CellMove = bind("↑↓←→", "cell", "up", "down", "left", "right")
	Theirs   = bind("t", "keep theirs", "t")
	Yours    = bind("y", "keep yours", "y")
)

// Form keys; letters belong to the text there.
var (
	Next      = bind("↵", "next", "enter")
	Submit    = bind("ctrl+s", "save and next", "ctrl+s")
	Previous  = bind("shift+tab", "back", "shift+tab")
	Complete  = bind("tab", "complete", "tab")
	ReviewAlt = bind("ctrl+r", "review", "ctrl+r")
	Accept    = bind("ctrl+a", "take what was found", "ctrl+a")
	UndoAlt   = bind("ctrl+z", "answer before", "ctrl+z")
	LineUp    = bind("↑", "up", "up")     // in lists under a text field
	LineDown  = bind("↓", "down", "down") // where j and k are letters
	Lines     = bind("↑↓", "choose", "up", "down")
	LinesUp   = bind("pgup", "page up", "pgup")
	LinesDown = bind("pgdn", "page down", "pgdown")
)
