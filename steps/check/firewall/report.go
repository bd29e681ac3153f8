package firewall

import (
	"encoding/json"
	"fmt"
	"math/big"
	"net/netip"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
)

// Schema names the JSON form of a Report.
const Schema = "mxodus.firewall/1"

// Answer is a verdict on a question.
type Answer string

// Answers.
const (
	Proven     Answer = "proven"
	Disproven  Answer = "disproven"
	CannotTell Answer = "cannot tell"
)

// worse is the answer to two questions that must both be proven.
func worse(a, b Answer) Answer {
	for _, x := range []Answer{Disproven, CannotTell} {
		if a == x || b == x {
			return x
		}
	}
	return Proven
}

// Decision is the rule that decides, as written in the file. Line is 0 where
// no line does; Text then says what stands in its place.
type Decision struct {
	Line  int    `json:"line"`
	Text  string `json:"text"`
	Chain string `json:"chain,omitempty"`
	Why   string `json:"why,omitempty"`
}

// Statement is a line of the file, secrets hidden.
type Statement struct {
	Line int    `json:"line"`
	Text string `json:"text"`
}

// Packet is a counter-example.
type Packet struct {
	Dir   string `json:"dir"`
	InIf  string `json:"in_if,omitempty"`
	OutIf string `json:"out_if,omitempty"`
	Src   string `json:"src"`
	Dst   string `json:"dst"`
	Proto string `json:"proto"`
	SPort uint16 `json:"sport,omitempty"`
	DPort uint16 `json:"dport,omitempty"`
	// Step of the connection: "opens", "answers" or "continues"; "strays" is
	// an opening packet that is let in but not translated to the server.
	Step string `json:"step"`
}

// Fix is the smallest change that would do. Copy is what to put in place.
type Fix struct {
	Text string `json:"text"`
	Copy string `json:"copy,omitempty"`
	// Corrects says that a rule that stands there already is corrected.
	Corrects bool `json:"corrects,omitempty"`

	job     *format.Job // what Copy was written of, where a format's writer did
	writer  string      // that format's id
	without string      // the command that takes the deciding rule away instead, where that rule opens nothing else
}

// Gap is a part of a range that is not let through.
type Gap struct {
	Verdict Answer   `json:"verdict"` // disproven or cannot tell
	CIDRs   []string `json:"cidrs"`   // largest first
	More    int      `json:"more,omitempty"`
	By      Decision `json:"by"`
	// Around are the statements of the file before and after the deciding one.
	Around  []Statement `json:"around,omitempty"`
	Witness Packet      `json:"witness"`
	Fix     Fix         `json:"fix"`
	Confirm string      `json:"confirm"`
}

// Requirement is one range on one port in one direction.
type Requirement struct {
	Range     string     `json:"range"`
	Kind      Kind       `json:"kind"`
	Region    string     `json:"region,omitempty"`
	Need      string     `json:"need"`
	Label     string     `json:"label"`
	Direction string     `json:"direction"` // in or out
	Proto     string     `json:"proto"`
	Port      uint16     `json:"port"`
	Server    string     `json:"server"`
	Verdict   Answer     `json:"verdict"`
	Half      bool       `json:"half,omitempty"`      // a part is let through
	Addresses string     `json:"addresses,omitempty"` // of the range, where a part is let through
	Open      string     `json:"open,omitempty"`      // of these, how many are
	Why       string     `json:"why,omitempty"`
	Do        string     `json:"do,omitempty"` // about Why, where no rule is to be added
	By        []Decision `json:"by,omitempty"` // the rules that let it through
	Gaps      []Gap      `json:"gaps,omitempty"`
}

// InPart says how much of a range is let through where not all of it is, e.g.
// "in part, 255 of 256".
func (q Requirement) InPart() string {
	open, ok1 := new(big.Int).SetString(q.Open, 10)
	all, ok2 := new(big.Int).SetString(q.Addresses, 10)
	switch {
	case !ok1 || !ok2 || all.Sign() <= 0:
		return "in part"
	case all.Cmp(big.NewInt(1<<16)) <= 0:
		return fmt.Sprintf("in part, %s of %s", q.Open, q.Addresses)
	}
	share, _ := new(big.Rat).SetFrac(new(big.Int).Mul(open, big.NewInt(100)), all).Float64()
	switch {
	case share < 1:
		return "in part, less than 1 %"
	case share > 99:
		return "in part, all but less than 1 %"
	}
	return fmt.Sprintf("in part, about %.0f %%", share)
}

// Leak is a set of sources that reach the mail server, or perhaps do, though
// they are neither the provider's nor declared.
type Leak struct {
	Verdict   Answer      `json:"verdict"`  // disproven, or cannot tell
	Category  string      `json:"category"` // internet, internal, retired
	CIDRs     []string    `json:"cidrs"`    // largest first
	More      int         `json:"more,omitempty"`
	Addresses string      `json:"addresses"`       // how many
	Whole     bool        `json:"whole,omitempty"` // it is nearly all of the internet, beside who may
	Sources   string      `json:"sources"`         // in words
	To        string      `json:"to"`              // where the sender connects to
	By        Decision    `json:"by"`
	Around    []Statement `json:"around,omitempty"` // as in a Gap
	Witness   Packet      `json:"witness"`
	Hint      string      `json:"hint,omitempty"`
	Fix       Fix         `json:"fix"`
	Confirm   string      `json:"confirm"`
}

// Lockdown answers who else reaches the mail server on port 25.
type Lockdown struct {
	Verdict Answer `json:"verdict"`
	Summary string `json:"summary"`
	// Share is how much of the IPv4 internet gets in, who may aside: 0 to 1, and
	// 0 for less than half.
	Share float64 `json:"share"`
	Leaks []Leak  `json:"leaks"`
}

// SelfCheck is what the independent interpreter said to samples of the answers.
type SelfCheck struct {
	Samples       int      `json:"samples"`
	Disagreements []string `json:"disagreements,omitempty"`
}

// Report is the whole answer to CheckFile.
type Report struct {
	Schema       string        `json:"schema"`
	File         string        `json:"file"`
	SHA256       string        `json:"sha256"`
	Format       string        `json:"format"`
	Label        string        `json:"label"`
	Rules        int           `json:"rules"`
	Region       string        `json:"region,omitempty"`
	Servers      []string      `json:"servers"`
	Verdict      Answer        `json:"verdict"`
	Summary      string        `json:"summary"`
	Requirements []Requirement `json:"requirements"`
	Lockdown     *Lockdown     `json:"lockdown,omitempty"`
	Leaks        []Leak        `json:"leaks"`
	Dead         []DeadRule    `json:"dead,omitempty"`
	Unknowns     []Unknown     `json:"unknowns,omitempty"`
	Assumptions  []string      `json:"assumptions,omitempty"`
	Notes        []string      `json:"notes,omitempty"`
	Problems     []ir.Problem  `json:"problems,omitempty"`
	// Instead is the host that the rules for mail are about where they name none
	// of the servers; "" else.
	Instead   string    `json:"mail_host_instead,omitempty"`
	SelfCheck SelfCheck `json:"self_check"`
}

// JSON is the report as indented JSON with a final line feed.
func (r Report) JSON() ([]byte, error) {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, err
	}
	return append(b, '\n'), nil
}

// Probe is the packet as firewall eval takes it.
func (p Packet) Probe() Probe {
	q := Probe{Dir: p.Dir, InIf: p.InIf, OutIf: p.OutIf, Src: p.Src, Dst: p.Dst, Proto: p.Proto}
	if p.SPort != 0 {
		s := int(p.SPort)
		q.SPort = &s
	}
	if p.DPort != 0 {
		d := int(p.DPort)
		q.DPort = &d
	}
	return q
}

func addrStrings(in []netip.Addr) []string {
	out := make([]string, len(in))
	for i, a := range in {
		out[i] = a.String()
	}
	return out
}
