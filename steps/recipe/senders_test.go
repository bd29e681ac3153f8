package recipe

import (
	"slices"
	"strings"
	"testing"

	"mxodus/steps"
)

var scattered = map[string]string{
	steps.QOutboundIPs: "203.0.113.25\n203.0.113.26", "ip.additional": "203.0.113.40\n203.0.113.25", steps.QInbound: "203.0.113.10",
	"rv.method": "directory_ldap", "dir.host": "203.0.113.30", "journal.extra_source_ips": "203.0.113.50",
}

func TestSendersAreAllOfThemOnce(t *testing.T) {
	if got, want := Senders(factsOf(onPrem, scattered)), []string{"203.0.113.25", "203.0.113.26", "203.0.113.40"}; !slices.Equal(got, want) {
		t.Errorf("own servers: %v, want %v", got, want)
	}
	if got, want := Senders(factsOf(cloud, scattered)), []string{"203.0.113.40", "203.0.113.25"}; !slices.Equal(got, want) {
		t.Errorf("Microsoft 365 sends from none of its own: %v, want %v", got, want)
	}
	if got := Senders(factsOf(onPrem, nil)); len(got) > 0 {
		t.Errorf("none answered: %v", got)
	}
	terms := strings.Join(SPFTerms(factsOf(onPrem, scattered)), " ")
	for _, a := range Senders(factsOf(onPrem, scattered)) {
		if strings.Count(terms+" ", "ip4:"+a+" ") != 1 {
			t.Errorf("%s does not stand once in %s", a, terms)
		}
	}
}

// TestNetworkRequestNamesEachEnd: mail in, mail out and the directory have
// hosts of their own.
func TestNetworkRequestNamesEachEnd(t *testing.T) {
	f := factsOf(onPrem, scattered)
	text := string(NetworkRequest(f, f.Target.Prefixes()).Text)
	for _, want := range []string{
		"Mail is to reach:\n  203.0.113.10\n\n",
		"Mail is sent from:\n  203.0.113.25\n  203.0.113.26\n  203.0.113.40\n\n",
		"Journal copies are sent from these as well:\n  203.0.113.50\n\n",
		"The directory is asked at:\n  203.0.113.30\n\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	plain := string(NetworkRequest(factsOf(onPrem, nil), nil).Text)
	if strings.Contains(plain, "directory is asked") || !strings.Contains(plain, "Mail is sent from:\n  our mail server\n") {
		t.Errorf("nothing answered:\n%s", plain)
	}
	table, ok := RuleTable(f, f.Target.Prefixes()[:1])
	network := f.Target.Prefixes()[0].String()
	for _, want := range []string{
		"allow,in,tcp," + network + ",203.0.113.10,25\n", "allow,out,tcp,203.0.113.40," + network + ",25\n",
		"allow,in,tcp," + network + ",203.0.113.30,636\n",
	} {
		if !ok || !strings.Contains(string(table.Text), want) {
			t.Errorf("no %q in\n%s", want, table.Text)
		}
	}
	if strings.Contains(string(table.Text), "203.0.113.40,25\n") {
		t.Errorf("mail is let in to a host that only sends:\n%s", table.Text)
	}
}
