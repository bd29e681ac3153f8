package pfgui

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
)

// pair is one rule to be written: a flow between two addresses or networks.
type pair struct {
	flow     format.Flow
	src, dst string
	family   string
	out      bool // for packets as they leave, with the source that hides theirs
}

// pairs are the rules of a job, one for each two ends: no alias is needed.
func pairs(job format.Job) []pair {
	var out []pair
	o := from(job)
	done := map[string]bool{}
	for _, f := range job.Flows {
		for _, fam := range []ir.Family{ir.V4, ir.V6} {
			src, dst, ok := f.Of(fam)
			if !ok {
				continue
			}
			name := "inet"
			if fam == ir.V6 {
				name = "inet6"
			}
			for _, p := range format.Pairs(src, dst) {
				out = append(out, pair{flow: f, src: short(p.Src), dst: short(p.Dst), family: name})
				for _, s := range o.leaving(f, p) {
					if key := fmt.Sprint(s, p.Dst, f.Proto, f.Port); !done[key] {
						done[key] = true
						out = append(out, pair{f, s, short(p.Dst), name, true})
					}
				}
			}
		}
	}
	return out
}

// leavingNote says why there are rules for another source.
func leavingNote(list []pair) []string {
	if !slices.ContainsFunc(list, func(p pair) bool { return p.out }) {
		return nil
	}
	return []string{"The rules of the direction out name the address that outbound NAT gives the mail server: rules are asked again as packets leave, and see that address."}
}

// short is a network as the vendors write it; "" is any.
func short(p netip.Prefix) string {
	if !p.IsValid() {
		return ""
	}
	return format.Short(p)
}

// WritePfSense writes rules as config.xml has them. They are floating and
// quick, so that they decide before all others; those that refuse are for the
// interface of the internet alone.
func WritePfSense(job format.Job) (format.Script, error) {
	if err := narrow(job, "Firewall > NAT > Port Forward", "Filter rule association", "Source (Display Advanced)"); err != nil {
		return format.Script{}, err
	}
	wan := job.Outside
	if wan == "" {
		wan = "wan"
	}
	var b strings.Builder
	b.WriteString("<pfsense>\n\t<filter>\n")
	list := pairs(job)
	for _, p := range list {
		action, dir := "pass", "any"
		if p.flow.Deny {
			action, dir = "block", "in"
		} else if p.out {
			dir = "out"
		}
		b.WriteString("\t\t<rule>\n")
		line := func(name, value string) {
			fmt.Fprintf(&b, "\t\t\t<%s>", name)
			_ = xml.EscapeText(&b, []byte(value))
			fmt.Fprintf(&b, "</%s>\n", name)
		}
		line("type", action)
		if p.flow.Deny {
			line("interface", wan)
		}
		line("ipprotocol", p.family)
		line("floating", "yes")
		line("quick", "yes")
		line("direction", dir)
		line("protocol", p.flow.Proto)
		side(&b, "source", p.src, 0)
		side(&b, "destination", p.dst, p.flow.Port)
		line("descr", p.flow.Label)
		b.WriteString("\t\t</rule>\n")
	}
	b.WriteString("\t</filter>\n</pfsense>\n")
	s := format.Script{
		Text: b.String(),
		Undo: "Firewall > Rules > Floating: select the rules whose description begins with \"mxodus\", Delete, Apply Changes.\n",
		Notes: []string{
			"Diagnostics > Backup & Restore: download a backup of the area Firewall Rules, and keep a copy of it.",
			"In the file, put the <rule> elements of this text before the first <rule>, without <pfsense> and <filter> around them. Restoring the area replaces all rules by those of the file, so the file must hold the old ones too.",
			"Restore the file in the same area, then look at Firewall > Rules > Floating: the new rules are to stand first.",
			"Or enter each rule by hand under Firewall > Rules > Floating with these values: Action as in type, Quick ticked, Direction, Address Family, Protocol, Source, Destination and Destination Port.",
		},
	}
	if job.Outside == "" {
		s.Notes = append(s.Notes, "The interface of the internet is taken to be wan; change it in the rules that block if it is another.")
	}
	s.Notes = append(s.Notes, leavingNote(list)...)
	return s, nil
}

func side(b *strings.Builder, name, addr string, port uint16) {
	fmt.Fprintf(b, "\t\t\t<%s>\n", name)
	if addr == "" {
		b.WriteString("\t\t\t\t<any></any>\n")
	} else {
		fmt.Fprintf(b, "\t\t\t\t<address>%s</address>\n", addr)
	}
	if port > 0 {
		fmt.Fprintf(b, "\t\t\t\t<port>%d</port>\n", port)
	}
	fmt.Fprintf(b, "\t\t\t</%s>\n", name)
}

// WriteOPNsense writes calls of the programming interface, one for each rule.
// They add rules and touch no other. Rules that let through are floating; those
// that refuse are for the interface of the internet, unless a floating rule
// decides now, or one that lets through comes after.
func WriteOPNsense(job format.Job) (format.Script, error) {
	if err := narrow(job, "Firewall > NAT > Port Forward (newer versions: Destination NAT)", "Filter rule association (newer versions: Firewall rule)", "Source"); err != nil {
		return format.Script{}, err
	}
	wan := job.Outside
	if wan == "" {
		wan = "wan"
	}
	if job.Set != nil && job.Above.Line > 0 {
		if prio := from(job).order[job.Above.Line]; prio > 0 && prio < ifaceRules {
			wan = ""
		}
	}
	var b strings.Builder
	b.WriteString("#!/bin/sh\n# Set KEY and SECRET (System > Access > Users > API keys) and FIREWALL first.\n")
	list := pairs(job)
	last := 0 // rule that lets through
	for i, p := range list {
		if !p.flow.Deny {
			last = i
		}
	}
	for i, p := range list {
		rule := map[string]string{
			"enabled": "1", "sequence": strconv.Itoa(i + 1), "action": "pass", "quick": "1", "interface": "", "direction": "any",
			"ipprotocol": p.family, "protocol": strings.ToUpper(p.flow.Proto), "source_net": firstOf(p.src, "any"),
			"destination_net": firstOf(p.dst, "any"), "destination_port": strconv.Itoa(int(p.flow.Port)), "description": p.flow.Label,
		}
		if p.flow.Deny {
			rule["action"], rule["direction"], rule["interface"] = "block", "in", wan
			if i < last {
				rule["interface"] = "" // floating too, to come before those that let through after it
			}
		} else if p.out {
			rule["direction"] = "out"
		}
		text, err := json.Marshal(map[string]any{"rule": rule})
		if err != nil {
			return format.Script{}, fmt.Errorf("write rule %d: %w", i+1, err)
		}
		fmt.Fprintf(&b, "curl -s -u \"$KEY:$SECRET\" -H 'Content-Type: application/json' -d '%s' \"https://$FIREWALL/%s\"\n", text, addRule)
	}
	b.WriteString("curl -s -u \"$KEY:$SECRET\" -X POST \"https://$FIREWALL/api/firewall/filter/apply\"\n")
	s := format.Script{
		Text: b.String(),
		Undo: "for id in $(curl -s -u \"$KEY:$SECRET\" \"https://$FIREWALL/api/firewall/filter/searchRule?searchPhrase=mxodus&rowCount=-1\" | jq -r '.rows[].uuid'); do\n" +
			"  curl -s -u \"$KEY:$SECRET\" -X POST \"https://$FIREWALL/api/firewall/filter/delRule/$id\"\ndone\n" +
			"curl -s -u \"$KEY:$SECRET\" -X POST \"https://$FIREWALL/api/firewall/filter/apply\"\n",
		Notes: []string{
			"Run the script where the firewall's web interface can be reached; it adds rules, and changes none that is there. They appear under Firewall > Rules [new], in older versions Firewall > Automation > Filter.",
			"Or enter each rule there by hand with the values in its line. Rules with a lower sequence come first; rules there of the sequence 1 and up may have to be moved below.",
			"If the certificate of the web interface is its own, give curl its file with --cacert.",
		},
	}
	s.Notes = append(s.Notes, leavingNote(list)...)
	return s, nil
}
