package checkpoint_test

import (
	"strings"
	"testing"

	ft "mxodus/steps/check/firewall/format/formattest"
)

// office lets the platform in to a private mail server, whose NAT rules follow.
func office(nat string) string {
	return `{"uid":"L","name":"Network","rulebase":[
{"uid":"1","type":"access-rule","name":"Mail in","rule-number":1,"enabled":true,"source":["g"],"destination":["ex","pub"],"service":["smtp"],"action":"acc"},
{"uid":"2","type":"access-rule","name":"Mail out","rule-number":2,"enabled":true,"source":["ex"],"destination":["g"],"service":["smtp"],"action":"acc"},
{"uid":"3","type":"access-rule","name":"Cleanup","rule-number":3,"enabled":true,"source":["any"],"destination":["any"],"service":["any"],"action":"drop"}],
"objects-dictionary":[{"uid":"any","name":"Any","type":"CpmiAnyObject"},{"uid":"acc","name":"Accept","type":"RulebaseAction"},{"uid":"drop","name":"Drop","type":"RulebaseAction"},
{"uid":"orig","name":"Original","type":"Global"},{"uid":"smtp","name":"smtp","type":"service-tcp","port":"25"},{"uid":"https","name":"https","type":"service-tcp","port":"443"},
{"uid":"g","name":"Platform","type":"group","members":["n1","n2"]},
{"uid":"n1","name":"n1","type":"network","subnet4":"103.13.69.0","mask-length4":24},{"uid":"n2","name":"n2","type":"network","subnet4":"124.47.150.0","mask-length4":24},
{"uid":"dyn","name":"mail.example.com","type":"dns-domain"},
{"uid":"ex","name":"EXCH","type":"host","ipv4-address":"10.0.0.25"},{"uid":"pub","name":"PUB","type":"host","ipv4-address":"203.0.113.25"}],"from":1,"to":3,"total":3}
` + nat
}

const (
	natHead  = `{"uid":"S","name":"Standard","rulebase":[` + "\n"
	natOut   = `{"uid":"o","type":"nat-rule","rule-number":1,"method":"static","enabled":true,"original-source":"ex","original-destination":"any","original-service":"any","translated-source":"pub","translated-destination":"orig","translated-service":"orig"}`
	natIn    = `{"uid":"i","type":"nat-rule","rule-number":2,"method":"static","enabled":true,"original-source":"any","original-destination":"pub","original-service":"any","translated-source":"orig","translated-destination":"ex","translated-service":"orig"}`
	natTail1 = "\n" + `],"from":1,"to":1,"total":1}`
	natTail2 = "\n" + `],"from":1,"to":2,"total":2}`
)

// TestNothingTranslatesIn: NAT rules that give the mail server a public source
// address, and lead nothing in to it, are not "mail comes in".
func TestNothingTranslatesIn(t *testing.T) {
	both := natHead + natOut + ",\n" + natIn + natTail2
	for name, c := range map[string]struct {
		nat  string
		want string
		why  string
	}{
		"translated in":   {both, "PROVEN", ""},
		"out alone":       {natHead + natOut + natTail1, "CANNOT TELL", "sends with 203.0.113.25 (line 12)"},
		"in is off":       {strings.Replace(both, `"rule-number":2,"method":"static","enabled":true`, `"rule-number":2,"method":"static","enabled":false`, 1), "CANNOT TELL", "sends with 203.0.113.25 (line 12)"},
		"no NAT rules":    {"", "PROVEN", ""},
		"out is off":      {strings.Replace(natHead+natOut+natTail1, `"enabled":true`, `"enabled":false`, 1), "PROVEN", ""},
		"private outside": {strings.Replace(natHead+natOut+natTail1, `"translated-source":"pub"`, `"translated-source":"ex"`, 1), "PROVEN", ""},
		"a page lacks":    {natHead + natOut + strings.Replace(natTail1, `"total":1`, `"total":600`, 1), "CANNOT TELL", "NAT rules that are not in the file"},
	} {
		r := ft.Check(t, office(c.nat), ft.Options("10.0.0.25"))
		if !strings.HasPrefix(r.Text(), c.want+":") || !strings.Contains(r.Text(), c.why) {
			t.Errorf("%s: want %s because %q\n%s", name, c.want, c.why, r.Text())
		}
	}
}

// TestOpenTranslation: where a translation leads is not told, so that what the
// rules say of the address before it decides nothing.
func TestOpenTranslation(t *testing.T) {
	nat := natHead + natOut + ",\n" + strings.Replace(natIn, `"translated-destination":"ex"`, `"translated-destination":"dyn"`, 1) + natTail2
	text := strings.Replace(office(nat), `"destination":["ex","pub"]`, `"destination":["ex"]`, 1)
	if v := judge(t, text, in("103.13.69.9", "203.0.113.25", 25)); v.Verdict != "unknown" || !strings.Contains(v.Why, "mail.example.com") {
		t.Errorf("%+v", v)
	}
}
