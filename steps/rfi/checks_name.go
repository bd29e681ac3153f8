package rfi

import (
	"strings"
	"unicode"

	"mxodus/steps"
	"mxodus/steps/pattern"
	"mxodus/steps/region"
)

// accountCodeOf is the example of an account code of the region that which
// picks; where the region or its letters are not known there is none.
func accountCodeOf(which func(steps.Profile) string) func(steps.Facts) string {
	return func(f steps.Facts) string {
		if r, ok := region.Find(which(f.Profile)); ok && r.AccountPrefix != "" {
			return r.AccountPrefix + "12A34"
		}
		return ""
	}
}

// checkName looks at a first or last name: what was meant for the field before
// or after it is told.
func checkName(_ steps.Facts, u *Understood) {
	if strings.ContainsAny(u.Value, "0123456789") {
		u.warn(u.Value, "there are digits in this; a name is asked for here")
		return
	}
	checkPerson(steps.Facts{}, u)
}

// checkPerson looks at the name of a person, who may have a number beside it.
func checkPerson(_ steps.Facts, u *Understood) {
	switch {
	case !strings.ContainsFunc(u.Value, unicode.IsLetter):
		u.warn(u.Value, "there is no letter in this; a name is asked for here")
	case strings.ContainsRune(u.Value, '@') && !strings.ContainsRune(u.Value, ' '):
		u.warn(u.Value, "this reads like an e-mail address; a name is asked for here")
	case strings.ContainsRune(u.Value, '='):
		u.warn(u.Value, "this reads like a setting or a place in a directory; a name is asked for here")
	}
}

// between is what may stand between an account and something else, apart what
// never stands in the name of one.
var (
	between = pattern.New(`[\s/:;,|]+`)
	apart   = pattern.New(`\s/|/\s|[:;|]`)
)

// holdsSecret reports an account name that has something beside it which can
// only be a password: that must not be kept anywhere. A distinguished name has
// commas, blanks and = of its own, a Domino name slashes without blanks.
func holdsSecret(account string) bool {
	parts := strings.Fields(between.ReplaceAllString(account, " "))
	if strings.Contains(account, "=") || len(parts) < 2 {
		return false
	}
	if apart.MatchString(account) {
		return true
	}
	for _, p := range parts[1:] {
		if passwordLike(p) {
			return true
		}
	}
	return false
}

// passwordLike reports a word of three kinds of characters or more.
func passwordLike(word string) bool {
	kinds := map[string]bool{}
	for _, c := range word {
		switch {
		case unicode.IsUpper(c):
			kinds["upper"] = true
		case unicode.IsLower(c):
			kinds["lower"] = true
		case unicode.IsDigit(c):
			kinds["digit"] = true
		case !strings.ContainsRune(".-_@'", c):
			kinds["other"] = true
		}
	}
	return len(kinds) > 2
}

// SecretProblem says why a text may not be kept as the answer to a question,
// not even as it was typed: something in it looks like a password. It is ""
// for every other text.
func SecretProblem(question, text string) string {
	if question == "dir.user" && holdsSecret(text) {
		return "there is more than the name of an account in this; give the name alone, and keep the password out of mxodus"
	}
	return ""
}

func checkDirectoryUser(_ steps.Facts, u *Understood) {
	switch {
	case holdsSecret(u.Value):
		u.reject("%s", SecretProblem("dir.user", u.Value))
	case !strings.Contains(u.Value, "=") && strings.ContainsAny(u.Value, " /,"):
		u.warn(u.Value, "the name of an account has no blanks, commas or slashes in most directories; give the name alone, never its password")
	}
}
