// Package pattern holds regular expressions that are compiled at first use.
// Those of a firewall's format are needed when a file of it is read, which most
// runs never do; compiled at start, all of them together cost milliseconds and
// megabytes of every run.
package pattern

import (
	"os"
	"regexp"
	"strings"
	"sync"
)

// Pattern is a regular expression in the syntax of package regexp, whose
// methods it has as far as they are used.
type Pattern struct{ get func() *regexp.Regexp }

// inTest compiles at once, so that any test of a package finds an expression
// that cannot be read.
var inTest = len(os.Args) > 0 && strings.HasSuffix(strings.TrimSuffix(os.Args[0], ".exe"), ".test")

// New is the pattern of an expression. One that cannot be read panics when it
// is first used.
func New(expr string) *Pattern {
	p := &Pattern{sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })}
	if inTest {
		p.get()
	}
	return p
}

// The methods of regexp.Regexp.
func (p *Pattern) MatchString(s string) bool              { return p.get().MatchString(s) }
func (p *Pattern) FindString(s string) string             { return p.get().FindString(s) }
func (p *Pattern) FindStringIndex(s string) []int         { return p.get().FindStringIndex(s) }
func (p *Pattern) FindStringSubmatch(s string) []string   { return p.get().FindStringSubmatch(s) }
func (p *Pattern) FindStringSubmatchIndex(s string) []int { return p.get().FindStringSubmatchIndex(s) }
func (p *Pattern) FindAllString(s string, n int) []string { return p.get().FindAllString(s, n) }
func (p *Pattern) ReplaceAllString(src, repl string) string {
	return p.get().ReplaceAllString(src, repl)
}

func (p *Pattern) FindAllStringSubmatch(s string, n int) [][]string {
	return p.get().FindAllStringSubmatch(s, n)
}
