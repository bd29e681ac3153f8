package gcp_test

import (
	"fmt"
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/format"
	ask "mxodus/steps/check/firewall/format/formattest"
	"mxodus/steps/check/firewall/format/gcp"
)

const id = gcp.ID

// one is a rule with some members changed or added, on a line of its own.
func one(change string) string {
	m := map[string]string{
		"name": `"r"`, "network": `"projects/p/global/networks/default"`, "direction": `"INGRESS"`, "priority": "1000", "kind": `"compute#firewall"`,
		"allowed": `[{"IPProtocol":"tcp","ports":["25"]}]`,
	}
	order := []string{"kind", "name", "network", "direction", "priority", "allowed"}
	for _, c := range strings.Split(change, ";") {
		if k, v, ok := strings.Cut(c, "="); ok {
			if _, there := m[k]; !there {
				order = append(order, k)
			}
			m[k] = v
		}
	}
	var parts []string
	for _, k := range order {
		if m[k] != "" {
			parts = append(parts, fmt.Sprintf("%q:%s", k, m[k]))
		}
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// list is a list of rules, the first in line 2.
func list(rules ...string) string { return "[\n" + strings.Join(rules, ",\n") + "\n]\n" }

const (
	provider = `sourceRanges=["103.13.69.0/24"]`
	deny     = `allowed=;denied=[{"IPProtocol":"tcp","ports":["25"]}]`
)

func instance(addr, tags string) string {
	return fmt.Sprintf(`{"kind":"compute#instance","name":"i","networkInterfaces":[{"network":"https://x/compute/v1/projects/p/global/networks/default","networkIP":%q}],"tags":{"items":[%s]},"serviceAccounts":[{"email":"a@b"}]}`+"\n", addr, tags)
}

func TestSemantics(t *testing.T) {
	all := `sourceRanges=["0.0.0.0/0"]`
	ask.Run(t, id, []ask.Case{
		ask.Is("allow", list(one(provider)), ask.Mail(), "permit", 2, ""),
		ask.Is("implied deny", list(one(provider)), ask.Mail(ask.From("103.13.68.9")), "deny", 0, ""),
		ask.Is("half a range", list(one(`sourceRanges=["103.13.69.0/25"]`)), ask.Mail(ask.From("103.13.69.128")), "deny", 0, ""),
		ask.Is("implied allow out", list(one(provider)), ask.Mail(ask.Out), "permit", 0, ""),
		ask.Is("out denied", list(one(`direction="EGRESS";`+deny+`;destinationRanges=["103.13.69.0/24"]`)), ask.Mail(ask.Out), "deny", 2, ""),
		ask.Is("out denied to all, by default", list(one(`direction="EGRESS";`+deny)), ask.Mail(ask.Out), "deny", 2, ""),
		ask.Is("the lower number first", list(one(all), one(deny+";priority=900;"+all)), ask.Mail(), "deny", 3, ""),
		ask.Is("not the order of the file", list(one(deny+";"+all), one(provider+";priority=999")), ask.Mail(), "permit", 3, ""),
		ask.Is("deny first at one number", list(one(all), one(deny+";"+all)), ask.Mail(), "deny", 3, ""),
		ask.Is("disabled", list(one(all+";disabled=true")), ask.Mail(), "deny", 0, ""),
		ask.Is("a disabled deny", list(one(deny+";priority=1;disabled=true"), one(all)), ask.Mail(), "permit", 3, ""),
		ask.Is("logging", list(one(all+`;logConfig={"enable":true}`)), ask.Mail(), "permit", 2, ""),
		ask.Is("port range", list(one(all+`;allowed=[{"IPProtocol":"tcp","ports":["20-30"]}]`)), ask.Mail(), "permit", 2, ""),
		ask.Is("other ports", list(one(all+`;allowed=[{"IPProtocol":"tcp","ports":["20-24","26"]}]`)), ask.Mail(), "deny", 0, ""),
		ask.Is("every protocol", list(one(all+`;allowed=[{"IPProtocol":"all"}]`)), ask.Mail(ask.Proto("udp")), "permit", 2, ""),
		ask.Is("by number", list(one(all+`;allowed=[{"IPProtocol":"6"}]`)), ask.Mail(), "permit", 2, ""),
		ask.Is("udp is not tcp", list(one(all)), ask.Mail(ask.Proto("udp")), "deny", 0, ""),
		ask.Is("ping", list(one(all+`;allowed=[{"IPProtocol":"icmp"}]`)), ask.Mail(ask.Proto("icmp"), ask.DPort(8)), "permit", 2, ""),
		ask.Is("protocol that is not known", list(one(all+`;allowed=[{"IPProtocol":"frob"}]`)), ask.Mail(), "unknown", 2, "protocol"),
		ask.Is("ports that are none", list(one(all+`;allowed=[{"IPProtocol":"tcp","ports":["x"]}]`)), ask.Mail(), "unknown", 2, "ports"),
		ask.Is("address that is none", list(one(`sourceRanges=["x"]`)), ask.Mail(), "unknown", 2, "address"),
		ask.Is("priority that is none", list(one(all), one(deny+`;priority="x";`+all)), ask.Mail(), "unknown", 3, "priority"),
		ask.Is("to the server", list(one(all+`;destinationRanges=["10.0.0.25/32"]`)), ask.Mail(), "permit", 2, ""),
		ask.Is("to another", list(one(all+`;destinationRanges=["10.0.0.26/32"]`)), ask.Mail(), "deny", 0, ""),
		ask.Is("no source is any", list(one("")), ask.Mail(), "permit", 2, ""),
		ask.Is("v6", list(one(`sourceRanges=["2001:db8:1::/48"]`)), ask.Mail(ask.From("2001:db8:1::7"), ask.To("2001:db8:2::25")), "permit", 2, ""),
		ask.Is("v4 is not v6", list(one(all)), ask.Mail(ask.From("2001:db8:1::7"), ask.To("2001:db8:2::25")), "deny", 0, ""),
		ask.Is("a tag of the server, not told", list(one(all+`;targetTags=["mail"]`)), ask.Mail(), "unknown", 2, "mail"),
		ask.Is("a tag of the server", list(one(all+`;targetTags=["mail"]`))+instance("10.0.0.25", `"mail","x"`), ask.Mail(), "permit", 2, ""),
		ask.Is("not a tag of the server", list(one(all+`;targetTags=["web"]`))+instance("10.0.0.25", `"mail"`), ask.Mail(), "deny", 0, ""),
		ask.Is("a deny for others", list(one(deny+`;priority=1;targetTags=["web"];`+all), one(all))+instance("10.0.0.25", `"mail"`), ask.Mail(), "permit", 3, ""),
		ask.Is("an account of the server", list(one(all+`;targetServiceAccounts=["a@b"]`))+instance("10.0.0.25", ""), ask.Mail(), "permit", 2, ""),
		ask.Is("hosts by tag, from the internet", list(one(`sourceTags=["web"]`)), ask.Mail(), "deny", 0, ""),
		ask.Is("hosts by tag, from inside", list(one(`sourceTags=["web"]`)), ask.Mail(ask.From("10.0.0.80")), "unknown", 2, "web"),
		ask.Is("hosts by tag, in the file", list(one(`sourceTags=["web"]`))+instance("10.0.0.25", "")+instance("10.0.0.80", `"web"`), ask.Mail(ask.From("10.0.0.80")), "permit", 2, ""),
		ask.Is("range or tag", list(one(provider+`;sourceTags=["web"]`)), ask.Mail(), "permit", 2, ""),
		ask.Is("two networks", list(one(all), one(`network="projects/p/global/networks/other"`)), ask.Mail(), "permit", 0, ""),
		ask.Is("two networks differ", list(one(all), one(deny+`;network="projects/p/global/networks/other"`)), ask.Mail(), "unknown", 0, "in which network"),
		ask.Is("the server's network", list(one(all), one(deny+`;network="projects/p/global/networks/other"`))+instance("10.0.0.25", ""), ask.Mail(), "permit", 2, ""),
		ask.Is("the server's network is missing", list(one(all+`;network="projects/p/global/networks/other"`))+instance("10.0.0.25", ""), ask.Mail(), "unknown", 0, "not in the file"),
		ask.Is("by name", list(one(all), one(deny+`;network="projects/p/global/networks/other"`)), ask.Mail(ask.List("other ingress")), "deny", 3, ""),
		ask.Is("the file breaks off", list(one(all))+`[{"name":`, ask.Mail(), "unknown", 0, "could not be read"),
		ask.Is("passing through", list(one(all)), ask.Mail(func(p *firewall.Probe) { p.Dir = "fwd" }), "unknown", 0, "firewall of the network"),
	})
}

// policy is a policy whose first rule stands in its second line.
func policy(more string, rules ...string) string {
	return `{"kind":"compute#firewallPolicy","shortName":"base",` + more + `"rules":[` + "\n" + strings.Join(rules, ",\n") + "]}\n"
}

func prule(n int, action, match string) string {
	return fmt.Sprintf(`{"priority":%d,"action":%q,"direction":"INGRESS","match":{"layer4Configs":[{"ipProtocol":"tcp","ports":["25"]}],%s}}`, n, action, match)
}

func TestPolicies(t *testing.T) {
	open := one(`sourceRanges=["0.0.0.0/0"]`)
	src := `"srcIpRanges":["103.13.69.0/24"]`
	eff := func(pol string) string {
		return `{"firewallPolicys":[` + strings.TrimSpace(pol) + "],\n" + `"firewalls":[` + open + "]}\n"
	}
	const net = `"associations":[{"attachmentTarget":"https://x/projects/p/global/networks/default"}],`
	ask.Run(t, id, []ask.Case{
		ask.Is("the organization denies", eff(policy(`"type":"HIERARCHY",`, prule(1, "deny", src))), ask.Mail(), "deny", 2, ""),
		ask.Is("the organization leaves it", eff(policy(`"type":"HIERARCHY",`, prule(1, "goto_next", src), prule(2, "deny", src))), ask.Mail(), "permit", 4, ""),
		ask.Is("other addresses", eff(policy(`"type":"HIERARCHY",`, prule(1, "deny", `"srcIpRanges":["192.0.2.0/24"]`))), ask.Mail(), "permit", 3, ""),
		ask.Is("the network's policy comes last", eff(policy(`"type":"NETWORK",`, prule(1, "deny", src))), ask.Mail(), "permit", 3, ""),
		ask.Is("the network's policy comes first", `{"name":"default","selfLink":"https://x/projects/p/global/networks/default","networkFirewallPolicyEnforcementOrder":"BEFORE_CLASSIC_FIREWALL"}`+"\n"+eff(policy(`"type":"NETWORK",`, prule(1, "deny", src))), ask.Mail(), "deny", 3, ""),
		ask.Is("inspection", eff(policy(`"type":"HIERARCHY",`, prule(1, "apply_security_profile_group", src))), ask.Mail(), "unknown", 2, "apply_security_profile_group"),
		ask.Is("countries", eff(policy(`"type":"HIERARCHY",`, prule(1, "deny", `"srcRegionCodes":["US"]`))), ask.Mail(), "unknown", 2, "srcRegionCodes"),
		ask.Is("secure tags", eff(policy(`"type":"HIERARCHY",`, strings.Replace(prule(1, "deny", src), `"match"`, `"targetSecureTags":[{"name":"t"}],"match"`, 1))), ask.Mail(), "unknown", 2, "secure tag"),
		ask.Is("another network", eff(policy(`"type":"HIERARCHY",`, strings.Replace(prule(1, "deny", src), `"match"`, `"targetResources":["https://x/projects/p/global/networks/other"],"match"`, 1))), ask.Mail(), "permit", 0, ""),
		ask.Is("disabled", eff(policy(`"type":"HIERARCHY",`, strings.Replace(prule(1, "deny", src), `"match"`, `"disabled":true,"match"`, 1))), ask.Mail(), "permit", 0, ""),
		ask.Is("a policy that may be above", list(open)+policy(`"parent":"organizations/1","associations":[{"attachmentTarget":"folders/1"}],`, prule(1, "deny", src)), ask.Mail(), "unknown", 0, "holds for the mail server"),
		ask.Is("a policy of the network", list(one(`sourceRanges=["192.0.2.0/24"]`))+policy(net, prule(1, "allow", src)), ask.Mail(), "permit", 5, ""),
	})
}

func TestSamples(t *testing.T) {
	for name, leak := range map[string][2]string{
		"rules.json":     {`"disabled": true`, `"disabled": false`},
		"effective.json": {`"disabled": true`, `"disabled": false`},
		"commands.sh":    {"--allow tcp:443\n", "--allow tcp:25\n"},
	} {
		text := ask.Sample(t, name)
		if rep := ask.Report(t, id, text); rep.Verdict != firewall.Proven || len(rep.Problems) > 0 {
			t.Errorf("%s: %s\n%v", name, rep.Text(), rep.Problems)
		}
		rep := ask.Report(t, id, strings.ReplaceAll(text, leak[0], leak[1]))
		if rep.Lockdown.Verdict != firewall.Disproven || len(rep.Leaks) == 0 || !strings.Contains(rep.Leaks[0].Fix.Copy, "gcloud compute firewall-rules create") {
			t.Errorf("%s with %s: %s", name, leak[1], rep.Text())
		}
	}
	text := ask.Sample(t, "rules.json")
	if v, at := ask.Ask(t, id, text, ask.Mail()), ask.LineOf(t, text, `"name": "allow-mimecast"`, 1); v.Line != at || v.Verdict != "permit" {
		t.Errorf("%+v, want line %d", v, at)
	}
}

func TestCommands(t *testing.T) {
	const make = "gcloud compute firewall-rules create in --allow=tcp:25 --source-ranges=103.13.69.0/24\n"
	ask.Run(t, id, []ask.Case{
		ask.Is("new", make, ask.Mail(), "permit", 1, ""),
		ask.Is("new, others", make, ask.Mail(ask.From("192.0.2.1")), "deny", 0, ""),
		ask.Is("deleted", make+"gcloud compute firewall-rules delete in --quiet\n", ask.Mail(), "deny", 0, ""),
		ask.Is("disabled", make+"gcloud compute firewall-rules update in --disabled\n", ask.Mail(), "deny", 0, ""),
		ask.Is("deny before", make+"gcloud compute firewall-rules create no --action=DENY --rules=all --priority=1\n", ask.Mail(), "deny", 2, ""),
		ask.Is("option that is not known", make+"gcloud compute firewall-rules create no --action=DENY --rules=all --priority=1 --frob=1\n", ask.Mail(), "unknown", 2, "--frob"),
		ask.Is("a policy by command", make+"gcloud compute firewall-policies rules create 1 --action=deny\n", ask.Mail(), "unknown", 2, "could not be read"),
		ask.Is("behind a list", list(one(deny))+"gcloud compute firewall-rules create in --network=default --allow tcp:25 --priority 5\n", ask.Mail(), "permit", 4, ""),
	})
}

func TestWriteInto(t *testing.T) {
	for name, text := range map[string]string{
		"nothing": list(one(`sourceRanges=["192.0.2.0/24"]`)), "everybody": list(one(`sourceRanges=["0.0.0.0/0"]`)), "nobody": list(one(deny + ";priority=7")),
		"nothing goes out": list(one(`direction="EGRESS";priority=20;` + deny)), "commands": ask.Sample(t, "commands.sh"), "effective": ask.Sample(t, "effective.json"),
	} {
		t.Run(name, func(t *testing.T) { ask.WriteInto(t, id, text) })
	}
	f, _ := firewall.FormatByID(id)
	s, err := f.Write(format.Job{Flows: ask.Flows(), Host: true})
	if err != nil || !strings.Contains(strings.Join(s.Notes, " "), "NETWORK") {
		t.Errorf("%+v %v", s, err)
	}
	if v := ask.Ask(t, id, s.Text, ask.Mail(ask.DPort(443))); v.Verdict != "deny" {
		t.Errorf("the rest is to stay as it is: %+v", v)
	}
	set, err := firewall.Read("", []byte(list(one("priority=1"))), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(format.Job{Flows: ask.Flows(), Set: set}); err == nil || !strings.Contains(err.Error(), "priorities") {
		t.Errorf("no priority is free, but %v", err)
	}
	if _, err := f.Write(format.Job{Flows: ask.Flows(), Set: set, Chain: "policy base ingress"}); err == nil || !strings.Contains(err.Error(), "policy base") {
		t.Error(err)
	}
}

func TestMetamorphic(t *testing.T) {
	a := list(one(provider), one(deny+";priority=2000"))
	b := list(one(`name="zz";sourceRanges=["103.13.69.128/25","103.13.69.0/25"]`), one(`name="a";`+deny+";priority=2000"))
	for _, from := range []string{"103.13.69.0", "103.13.69.127", "103.13.69.128", "103.13.69.255", "103.13.68.255", "103.13.70.0"} {
		x, y := ask.Ask(t, id, a, ask.Mail(ask.From(from))), ask.Ask(t, id, b, ask.Mail(ask.From(from)))
		if x.Verdict != y.Verdict || x.Line != y.Line {
			t.Errorf("%s: %+v and %+v", from, x, y)
		}
	}
}

func TestCorpus(t *testing.T) { ask.Corpus(t, "../../../../../../shared/corpus/firewall", id, "") }

func TestScale(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	rules := make([]string, 0, 10000)
	for i := range 9999 {
		rules = append(rules, one(fmt.Sprintf(`name="r%d";priority=%d;sourceRanges=["10.%d.%d.0/24"]`, i, i, i/256, i%256)))
	}
	text := list(append(rules, one(provider+";priority=60000"))...)
	ask.Swift(t, id, text, 10001)
}

func FuzzRead(f *testing.F) {
	ask.Seeds(f, "gcloud compute firewall-rules create 'a --priority\n")
	f.Fuzz(func(t *testing.T, text string) { ask.Sound(t, id, text) })
}
