package checkpoint_test

import (
	"strings"
	"testing"
)

// TestGatewaysBesideTheRules holds that a stealth rule is decided once the
// interfaces of the gateway are in the file, whichever answer comes first.
func TestGatewaysBesideTheRules(t *testing.T) {
	rules := `{"uid":"L","name":"Network","rulebase":[
{"uid":"1","type":"access-rule","name":"Stealth","rule-number":1,"enabled":true,"source":["any"],"destination":["gw"],"service":["any"],"action":"drop"},
{"uid":"2","type":"access-rule","name":"Mail","rule-number":2,"enabled":true,"source":["any"],"destination":["ex"],"service":["any"],"action":"acc"}],
"objects-dictionary":[{"uid":"any","name":"Any","type":"CpmiAnyObject"},{"uid":"acc","name":"Accept","type":"RulebaseAction"},{"uid":"drop","name":"Drop","type":"RulebaseAction"},
{"uid":"ex","name":"Exchange","type":"host","ipv4-address":"203.0.113.25"},
{"uid":"gw","name":"gw","type":"simple-gateway","domain":{"uid":"d"},"icon":"i","color":"red","comments":"","groups":[],"ipv4-address":"203.0.113.2"}],"from":1,"to":2,"total":2}
`
	gateways := `{"objects":[{"uid":"gw","name":"gw","type":"simple-gateway","ipv4-address":"203.0.113.2",
"interfaces":[{"interface-name":"eth0","ipv4-address":"203.0.113.2","ipv4-mask-length":24},{"interface-name":"eth1","ipv4-address":"10.0.0.1","ipv4-mask-length":24}]}],"from":1,"to":1,"total":1}
`
	mail, gw := in("103.13.69.9", "203.0.113.25", 25), in("103.13.69.9", "10.0.0.1", 25)
	if v := judge(t, rules, mail); v.Verdict != "unknown" || !strings.Contains(v.Why, "show gateways-and-servers") {
		t.Errorf("without the gateway's interfaces: %+v", v)
	}
	for _, text := range []string{rules + gateways, gateways + rules} {
		if v := judge(t, text, mail); v.Verdict != "permit" || !strings.Contains(v.Text, "Mail") {
			t.Errorf("mail: %+v", v)
		}
		if v := judge(t, text, gw); v.Verdict == "permit" {
			t.Errorf("the gateway: %+v", v)
		}
	}
}
