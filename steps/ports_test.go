package steps

import (
	"strconv"
	"strings"
	"testing"
)

func TestPortNeeds(t *testing.T) {
	both := Profile{Journey: Connect, Service: Both, Platform: OnPrem}
	with := func(p Profile, platform Platform) Profile { p.Platform = platform; return p }
	for _, c := range []struct {
		what    string
		p       Profile
		answers map[string]string
		step    string
		want    string
	}{
		{"everything, nothing answered", both, nil, "", "smtp-in< smtp-out> journal-out> https-out>"},
		{"hosted", with(both, M365), map[string]string{"rv.method": "directory_ldap"}, "", ""},
		{"platform not known yet", with(both, ""), nil, "", "smtp-in< smtp-out> journal-out> https-out>"},
		{"archiving alone", Profile{Journey: Connect, Service: Archiving, Platform: OnPrem}, nil, "", "journal-out> https-out>"},
		{"security track", Profile{Journey: Migrate, Track: Security, Platform: Other}, nil, MigrateFirewall, "smtp-in< smtp-out> https-out>"},
		{"archive track", Profile{Journey: Migrate, Track: Archive, Platform: HybridM365}, nil, MigrateFirewall, "journal-out> https-out>"},
		{"dynamic address", both, map[string]string{"ip.outbound_dynamic": "yes"}, ConnectOutbound, "smtp-auth-out>"},
		{"outbound", both, nil, ConnectOutbound, "smtp-out>"},
		{"inbound", both, nil, ConnectInbound, "smtp-in<"},
		{"lock-down", both, nil, ConnectLockdown, "smtp-in<"},
		{"recipients over LDAPS", both, map[string]string{"rv.method": "directory_ldap"}, ConnectRecipients, "journal-out> ldaps-in<"},
		{"recipients over LDAP", both, map[string]string{"rv.method": "domino_ldap", "dir.tls": "no"}, ConnectRecipients, "journal-out> ldap-in<"},
		{"global catalogue", both, map[string]string{"rv.method": "directory_ldap", "dir.port": "3269"}, ConnectRecipients, "journal-out> gc-in<"},
		{"synchronization engine", both, map[string]string{"rv.method": "sync_engine"}, ConnectRecipients, "journal-out> mse-out>"},
		{"POP3 journal", both, map[string]string{"journal.method": "pop3"}, ConnectRecipients, "journal-pop-in<"},
		{"call forward where mail does not move", Profile{Journey: Connect, Service: Archiving, Platform: OnPrem}, map[string]string{"rv.check": "acme.com smtp_call_forward"}, ConnectRecipients, "journal-out> smtp-cf-in<"},
		{"a step without ports", both, nil, ConnectRFI, ""},
	} {
		a := Answers{}
		for q, v := range c.answers {
			a[q] = Answer{Value: v}
		}
		var got []string
		for _, n := range (Facts{Profile: c.p, Answers: a}).PortNeeds(c.step) {
			arrow := ">"
			if n.In {
				arrow = "<"
			}
			got = append(got, n.ID+arrow)
			if n.Proto != "tcp" || n.Port == 0 || !strings.HasSuffix(n.Label, " "+strconv.Itoa(int(n.Port))) {
				t.Errorf("%s: %+v", c.what, n)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
}

func TestDirectoryPort(t *testing.T) {
	for _, c := range []struct {
		port, tls string
		id        string
		want      uint16
	}{
		{"", "", "ldaps-in", 636},
		{"", "no", "ldap-in", 389},
		{"389", "yes", "ldap-in", 389},
		{"636", "yes", "ldaps-in", 636},
		{"1636", "yes", "ldaps-in", 1636},
		{"1389", "no", "ldap-in", 1389},
		{"3268", "no", "gc-in", 3268},
		{"70000", "yes", "ldaps-in", 636},
		{"x", "", "ldaps-in", 636},
	} {
		got := directoryNeed(Facts{Answers: Answers{"dir.port": {Value: c.port}, "dir.tls": {Value: c.tls}}})
		if got.ID != c.id || got.Port != c.want || !got.In {
			t.Errorf("port %q, tls %q: %+v, want %s on %d", c.port, c.tls, got, c.id, c.want)
		}
	}
}
