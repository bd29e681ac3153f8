// Package rfi holds every question mxodus asks, as data: the Request for
// Information and what later steps need. It says when a question applies,
// reads what was typed or pasted into a canonical value, and names everything
// it could not read.
package rfi

import (
	"fmt"
	"strings"

	"mxodus/steps"
)

// Type is the kind of value a question takes.
type Type string

// Types. Lists take pastes of any shape; their canonical value is one item a line.
const (
	Text        Type = "text"
	LongText    Type = "long_text"
	Email       Type = "email"
	EmailList   Type = "email_list"
	Phone       Type = "phone" // E.164
	Domain      Type = "domain"
	DomainList  Type = "domain_list"
	Host        Type = "host"
	HostList    Type = "host_list" // hosts with optional :port, or IP addresses
	IPList      Type = "ip_list"   // single addresses only
	CIDRList    Type = "cidr_list"
	Choice      Type = "choice"
	MultiChoice Type = "multi_choice"
	YesNo       Type = "yes_no"
	Date        Type = "date"
	DateTime    Type = "date_time" // with zone
	Number      Type = "number"
	Checklist   Type = "checklist"   // free items, one a line
	SenderList  Type = "sender_list" // "name, address or include" a line
	PerDomain   Type = "per_domain"  // "domain choice" a line
	File        Type = "file"        // path; the content becomes an attachment
)

// Multiline reports types that are edited in a box of several lines.
func (t Type) Multiline() bool {
	switch t {
	case LongText, EmailList, DomainList, HostList, IPList, CIDRList, Checklist, SenderList, PerDomain:
		return true
	}
	return false
}

// Option is one choice.
type Option struct {
	Value string `json:"value"`
	Label string `json:"label"`
	Help  string `json:"help,omitempty"`

	aliases []string // other names that are understood
}

// Question is one field.
type Question struct {
	ID      string
	Section string // id of a Section
	Label   string // as asked
	Why     string // why we ask: what goes wrong without it
	Example string
	// Exampled is Example for a move; nil where one example fits all.
	Exampled func(steps.Facts) string
	Help     string // more, under the help key; may be empty
	// OnMigrate follows Help where one region is left for another.
	OnMigrate string
	Type      Type
	Options   func(steps.Facts) []Option // for Choice, MultiChoice, PerDomain
	Default   func(steps.Facts) string   // canonical; offered, not saved by itself
	Shown     func(steps.Facts) bool     // nil: always
	Required  func(steps.Facts) bool     // nil: never
	// Check adds findings to an item list that parsed; nil when the type says it all.
	Check  func(f steps.Facts, u *Understood)
	Source string // where the question comes from: seed or article key
	InRFI  bool   // part of the Request for Information itself

	rules rules // bounds of the reader that the type alone does not say
}

// rules narrow what a reader accepts.
type rules struct {
	private  bool  // addresses of private networks are accepted
	noPort   bool  // a host list without ports: mail is delivered to port 25
	bytes    bool  // a number of bytes: units such as GB are read
	min, max int64 // bounds of a number; no bound when both are zero
}

// Problem is one thing in the text that could not be read, or that is read but
// odd (Warning). Line counts from 1.
type Problem struct {
	Line    int    `json:"line,omitempty"`
	Entry   string `json:"entry,omitempty"` // as it stood there
	Message string `json:"message"`         // what is wrong and what to type instead
	Warning bool   `json:"warning,omitempty"`
}

// String says the whole problem in one line, with the line and the entry it is
// about.
func (p Problem) String() string {
	switch {
	case p.Line > 0 && p.Entry != "":
		return fmt.Sprintf("line %d, \"%s\": %s", p.Line, p.Entry, p.Message)
	case p.Line > 0:
		return fmt.Sprintf("line %d: %s", p.Line, p.Message)
	case p.Entry != "":
		return fmt.Sprintf("\"%s\": %s", p.Entry, p.Message)
	}
	return p.Message
}

// Understood is what the reader made of a text. Value may be non-empty beside
// Problems: the rest is still used.
type Understood struct {
	Value    string    `json:"value"`           // canonical
	Items    []string  `json:"items,omitempty"` // lists: canonical items in order
	Shown    string    `json:"shown,omitempty"` // one line for people: "3 addresses", "Australia"
	Problems []Problem `json:"problems,omitempty"`
	Notes    []string  `json:"notes,omitempty"` // what was changed silently elsewhere: "dropped a trailing dot", "2 duplicates"
}

// OK reports that nothing in the text was left unread.
func (u Understood) OK() bool {
	for _, p := range u.Problems {
		if !p.Warning {
			return false
		}
	}
	return true
}

// Section groups questions on pages.
type Section struct {
	ID    string
	Title string
	Intro string
}

// Applies reports whether the question is to be asked now.
func (q Question) Applies(f steps.Facts) bool { return q.Shown == nil || q.Shown(f) }

// ExampleFor is what an answer looks like in this move.
func (q Question) ExampleFor(f steps.Facts) string {
	if q.Exampled != nil {
		return q.Exampled(f)
	}
	return q.Example
}

// HelpFor is what the help key says of the question in this move.
func (q Question) HelpFor(f steps.Facts) string {
	if q.OnMigrate == "" || f.Profile.Journey != steps.Migrate {
		return q.Help
	}
	return strings.TrimSpace(q.Help + " " + q.OnMigrate)
}

// Needed reports whether an answer is required now.
func (q Question) Needed(f steps.Facts) bool {
	return q.Applies(f) && q.Required != nil && q.Required(f)
}
