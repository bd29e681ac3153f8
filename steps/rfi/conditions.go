package rfi

import (
	"slices"

	"mxodus/steps"
)

// cond is a condition on the facts; conditions are put together with and, or
// and not.
type cond = func(steps.Facts) bool

func always(steps.Facts) bool { return true }

func and(cs ...cond) cond {
	return func(f steps.Facts) bool {
		return !slices.ContainsFunc(cs, func(c cond) bool { return !c(f) })
	}
}

func or(cs ...cond) cond {
	return func(f steps.Facts) bool {
		return slices.ContainsFunc(cs, func(c cond) bool { return c(f) })
	}
}

func not(c cond) cond { return func(f steps.Facts) bool { return !c(f) } }

func connect(f steps.Facts) bool    { return f.Profile.Journey != steps.Migrate }
func migrate(f steps.Facts) bool    { return f.Profile.Journey == steps.Migrate }
func archives(f steps.Facts) bool   { return f.Profile.Archives() }
func movesMail(f steps.Facts) bool  { return f.Profile.MovesMail() }
func ownServers(f steps.Facts) bool { return f.Profile.OwnServers() }

// is holds when a question has one of the values.
func is(question string, values ...string) cond {
	return func(f steps.Facts) bool { return slices.Contains(values, f.Answers.Value(question)) }
}

func platform(ps ...steps.Platform) cond {
	return func(f steps.Facts) bool { return slices.Contains(ps, f.Profile.Platform) }
}

// fixed offers a default that does not depend on the facts.
func fixed(v string) func(steps.Facts) string { return func(steps.Facts) string { return v } }
