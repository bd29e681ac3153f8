package check

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"
)

// Scoped is a check that reads only a part of the input. Scope returns the
// input with everything else left empty, so that a change of something else
// (a ruleset, for a check of MX records) leaves its results fresh.
type Scoped interface{ Scope(Input) Input }

// FingerprintFor is the fingerprint of what the check reads.
func (in Input) FingerprintFor(c Check) string {
	if s, ok := c.(Scoped); ok {
		in = s.Scope(in)
	}
	return in.Fingerprint()
}

// Fingerprint is a short hash of everything in the input that can change a
// verdict; time and phase are left out. A stored result whose fingerprint
// differs from the present input is stale and never counts.
func (in Input) Fingerprint() string {
	type file struct{ Name, SHA256 string }
	var files []file
	for _, f := range in.Rulesets {
		files = append(files, file{f.Name, f.SHA256})
	}
	b, err := json.Marshal(struct {
		Domains, Servers                    []string
		Target, Source, Platform, Journey   string
		Outbound, Ports, Extra, Ignore, Exc any
		Files                               []file
		Outside                             string
		SendOnly                            []string   `json:",omitempty"`
		Directory                           []string   `json:",omitempty"`
		Resolvers                           []Resolver `json:",omitempty"`
		RulesChanged                        time.Time  `json:",omitzero"`
		Opened                              time.Time  `json:",omitzero"`
	}{
		in.Domains, in.MailServers, in.Target.ID, in.Source.ID, in.Platform, in.Journey,
		in.Outbound, in.Ports, in.ExtraRanges, in.IgnoreRanges, in.Exceptions, files, in.Outside, in.SendOnly, in.Directory, in.Resolvers, in.RulesChanged.UTC().Truncate(time.Second), in.Opened.UTC().Truncate(time.Second),
	})
	if err != nil {
		panic("check: fingerprint: " + err.Error()) // plain values only
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}
