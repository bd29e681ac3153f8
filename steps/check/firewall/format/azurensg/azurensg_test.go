package azurensg_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/format/azurensg"
	ask "mxodus/steps/check/firewall/format/formattest"
)

const id = azurensg.ID

// one is a security rule with some members changed, on a line of its own.
func one(change string) string {
	m := map[string]string{
		"name": `"r"`, "access": `"Allow"`, "direction": `"Inbound"`, "priority": "200", "protocol": `"Tcp"`, "sourceAddressPrefix": `"*"`, "sourcePortRange": `"*"`,
		"destinationAddressPrefix": `"*"`, "destinationPortRange": `"25"`,
	}
	order := []string{"name", "access", "direction", "priority", "protocol", "sourceAddressPrefix", "sourcePortRange", "destinationAddressPrefix", "destinationPortRange"}
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
		parts = append(parts, fmt.Sprintf("%q:%s", k, m[k]))
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// nsg is a group; its first rule stands in line 2.
func nsg(rules ...string) string {
	return `{"name":"nsg1","securityRules":[` + "\n" + strings.Join(rules, ",\n") + "\n]}\n"
}

func named(name, more string, rules ...string) string {
	return fmt.Sprintf(`{"name":%q,"id":"/x/networkSecurityGroups/%s",%s"securityRules":[`+"\n", name, name, more) + strings.Join(rules, ",\n") + "\n]}\n"
}

const (
	provider = `sourceAddressPrefix="103.13.69.0/24"`
	onNIC    = `"subnets":null,"networkInterfaces":[{"id":"/x/networkInterfaces/n1"}],`
	onSubnet = `"subnets":[{"id":"/x/subnets/s1"}],"networkInterfaces":[],`
	onNone   = `"subnets":null,"networkInterfaces":null,`
)

func TestSemantics(t *testing.T) {
	deny := one(`access="Deny";priority=100`)
	open := one("")
	ask.Run(t, id, []ask.Case{
		ask.Is("nothing comes in from the internet", nsg(), ask.Mail(), "deny", 0, "its policy"),
		ask.Is("everything goes out to the internet", nsg(), ask.Mail(ask.Out), "permit", 0, ""),
		ask.Is("from the network, perhaps", nsg(), ask.Mail(ask.From("10.0.0.7")), "unknown", 0, "private addresses are of the virtual network"),
		ask.Is("probes", nsg(), ask.Mail(ask.From("168.63.129.16")), "permit", 0, ""),
		ask.Is("allow", nsg(one(provider)), ask.Mail(), "permit", 2, ""),
		ask.Is("near miss", nsg(one(provider)), ask.Mail(ask.From("103.13.68.7")), "deny", 0, ""),
		ask.Is("half a range", nsg(one(`sourceAddressPrefix="103.13.69.0/25"`)), ask.Mail(ask.From("103.13.69.128")), "deny", 0, ""),
		ask.Is("the lower number first", nsg(open, deny), ask.Mail(), "deny", 3, ""),
		ask.Is("not the order of the file", nsg(deny, one(provider+";priority=99")), ask.Mail(), "permit", 3, ""),
		ask.Is("one number for both", nsg(one(""), one(`access="Deny"`)), ask.Mail(), "unknown", 0, "both have the priority"),
		ask.Is("list of sources", nsg(one(`sourceAddressPrefix=null;sourceAddressPrefixes=["192.0.2.0/24","103.13.69.0/24"]`)), ask.Mail(), "permit", 2, ""),
		ask.Is("null is any", nsg(one(`sourceAddressPrefix=null;destinationAddressPrefix=null;sourcePortRange=null`)), ask.Mail(), "permit", 2, ""),
		ask.Is("list of ports", nsg(one(`destinationPortRange=null;destinationPortRanges=["20-24","25"]`)), ask.Mail(), "permit", 2, ""),
		ask.Is("other ports", nsg(one(`destinationPortRange=null;destinationPortRanges=["20-24","26"]`)), ask.Mail(), "deny", 0, ""),
		ask.Is("source ports", nsg(one(`sourcePortRange="1024-2048"`)), ask.Mail(), "deny", 0, ""),
		ask.Is("any protocol", nsg(one(`protocol="*";destinationPortRange="*"`)), ask.Mail(ask.Proto("udp")), "permit", 2, ""),
		ask.Is("udp is not tcp", nsg(one(`protocol="Udp"`)), ask.Mail(), "deny", 0, ""),
		ask.Is("ping", nsg(one(`protocol="Icmp";destinationPortRange="*"`)), ask.Mail(ask.Proto("icmp"), ask.DPort(8)), "permit", 2, ""),
		ask.Is("esp", nsg(one(`protocol="Esp";destinationPortRange="*"`)), ask.Mail(ask.Proto("esp")), "permit", 2, ""),
		ask.Is("a protocol that is not known", nsg(one(`protocol="Frob"`)), ask.Mail(), "unknown", 2, "protocol"),
		ask.Is("the private address", nsg(one(`destinationAddressPrefix="10.0.0.25/32"`)), ask.Mail(), "permit", 2, ""),
		ask.Is("another host", nsg(one(`destinationAddressPrefix="10.0.0.26"`)), ask.Mail(), "deny", 0, ""),
		ask.Is("to the network", nsg(one(`destinationAddressPrefix="VirtualNetwork"`)), ask.Mail(), "permit", 2, ""),
		ask.Is("to the internet is not in", nsg(one(`destinationAddressPrefix="Internet"`)), ask.Mail(), "deny", 0, ""),
		ask.Is("from the internet", nsg(one(`sourceAddressPrefix="Internet"`)), ask.Mail(), "permit", 2, ""),
		ask.Is("from the internet, a private address", nsg(one(`sourceAddressPrefix="Internet"`)), ask.Mail(ask.From("10.9.9.9")), "unknown", 2, "private"),
		ask.Is("from the network, a public address", nsg(one(`sourceAddressPrefix="VirtualNetwork"`)), ask.Mail(), "deny", 0, ""),
		ask.Is("another tag", nsg(one(`sourceAddressPrefix="AzureCloud"`)), ask.Mail(), "unknown", 2, "AzureCloud"),
		ask.Is("another tag of a region", nsg(one(`sourceAddressPrefix="Storage.AustraliaEast"`)), ask.Mail(), "unknown", 2, "Storage.AustraliaEast"),
		ask.Is("a tag after the deciding rule", nsg(one(provider), one(`sourceAddressPrefix="AzureCloud";priority=300`)), ask.Mail(), "permit", 2, ""),
		ask.Is("a tag beside the range", nsg(one(`sourceAddressPrefix=null;sourceAddressPrefixes=["AzureCloud","103.13.69.0/24"]`)), ask.Mail(), "permit", 2, ""),
		ask.Is("denied to a tag first", nsg(one(`access="Deny";priority=100;sourceAddressPrefix="AzureCloud"`), one(provider)), ask.Mail(), "unknown", 2, "AzureCloud"),
		ask.Is("tag, another port", nsg(one(`access="Deny";priority=100;sourceAddressPrefix="AzureCloud";destinationPortRange="80"`), one(provider)), ask.Mail(), "permit", 3, ""),
		ask.Is("application group on the other side", nsg(one(`sourceAddressPrefix=null;sourceApplicationSecurityGroups=[{"id":"/a/asg1"}]`)), ask.Mail(), "deny", 0, ""),
		ask.Is("application group, private", nsg(one(`sourceAddressPrefix=null;sourceApplicationSecurityGroups=[{"id":"/a/asg1"}]`)), ask.Mail(ask.From("10.3.3.3")), "unknown", 2, "asg1"),
		ask.Is("application group of the server", nsg(one(`destinationAddressPrefix=null;destinationApplicationSecurityGroups=[{"id":"/a/asg1"}]`)), ask.Mail(), "unknown", 2, "asg1"),
		ask.Is("outbound", nsg(one(`direction="Outbound";access="Deny";destinationAddressPrefix="Internet"`)), ask.Mail(ask.Out), "deny", 2, ""),
		ask.Is("outbound is not inbound", nsg(one(`direction="Outbound"`)), ask.Mail(), "deny", 0, ""),
		ask.Is("direction not known", nsg(one(`direction="Sideways"`)), ask.Mail(), "unknown", 2, "direction"),
		ask.Is("access not known", nsg(one(`access="Perhaps"`)), ask.Mail(), "unknown", 2, "allows"),
		ask.Is("priority not known", nsg(one(`access="Deny";priority="x"`), open), ask.Mail(), "unknown", 2, "priority"),
		ask.Is("bad address", nsg(one(`sourceAddressPrefix="103.13.69.0/33"`)), ask.Mail(), "unknown", 2, "address"),
		ask.Is("bad port", nsg(one(`destinationPortRange="30-20"`)), ask.Mail(), "unknown", 2, "port"),
		ask.Is("in properties", `{"name":"n","properties":{"securityRules":[`+"\n"+`{"name":"r","properties":{"access":"Allow","direction":"Inbound","priority":100,"protocol":"TCP","sourceAddressPrefix":"103.13.69.0/24","sourcePortRange":"*","destinationAddressPrefix":"*","destinationPortRange":"25"}}]}}`, ask.Mail(), "permit", 2, ""),
		ask.Is("v6", nsg(one(`sourceAddressPrefix="2001:db8:1::/48"`)), ask.Mail(ask.From("2001:db8:1::7"), ask.To("2001:db8:2::25")), "permit", 2, ""),
		ask.Is("v6 is not v4", nsg(one(`sourceAddressPrefix="0.0.0.0/0"`)), ask.Mail(ask.From("2001:db8:1::7"), ask.To("2001:db8:2::25")), "deny", 0, ""),
		ask.Is("passing through", nsg(open), ask.Mail(func(p *firewall.Probe) { p.Dir = "fwd" }), "unknown", 0, "firewall of the virtual network"),
		ask.Is("by name", nsg(one(provider)), ask.Mail(ask.List("nsg1 inbound")), "permit", 2, ""),
		ask.Is("a file that breaks off", strings.TrimSuffix(nsg(one(provider)), "\n]}\n")+",\n{\"name\":", ask.Mail(), "unknown", 0, "could not be read"),
	})
}

func TestGroups(t *testing.T) {
	mail, none := one(provider), one(`access="Deny";priority=100;protocol="*";destinationPortRange="*"`)
	nic := `{"name":"n1","ipConfigurations":[{"privateIPAddress":"10.0.0.25","subnet":{"id":"/x/subnets/s1"}}],"networkSecurityGroup":{"id":"/x/networkSecurityGroups/b"}}` + "\n"
	other := `{"name":"n2","ipConfigurations":[{"privateIPAddress":"10.0.0.99","subnet":{"id":"/x/subnets/s2"}}],"networkSecurityGroup":null}` + "\n"
	ask.Run(t, id, []ask.Case{
		ask.Is("both allow", named("a", onSubnet, mail)+named("b", onNIC, mail), ask.Mail(), "permit", 5, ""),
		ask.Is("the subnet refuses", named("a", onSubnet, none)+named("b", onNIC, mail), ask.Mail(), "deny", 2, ""),
		ask.Is("the interface refuses", named("a", onSubnet, mail)+named("b", onNIC, none), ask.Mail(), "deny", 5, ""),
		ask.Is("out, the subnet refuses", named("a", onSubnet, one(`direction="Outbound";access="Deny"`))+named("b", onNIC), ask.Mail(ask.Out), "deny", 2, ""),
		ask.Is("two of one kind", named("a", onNIC, mail)+named("b", onNIC, none), ask.Mail(), "unknown", 0, "which of the security groups"),
		ask.Is("two of one kind agree", named("a", onNIC, mail)+named("b", onNIC, mail), ask.Mail(), "permit", 0, ""),
		ask.Is("one by name", named("a", onNIC, mail)+named("b", onNIC, none), ask.Mail(ask.List("b inbound")), "deny", 5, ""),
		ask.Is("one is attached to nothing", named("a", onNIC, mail)+named("b", onNone, none), ask.Mail(), "permit", 2, ""),
		ask.Is("neither is placed", named("a", "", mail)+named("b", "", none), ask.Mail(), "unknown", 0, "effective rules"),
		ask.Is("the interface is in the file", named("a", onSubnet, mail)+named("b", onNIC, mail)+named("c", onNIC, none)+nic, ask.Mail(), "permit", 5, ""),
		ask.Is("its subnet refuses", named("a", onSubnet, none)+named("b", onNIC, mail)+named("c", onNIC, mail)+nic, ask.Mail(), "deny", 2, ""),
		ask.Is("its subnet is not in the file", named("b", onNIC, mail)+nic, ask.Mail(), "unknown", 0, "the security group of the subnet"),
		ask.Is("another interface", named("a", onSubnet, mail)+named("b", onNIC, none)+other, ask.Mail(), "unknown", 0, "which of the security groups"),
	})
}

func TestEffective(t *testing.T) {
	text := ask.Sample(t, "effective.json")
	line := func(mark string, nth int) int { return ask.LineOf(t, text, mark, nth) }
	ask.Run(t, id, []ask.Case{
		ask.Is("in", text, ask.Mail(), "permit", line("/MimecastSMTP\"", 1), ""),
		ask.Is("others", text, ask.Mail(ask.From("9.9.9.9")), "deny", line("/DenySMTP\"", 1), ""),
		ask.Is("not of the tag", text, ask.Mail(ask.From("198.51.100.9"), ask.DPort(443)), "deny", 0, ""),
		ask.Is("of the network", text, ask.Mail(ask.From("10.0.9.9"), ask.DPort(22)), "permit", 0, ""),
		ask.Is("not of the network", text, ask.Mail(ask.From("10.1.9.9"), ask.DPort(22)), "deny", 0, ""),
		ask.Is("out", text, ask.Mail(ask.Out), "permit", 0, ""),
		ask.Is("managed", strings.Replace(text, `"networkManager": null`, `"networkManager": {"id":"/m"}`, 1), ask.Mail(), "unknown", 0, "Virtual Network Manager"),
	})
}

// TestSamples asks the whole question of each file, and again with a rule that
// lets everybody in.
func TestSamples(t *testing.T) {
	for name, x := range map[string]struct{ old, new, mark string }{
		"show.json":      {`"priority": 210`, `"priority": 4000`, ""},
		"list.json":      {`"access": "Deny"`, `"access": "Allow"`, "DenySMTP\""},
		"effective.json": {`"access": "Deny"`, `"access": "Allow"`, "DenySMTP\""},
		"template.json":  {`"access": "Deny"`, `"access": "Allow"`, "\"NoSMTP\""},
		"commands.sh":    {"az network nsg rule delete", "az network nsg rule show", "Everyone"},
	} {
		t.Run(name, func(t *testing.T) {
			text := ask.Sample(t, name)
			if rep := ask.Report(t, id, text); rep.Verdict != firewall.Proven || len(rep.Problems) > 0 {
				t.Errorf("%s\n%v", rep.Text(), rep.Problems)
			}
			if x.mark == "" {
				return
			}
			leaky := strings.Replace(text, x.old, x.new, -1)
			rep := ask.Report(t, id, leaky)
			if rep.Lockdown.Verdict != firewall.Disproven || len(rep.Leaks) == 0 {
				t.Fatalf("with %s: %s", x.new, rep.Text())
			}
			if at := strings.Split(leaky, "\n")[rep.Leaks[0].By.Line-1]; !strings.Contains(at, strings.Trim(x.mark, `"`)) {
				t.Errorf("the leak is laid to line %d: %s", rep.Leaks[0].By.Line, at)
			}
			if fix := rep.Leaks[0].Fix; !strings.Contains(fix.Copy, "az network nsg rule create") {
				t.Errorf("the fix is %+v", fix)
			}
		})
	}
}

func TestCommands(t *testing.T) {
	const make = "az network nsg rule create -g rg --nsg-name n -n in --priority 200 --protocol Tcp --destination-port-ranges 25\n"
	ask.Run(t, id, []ask.Case{
		ask.Is("new", make, ask.Mail(), "permit", 1, ""),
		ask.Is("port 80 where none is given", "az network nsg rule create -g rg --nsg-name n -n in --priority 200 --protocol Tcp\n", ask.Mail(), "deny", 0, ""),
		ask.Is("over two lines", "az network nsg rule create -g rg --nsg-name n -n in --priority 200 \\\n --destination-port-ranges 25 --source-address-prefixes 103.13.69.0/24\n", ask.Mail(ask.From("103.13.70.1")), "deny", 0, ""),
		ask.Is("taken away", make+"az network nsg rule delete -g rg --nsg-name n -n IN\n", ask.Mail(), "deny", 0, ""),
		ask.Is("changed", make+"az network nsg rule update -g rg --nsg-name n -n in --access Deny\n", ask.Mail(), "deny", 2, ""),
		ask.Is("moved", make+"az network nsg rule create -g rg --nsg-name n -n no --priority 300 --access Deny --destination-port-ranges '*'\naz network nsg rule update -g rg --nsg-name n -n in --priority 400\n", ask.Mail(), "deny", 2, ""),
		ask.Is("option that is not known", make+"az network nsg rule create -g rg --nsg-name n -n x --priority 100 --access Deny --frob 1 --destination-port-ranges 25\n", ask.Mail(), "unknown", 2, "--frob"),
		ask.Is("a command that is not known", make+"az network nsg frob -n x\n", ask.Mail(), "unknown", 2, "could not be read"),
		ask.Is("prompt", "me@shell:~$ "+make, ask.Mail(), "permit", 1, ""),
		ask.Is("behind the group", nsg(one(`access="Deny"`))+"az network nsg rule create -g rg --nsg-name nsg1 -n in --priority 100 --destination-port-ranges 25\n", ask.Mail(), "permit", 4, ""),
	})
}

// TestWriteInto puts written rules behind files of every kind.
func TestWriteInto(t *testing.T) {
	many := []string{}
	for i := range 30 {
		many = append(many, one(fmt.Sprintf(`name="r%d";priority=%d`, i, 100+i)))
	}
	for name, text := range map[string]string{
		"nothing": nsg(), "everybody at the first number": nsg(one("priority=100")), "nobody": nsg(one(`access="Deny";priority=100`)),
		"thirty at the first numbers": nsg(many...), "nothing goes out": nsg(one(`direction="Outbound";access="Deny";priority=101`)),
		"a gap": nsg(one("priority=101"), one("priority=103;name=\"s\""), one("priority=400;name=\"t\"")), "effective": ask.Sample(t, "effective.json"), "commands": ask.Sample(t, "commands.sh"),
	} {
		t.Run(name, func(t *testing.T) {
			if name == "effective" {
				t.Skip("it has two groups: each is written for alone")
			}
			ask.WriteInto(t, id, text)
		})
	}
	f, _ := firewall.FormatByID(id)
	s, err := f.Write(format.Job{Flows: ask.Flows(), Host: true})
	if err != nil || !strings.Contains(strings.Join(s.Notes, " "), "MAIL_SERVER_NSG") {
		t.Errorf("%v %v", s.Notes, err)
	}
	if v := ask.Ask(t, id, s.Text, ask.Mail(ask.DPort(443))); v.Verdict != "deny" {
		t.Errorf("the rest is to stay as it is: %+v", v)
	}
}

// TestMetamorphic renames rules, and splits a network.
func TestMetamorphic(t *testing.T) {
	a := nsg(one(provider), one(`access="Deny";priority=300`))
	b := nsg(one(`name="zz";sourceAddressPrefix=null;sourceAddressPrefixes=["103.13.69.0/25","103.13.69.128/25"]`), one(`access="Deny";priority=3000;name="aa"`))
	for _, from := range []string{"103.13.69.0", "103.13.69.127", "103.13.69.128", "103.13.69.255", "103.13.68.255", "103.13.70.0", "10.0.0.9"} {
		x, y := ask.Ask(t, id, a, ask.Mail(ask.From(from))), ask.Ask(t, id, b, ask.Mail(ask.From(from)))
		if x.Verdict != y.Verdict || x.Line != y.Line {
			t.Errorf("%s: %+v and %+v", from, x, y)
		}
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	text := nsg(one(`name="password=hunter22";sourceAddressPrefix="secret=topsecret1"`))
	rep := ask.Report(t, id, text)
	if all := rep.Text(); strings.Contains(all, "hunter22") || strings.Contains(all, "topsecret1") {
		t.Error(all)
	}
}

func TestCorpus(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	if n := ask.Corpus(t, "../../../../../../shared/corpus/firewall", id, "azure-nsg"); n != 1 {
		t.Errorf("%d files", n)
	}
	b, err := os.ReadFile("../../../../../../shared/corpus/firewall/azure-nsg/NetworkSecurityGroupTest.json")
	if err != nil {
		t.Skip("no corpus beside this checkout")
	}
	ask.Run(t, id, []ask.Case{
		ask.Is("ssh", string(b), ask.Mail(ask.From("10.0.0.7"), ask.DPort(22)), "permit", 12, ""),
		ask.Is("mail", string(b), ask.Mail(), "deny", ask.LineOf(t, string(b), `"name": "DenyAllInBound"`, 1), ""),
		ask.Is("out", string(b), ask.Mail(ask.Out), "permit", ask.LineOf(t, string(b), `"name": "AllowInternetOutBound"`, 1), ""),
	})
}

func TestScale(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	rules := make([]string, 0, 10000)
	for i := range 9999 {
		rules = append(rules, one(fmt.Sprintf(`name="r%d";priority=%d;sourceAddressPrefix="10.%d.%d.0/24"`, i, 100+i%3900, i/256, i%256)))
	}
	rules = append(rules, one(provider+";priority=4096"))
	text := nsg(rules...)
	ask.Swift(t, id, text, 10001)
}

func FuzzRead(f *testing.F) {
	ask.Seeds(f, nsg(one(""))+"az network nsg rule create --nsg-name 'n --priority\n")
	f.Fuzz(func(t *testing.T, text string) { ask.Sound(t, id, text) })
}
