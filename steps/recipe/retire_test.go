package recipe

import (
	"slices"
	"strings"
	"testing"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/region"
)

// TestRetireConnectors: every platform gets what deletes the old region's way
// out and what brings it back, and nothing that names the new one's hosts.
func TestRetireConnectors(t *testing.T) {
	want := map[steps.Platform][]string{
		steps.M365:         {"connectors-outbound-delete.ps1", "connectors-outbound-again.ps1", "spf-old-term.txt"},
		steps.OnPrem:       {"connectors-send-delete.ps1", "connectors-send-again.ps1", "spf-old-term.txt"},
		steps.HybridM365:   {"connectors-outbound-delete.ps1", "connectors-outbound-again.ps1", "connectors-send-delete.ps1", "connectors-send-again.ps1", "spf-old-term.txt"},
		steps.Google:       {"old-hosts.txt", "spf-old-term.txt"},
		steps.HybridGoogle: {"connectors-send-delete.ps1", "connectors-send-again.ps1", "old-hosts.txt", "spf-old-term.txt"},
		steps.Other:        {"old-hosts.txt", "spf-old-term.txt"},
	}
	for _, platform := range steps.Platforms {
		p := move
		p.Platform = platform
		f := factsOf(p, nil)
		task := RetireConnectors(f)
		var files []string
		for _, s := range task.Snippets {
			files = append(files, s.File)
			for _, h := range append(append(append([]string{}, f.Target.Outbound...), f.Target.OutboundM365...), f.Target.Journal...) {
				if strings.Contains(string(s.Text), h) {
					t.Errorf("%s: %s names the new host %s", platform, s.File, h)
				}
			}
		}
		if !slices.Equal(files, want[platform]) || task.Who != check.WhoTPOC {
			t.Errorf("%s: %v for %s, want %v", platform, files, task.Who, want[platform])
		}
		term := task.Snippets[len(task.Snippets)-1]
		if string(term.Text) != "include:eu._netblocks.mimecast.com\n" || !strings.Contains(string(term.Label), "include:au._netblocks.mimecast.com and all else stays") {
			t.Errorf("%s: %q %q", platform, term.Label, term.Text)
		}
	}
	for kind, file := range map[string]string{"postfix": "old-hosts.sh", "hosted_exchange": "provider-old-connector.txt", "domino": "old-hosts.txt"} {
		p := move
		p.Platform = steps.Other
		task := RetireConnectors(factsOf(p, map[string]string{"infra.other_kind": kind}))
		if task.Snippets[0].File != file || !strings.Contains(string(task.Snippets[0].Text), "eu-smtp-outbound-1.mimecast.com") {
			t.Errorf("%s: %+v", kind, task.Snippets)
		}
		if (task.Who == check.WhoProvider) != (kind == "hosted_exchange") {
			t.Errorf("%s is for %s", kind, task.Who)
		}
	}
}

// TestRetireRefusesFirst: a script deletes last, after the new connector was
// seen to be on, the old ones off or without a rule, and all of them kept.
func TestRetireRefusesFirst(t *testing.T) {
	for _, platform := range []steps.Platform{steps.M365, steps.OnPrem} {
		p := move
		p.Platform = platform
		f := factsOf(p, map[string]string{"journal.old_address": "journal@journal.acme.test"})
		scripts := append(RetireOutbound(f), RetireJournal(f)...)
		if len(scripts) != 4 {
			t.Fatalf("%s: %d scripts", platform, len(scripts))
		}
		for i, s := range scripts {
			text := string(s.Text)
			if strings.Count(text, "(") != strings.Count(text, ")") || strings.Count(text, "{") != strings.Count(text, "}") || !strings.HasPrefix(text, "& {\n") {
				t.Errorf("%s is not one block:\n%s", s.File, text)
			}
			if i%2 == 1 {
				if !strings.Contains(text, "Enabled = $false") || !strings.Contains(text, "Connector @settings") {
					t.Errorf("%s does not make it again, switched off:\n%s", s.File, text)
				}
				continue
			}
			last := -1
			for _, part := range []string{"$_.Name -ne $new", "$old = @(Get-", "throw", "Export-Clixml $before", "| ForEach-Object { Remove-"} {
				at := strings.LastIndex(text, part)
				if at < 0 || part != "$old = @(Get-" && at < last {
					t.Errorf("%s: %q stands out of order:\n%s", s.File, part, text)
				}
				last = at
			}
		}
		if mail, journal := string(scripts[0].Text), string(scripts[2].Text); !strings.Contains(mail, "$new = 'Mimecast outbound AU'") ||
			!strings.Contains(mail, "One of them is still on") || !strings.Contains(journal, "$new = 'Mimecast journal AU'") ||
			!strings.Contains(journal, "$address = 'journal@journal.acme.test'") || !strings.Contains(journal, "'eu-smtp-journal-1.mimecast.com'") {
			t.Errorf("%s:\n%s\n%s", platform, mail, journal)
		}
	}
}

// TestRetireUnknownHosts: where the table has no hosts of the old region the
// script asks for those that the connectors show.
func TestRetireUnknownHosts(t *testing.T) {
	p := move
	p.Platform, p.Source = steps.M365, "usb"
	f := factsOf(p, nil)
	if r, _ := region.Find("usb"); len(r.OutboundM365) > 0 {
		t.Fatal("the table now has hosts of usb for Microsoft 365")
	}
	text := string(RetireOutbound(f)[0].Text)
	if !strings.Contains(text, Unknown) || !strings.Contains(text, "if (-not \"$hosts\".Trim()) { throw ") || strings.Contains(text, "usb-smtp-outbound") {
		t.Error(text)
	}
	p.Source = "je"
	if s := RetireSPF(factsOf(p, nil)); len(s) != 1 || !strings.Contains(string(s[0].Text), Unknown) {
		t.Errorf("%+v", s)
	}
}
