// Package format is the contract between the firewall question and the
// formats in which firewalls give away their rules. Each format is a package
// of its own below this one; package firewall lists them all in one table.
//
// A format reads a file into package ir and loses nothing on the way: every
// statement keeps its line, what is not understood is kept and makes what it
// may touch undecided, and what a file cannot tell (a name, a user, a time)
// becomes a condition that is met perhaps.
package format

import (
	"net/netip"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// Format is one way in which rules are written.
type Format struct {
	ID    string // as --format takes it: "fortios"
	Label string // for people: "FortiGate (FortiOS configuration)"

	// Detect says whether the head of a file (its first megabyte) is of this
	// format. The surest of all formats is taken.
	Detect func(head *source.Doc) Guess

	// Read reads a whole file. It never fails: what it cannot read becomes a
	// Problem and stays undecided. A file without any rule has no programs.
	Read func(doc *source.Doc) *ir.Ruleset

	// Export says how the rules are got out of the firewall: one way or more,
	// the best first.
	Export []Way

	// Confirm is the vendor's own command or clicks by which a user sees what
	// the firewall does with a packet; "" where there is none.
	Confirm func(p Packet) string

	// Write writes rules in this format; nil where it is not written.
	Write func(job Job) (Script, error)

	// Host says that the rules are usually of the mail server's own host, or of
	// its place in a cloud, rather than of a device before it.
	Host bool

	// Appends says that Script.Text, put at the end of a file of this format,
	// reads as the rules after it was carried out, so that it can be tried on
	// a copy.
	Appends bool

	// Supports says of every Feature how it is read.
	Supports Supports

	// Limits says in one or two sentences how far the format goes, where that
	// is not all of it; "" otherwise.
	Limits string
}

// Guess is how sure it is that a file is of a format: 0 not at all, 50 marks
// that others have too, 100 marks that only it has. Why completes "Read as
// ...: ", such as "it has config firewall policy (line 12)".
type Guess struct {
	Score int
	Why   string
}

// Way is one way to get the rules out of a firewall. Where says at what:
// "In the web interface", "On the command line". Do is one step a line: a
// sentence, which begins with a capital letter, or a command as it is entered.
type Way struct {
	Where string   `json:"where"`
	Do    []string `json:"do"`
}

// Packet is one packet for the vendor's own test. Unknown interfaces are "".
// Dst and DPort are as the packet is before any translation.
type Packet struct {
	Dir          ir.Dir
	In, Out      string
	Src, Dst     netip.Addr
	Proto        string // "tcp" or "udp"
	SPort, DPort uint16
	To           netip.AddrPort // where Dst and DPort are translated to; zero for nowhere, or where it is not known
	Chain        string         // list that decides, as Rule.At and Chain.Name give it
	Line         int            // of the rule that decides; 0 for none
}

// Flow is connections to be let through, or with Deny to be kept out. Empty
// Src or Dst is any address of Family (both when Family is ir.Any).
type Flow struct {
	Deny     bool
	In       bool   // from the internet to one's own server; else from it
	Proto    string // "tcp" or "udp"
	Src, Dst []netip.Prefix
	Port     uint16 // destination port
	Family   ir.Family
	Label    string // what it is for: ASCII, at most 60 characters, no quotes
}

// Translation says that the internet reaches a server at another address:
// Public:PublicPort is sent on to Inside:Port.
type Translation struct {
	Public, Inside   netip.Addr
	PublicPort, Port uint16
}

// Job is what Write is to write: flows in this order, each to decide before
// those after it and before all rules that are there.
type Job struct {
	Flows []Flow
	// Host says that the rules are of the mail server itself, not of a firewall
	// before it.
	Host bool
	// Translate lists translations that are in place; Flow.Dst of an incoming
	// flow holds the inside address. Formats whose rules name public addresses
	// write those.
	Translate []Translation
	// Outside and Inside name the interfaces or zones of the internet and of
	// the mail server; "" when they are not known, and then the format's usual
	// names are written with a note that says so.
	Outside, Inside string
	// Set is the file that the rules are for, read; nil when it is not known.
	Set *ir.Ruleset
	// Above is the rule that decides now, which the rules are to stand before;
	// its Line is 0 when they are to stand before all. Chain is its list.
	Above ir.At
	Chain string
}

// Script is what is to be carried out or added.
type Script struct {
	Text  string   // commands or configuration, comments in it
	Undo  string   // takes all of it away again
	Notes []string // where and how to enter it, and what to know
	// UndoNotes are what to know before it is taken away again.
	UndoNotes []string
}
