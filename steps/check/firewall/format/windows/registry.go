package windows

import (
	"strings"

	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

var (
	regKey    = pattern.New(`^\[?(HKEY_[A-Z_]+\\[^\]]+)\]?$`)
	regValue  = pattern.New(`^"((?:[^"\\]|\\.)*)"=(.*)$`)
	regQuery  = pattern.New(`^\s{4}(\S.*?)\s{4}(REG_SZ|REG_DWORD)\s{4}(.*)$`)
	regRule   = pattern.New(`^v\d+\.\d+\|`)
	regInside = pattern.New(`(?i)\\(FirewallPolicy|WindowsFirewall)(\\|$)`)
)

// readRegistry reads what "reg export" and "reg query" print of the keys
// FirewallPolicy and WindowsFirewall ([MS-GPFAS] 2.2.2).
func (f *file) readRegistry(lines []source.Line) {
	key := ""
	for _, l := range lines {
		text := strings.TrimRight(l.Text, " \t")
		if m := regKey.FindStringSubmatch(strings.TrimSpace(text)); m != nil {
			key = strings.ToLower(m[1])
			f.keep(l.Number, text, true)
			continue
		}
		name, value, ok := regEntry(text)
		switch {
		case !ok:
			f.keep(l.Number, text, true)
			continue
		case regRule.MatchString(value):
			f.keep(l.Number, text, f.regRule(l.Number, key, name, value))
		default:
			f.regSetting(l.Number, key, name, value)
			f.keep(l.Number, text, true)
		}
	}
}

// regEntry reads "name"=value of an export, or a line of a query.
func regEntry(text string) (name, value string, ok bool) {
	if m := regQuery.FindStringSubmatch(text); m != nil {
		return m[1], m[3], true
	}
	m := regValue.FindStringSubmatch(text)
	if m == nil {
		return "", "", false
	}
	value = m[2]
	if strings.HasPrefix(value, `"`) {
		value = strings.TrimSuffix(value[1:], `"`)
		value = strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(value)
	}
	return m[1], value, true
}

// number reads dword:00000001 and 0x1.
func number(v string) string {
	v = strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(v), "dword:"), "0x")
	v = strings.TrimLeft(v, "0")
	if v == "" {
		return "0"
	}
	return v
}

func (f *file) regSetting(line int, key, name, value string) {
	var which profile
	switch {
	case !regInside.MatchString(key):
		return
	case strings.HasSuffix(key, `\domainprofile`):
		which = domain
	case strings.HasSuffix(key, `\standardprofile`), strings.HasSuffix(key, `\privateprofile`):
		which = private
	case strings.HasSuffix(key, `\publicprofile`):
		which = public
	default:
		return
	}
	s := f.profiles[which]
	if s == nil {
		s = &settings{line: line, known: true, inTold: true, outTold: true} // what is not set is as from the start
		f.profiles[which] = s
	}
	v := number(value)
	switch strings.ToLower(name) {
	case "enablefirewall":
		s.off = v == "0"
	case "defaultinboundaction":
		s.allowIn = v == "0"
	case "defaultoutboundaction":
		s.blockOut = v == "1"
	case "donotallowexceptions":
		s.shut = v == "1"
	case "allowlocalpolicymerge":
		s.groupOnly = v == "0"
	case "disabledinterfaces":
		if value != "" {
			s.openInterfaces = append(s.openInterfaces, value)
		}
	}
}

// regRule reads one rule: v2.30|Action=Allow|Active=TRUE|Dir=In|...
func (f *file) regRule(line int, key, name, value string) bool {
	r := &rule{line: line, name: name, action: allow, source: "Local"} // without Active=TRUE a rule is off
	if strings.Contains(key, `\policies\`) {
		r.source = "GroupPolicy"
	}
	var profiles []string
	known := true
	for _, field := range strings.Split(value, "|")[1:] {
		k, v, ok := strings.Cut(field, "=")
		if !ok {
			continue
		}
		if k == "Profile" {
			profiles = append(profiles, v)
			continue
		}
		if !r.regField(k, v) {
			known = false
			r.doubt = "the field " + source.Redact(k) + " of the rule in line " + itoa(line) + ", which is not known here"
		}
	}
	r.setProfiles(profiles)
	f.rules = append(f.rules, r)
	return known
}

// regField takes one field; false when it is not known.
func (r *rule) regField(k, v string) bool {
	switch k {
	case "Action":
		r.setAction(v)
	case "Active":
		r.enabled = strings.EqualFold(v, "TRUE")
	case "Dir":
		r.out = strings.EqualFold(v, "Out")
	case "Protocol":
		r.protocol = v
	case "LPort", "LPort2_10":
		r.localPort = append(r.localPort, v)
	case "RPort", "RPort2_10":
		r.remotePort = append(r.remotePort, v)
	case "LA4", "LA6":
		r.local = append(r.local, v)
	case "RA4", "RA6", "RA42", "RA62":
		r.remote = append(r.remote, v)
	case "ICMP4", "ICMP6":
		r.icmp = append(r.icmp, strings.TrimSuffix(v, ":*"))
	case "App":
		r.program = v
	case "Svc":
		r.service = v
	case "AppPkgId":
		r.pkg = v
	case "Name":
		r.display = v
	case "IFType":
		r.interfaceTypes = append(r.interfaceTypes, v)
	case "IF":
		r.secure = append(r.secure, "one interface ("+source.Redact(v)+")")
	default:
		return r.regOther(k)
	}
	return true
}

// regOther takes fields that decide nothing, and those of IPsec and users.
func (r *rule) regOther(k string) bool {
	switch k {
	case "Desc", "EmbedCtxt", "Edge", "Defer", "LSM", "Platform", "Platform2", "SkipVer", "TTK", "TTK2_22", "TTK2_27", "TTK2_28", "PFN", "Log", "NNm", "AuthByPassOut":
	case "Security", "Security2", "Security2_9":
		r.secure = append(r.secure, ipsec)
	case "RMauth", "RUAuth", "LUAuth", "LUAuth2_24":
		r.secure = append(r.secure, sender)
	case "LUOwn":
		if r.pkg == "" {
			r.secure = append(r.secure, "which user runs the program")
		}
	case "RA4Key", "RA6Key", "DynKeyAddr":
		r.secure = append(r.secure, elsewhere)
	default:
		return false
	}
	return true
}
