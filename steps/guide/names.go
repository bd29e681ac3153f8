package guide

import (
	"fmt"
	"slices"

	"mxodus/steps/region"
)

// callable is a function as the texts call it. It tells of arguments that it
// does not take.
type callable func(args []any) (any, error)

// functions are what texts may call besides the names of the data. Unlike the
// real ones, and and or look at all of their arguments; no text can tell.
var functions = map[string]callable{
	"code":    one(code),
	"md":      one(md),
	"bullets": one(bullets),
	"hosts":   one(hosts),
	"nested":  one(nested),
	"join":    one(joined),
	"len":     one(func(list []string) int { return len(list) }),
	"not":     one(func(v any) bool { return !truth(v) }),
	"eq":      equal,
	"ne": func(args []any) (any, error) {
		same, err := equal(args)
		return same == false, err
	},
	"and": func(args []any) (any, error) { return firstOr(args, false) },
	"or":  func(args []any) (any, error) { return firstOr(args, true) },
	"printf": func(args []any) (any, error) {
		if len(args) > 0 {
			if format, is := args[0].(string); is {
				return fmt.Sprintf(format, args[1:]...), nil
			}
		}
		return nil, fmt.Errorf("the first argument is the format, not one of %v", args)
	},
}

// names are what texts may say of the data. Those with a dot in them read on in
// what the first part names.
var names = map[string]callable{
	"Answer":         three(data.Answer),
	"Archives":       one(data.Archives),
	"Certificate":    one(data.Certificate),
	"Cloud":          one(data.Cloud),
	"CloudHosts":     one(data.CloudHosts),
	"Compiled":       one(data.Compiled),
	"Consultant":     one(data.Consultant),
	"Domains":        one(data.Domains),
	"Dynamic":        one(data.Dynamic),
	"Exchange":       one(data.Exchange),
	"Google":         one(data.Google),
	"Home":           one(data.Home),
	"Hosted":         one(data.Hosted),
	"Inbound":        one(data.Inbound),
	"InboundChecks":  one(data.InboundChecks),
	"JournalAddress": one(data.JournalAddress),
	"Kind":           one(data.Kind),
	"LowTTL":         one(data.LowTTL),
	"TTLIsLow":       one(data.TTLIsLow),
	"Method":         one(data.Method),
	"MovesMail":      one(data.MovesMail),
	"OldJournal":     one(data.OldJournal),
	"OldMX":          one(data.OldMX),
	"Outbound":       one(data.Outbound),
	"POP":            one(data.POP),
	"Person":         three(data.Person),
	"Platform":       one(data.Platform),
	"Ports":          one(data.Ports),
	"ProofDomains":   one(data.ProofDomains),
	"RangesKnown":    one(data.RangesKnown),
	"Receiving":      one(data.Receiving),
	"SPFTerm":        one(data.SPFTerm),
	"SeedList":       one(data.SeedList),
	"Seeded":         one(data.Seeded),
	"ServerHosts":    one(data.ServerHosts),
	"Servers":        one(data.Servers),
	"Services":       one(data.Services),
	"Source":         one(data.Source),
	"Syncs":          one(data.Syncs),
	"Table":          one(data.Table),
	"Target":         one(data.Target),
	"Unknown":        one(data.Unknown),
	"Validation":     one(data.Validation),
	"WayOut":         one(data.WayOut),
	"When":           two(data.When),
	"ZoneNote":       one(data.ZoneNote),

	"F.Domain":        one(func(d data) string { return d.F.Domain }),
	"F.Answers.Value": two(func(d data, question string) string { return d.F.Answers.Value(question) }),

	"SourceHosts.AccountPrefix":     source(func(r region.Region) string { return r.AccountPrefix }),
	"SourceHosts.InboundMX":         source(func(r region.Region) []string { return r.InboundMX }),
	"SourceHosts.Journal":           source(func(r region.Region) []string { return r.Journal }),
	"SourceHosts.Outbound":          source(func(r region.Region) []string { return r.Outbound }),
	"SourceHosts.SPFInclude":        source(func(r region.Region) string { return r.SPFInclude }),
	"SourceHosts.URLs.API":          source(func(r region.Region) string { return r.URLs.API }),
	"SourceHosts.URLs.Login":        source(func(r region.Region) string { return r.URLs.Login }),
	"TargetHosts.AccountPrefix":     target(func(r region.Region) string { return r.AccountPrefix }),
	"TargetHosts.InboundMX":         target(func(r region.Region) []string { return r.InboundMX }),
	"TargetHosts.Journal":           target(func(r region.Region) []string { return r.Journal }),
	"TargetHosts.URLs.API":          target(func(r region.Region) string { return r.URLs.API }),
	"TargetHosts.URLs.AdminConsole": target(func(r region.Region) string { return r.URLs.AdminConsole }),
	"TargetHosts.URLs.Login":        target(func(r region.Region) string { return r.URLs.Login }),
}

func source[R any](of func(region.Region) R) callable {
	return one(func(d data) R { return of(d.SourceHosts()) })
}

func target[R any](of func(region.Region) R) callable {
	return one(func(d data) R { return of(d.TargetHosts()) })
}

// one, two and three make a function of as many arguments callable.
func one[A, R any](f func(A) R) callable {
	return func(args []any) (any, error) {
		if len(args) == 1 {
			if a, is := args[0].(A); is {
				return f(a), nil
			}
		}
		return nil, fmt.Errorf("%v are not the arguments of %T", args, f)
	}
}

func two[A, B, R any](f func(A, B) R) callable {
	return func(args []any) (any, error) {
		if len(args) == 2 {
			a, is := args[0].(A)
			if b, too := args[1].(B); is && too {
				return f(a, b), nil
			}
		}
		return nil, fmt.Errorf("%v are not the arguments of %T", args, f)
	}
}

func three[A, B, C, R any](f func(A, B, C) R) callable {
	return func(args []any) (any, error) {
		if len(args) == 3 {
			a, is := args[0].(A)
			b, too := args[1].(B)
			if c, all := args[2].(C); is && too && all {
				return f(a, b, c), nil
			}
		}
		return nil, fmt.Errorf("%v are not the arguments of %T", args, f)
	}
}

// equal compares two texts or two numbers.
func equal(args []any) (any, error) {
	if len(args) == 2 {
		switch a := args[0].(type) {
		case string:
			if b, is := args[1].(string); is {
				return a == b, nil
			}
		case int:
			if b, is := args[1].(int); is {
				return a == b, nil
			}
		}
	}
	return nil, fmt.Errorf("%v cannot be compared", args)
}

// firstOr gives the first argument that is as true as is asked for, else the
// last.
func firstOr(args []any, as bool) (any, error) {
	if len(args) == 0 {
		return nil, fmt.Errorf("there is no argument")
	}
	if i := slices.IndexFunc(args, func(v any) bool { return truth(v) == as }); i >= 0 {
		return args[i], nil
	}
	return args[len(args)-1], nil
}
