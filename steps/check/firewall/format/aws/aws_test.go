package aws_test

import (
	"fmt"
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/format/aws"
	ask "mxodus/steps/check/firewall/format/formattest"
)

const id = aws.ID

const allOut = `{"IpProtocol":"-1","IpRanges":[{"CidrIp":"0.0.0.0/0"}]}`

// perm is a permission for TCP.
func perm(from, to int, cidr string) string {
	return fmt.Sprintf(`{"IpProtocol":"tcp","FromPort":%d,"ToPort":%d,"IpRanges":[{"CidrIp":%q}]}`, from, to, cidr)
}

// sg is a group; its first permission stands in the second of its lines.
func sg(name, egress string, perms ...string) string {
	return fmt.Sprintf(`{"GroupId":%q,"GroupName":"n","IpPermissionsEgress":[%s],"IpPermissions":[`+"\n", name, egress) + strings.Join(perms, ",\n") + "]}\n"
}

func entry(n int, out bool, action, proto, cidr string, from, to int) string {
	ports := ""
	if from > 0 {
		ports = fmt.Sprintf(`"PortRange":{"From":%d,"To":%d},`, from, to)
	}
	return fmt.Sprintf(`{"CidrBlock":%q,"Egress":%v,%s"Protocol":%q,"RuleAction":%q,"RuleNumber":%d}`, cidr, out, ports, proto, action, n)
}

func acl(name, subnet string, entries ...string) string {
	return fmt.Sprintf(`{"NetworkAclId":%q,"Associations":[{"SubnetId":%q}],"Entries":[`+"\n", name, subnet) + strings.Join(entries, ",\n") + "]}\n"
}

func eni(addr, subnet string, groups ...string) string {
	var list []string
	for _, g := range groups {
		list = append(list, fmt.Sprintf(`{"GroupId":%q}`, g))
	}
	return fmt.Sprintf(`{"NetworkInterfaceId":"eni-%s","PrivateIpAddress":%q,"Association":{"PublicIp":"203.0.113.25"},"SubnetId":%q,"Groups":[%s]}`+"\n", addr, addr, subnet, strings.Join(list, ","))
}

func TestGroups(t *testing.T) {
	mail := perm(25, 25, "103.13.69.0/24")
	ask.Run(t, id, []ask.Case{
		ask.Is("allowed", sg("sg-1", allOut, mail), ask.Mail(), "permit", 2, ""),
		ask.Is("near miss", sg("sg-1", allOut, mail), ask.Mail(ask.From("103.13.68.9")), "deny", 0, ""),
		ask.Is("half a range", sg("sg-1", allOut, perm(25, 25, "103.13.69.0/25")), ask.Mail(ask.From("103.13.69.128")), "deny", 0, ""),
		ask.Is("nothing", sg("sg-1", allOut), ask.Mail(), "deny", 0, ""),
		ask.Is("other port", sg("sg-1", allOut, perm(20, 24, "0.0.0.0/0"), perm(26, 30, "0.0.0.0/0")), ask.Mail(), "deny", 0, ""),
		ask.Is("among ports", sg("sg-1", allOut, perm(0, 65535, "0.0.0.0/0")), ask.Mail(), "permit", 2, ""),
		ask.Is("no order", sg("sg-1", allOut, perm(26, 26, "0.0.0.0/0"), mail), ask.Mail(), "permit", 3, ""),
		ask.Is("udp is not tcp", sg("sg-1", allOut, mail), ask.Mail(ask.Proto("udp")), "deny", 0, ""),
		ask.Is("by number", sg("sg-1", allOut, strings.Replace(mail, `"tcp"`, `"6"`, 1)), ask.Mail(), "permit", 2, ""),
		ask.Is("ports of another protocol are none", sg("sg-1", allOut, `{"IpProtocol":"50","FromPort":25,"ToPort":25,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}`), ask.Mail(ask.Proto("esp")), "permit", 2, ""),
		ask.Is("ping", sg("sg-1", allOut, `{"IpProtocol":"icmp","FromPort":8,"ToPort":-1,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}`), ask.Mail(ask.Proto("icmp"), ask.DPort(8)), "permit", 2, ""),
		ask.Is("not ping", sg("sg-1", allOut, `{"IpProtocol":"icmp","FromPort":13,"ToPort":-1,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}`), ask.Mail(ask.Proto("icmp"), ask.DPort(8)), "deny", 0, ""),
		ask.Is("tcp without ports", sg("sg-1", allOut, `{"IpProtocol":"tcp","IpRanges":[{"CidrIp":"0.0.0.0/0"}]}`), ask.Mail(), "unknown", 2, "ports"),
		ask.Is("protocol that is not known", sg("sg-1", allOut, strings.Replace(mail, `"tcp"`, `"frob"`, 1)), ask.Mail(), "unknown", 2, "protocol"),
		ask.Is("bad address", sg("sg-1", allOut, perm(25, 25, "x")), ask.Mail(), "unknown", 2, "address"),
		ask.Is("v6", sg("sg-1", allOut, `{"IpProtocol":"tcp","FromPort":25,"ToPort":25,"Ipv6Ranges":[{"CidrIpv6":"2001:db8:1::/48"}]}`), ask.Mail(ask.From("2001:db8:1::7"), ask.To("2001:db8:2::25")), "permit", 2, ""),
		ask.Is("v4 is not v6", sg("sg-1", allOut, perm(25, 25, "0.0.0.0/0")), ask.Mail(ask.From("2001:db8:1::7"), ask.To("2001:db8:2::25")), "deny", 0, ""),
		ask.Is("out", sg("sg-1", allOut), ask.Mail(ask.Out), "permit", 1, ""),
		ask.Is("nothing goes out", sg("sg-1", ""), ask.Mail(ask.Out), "deny", 0, ""),
		ask.Is("out is not told", `{"GroupId":"sg-1","IpPermissions":[]}`, ask.Mail(ask.Out), "unknown", 1, "outbound rules"),
		ask.Is("a group, from the internet", sg("sg-1", allOut, `{"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"sg-1"}]}`), ask.Mail(), "deny", 0, ""),
		ask.Is("a group, from inside", sg("sg-1", allOut, `{"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"sg-1"}]}`), ask.Mail(ask.From("10.1.2.3")), "unknown", 2, "sg-1"),
		ask.Is("a group, a member", sg("sg-1", allOut, `{"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"sg-2"}]}`)+eni("10.0.0.25", "s", "sg-1")+eni("10.0.0.26", "s", "sg-2"), ask.Mail(ask.From("10.0.0.26")), "permit", 2, ""),
		ask.Is("a prefix list that is not there", sg("sg-1", allOut, `{"IpProtocol":"-1","PrefixListIds":[{"PrefixListId":"pl-1"}]}`), ask.Mail(), "unknown", 2, "pl-1"),
		ask.Is("a prefix list", sg("sg-1", allOut, `{"IpProtocol":"-1","PrefixListIds":[{"PrefixListId":"pl-1"}]}`)+`{"PrefixLists":[{"PrefixListId":"pl-1","Cidrs":["103.13.69.0/24"]}]}`, ask.Mail(), "permit", 2, ""),
		ask.Is("two groups, one allows", sg("sg-1", allOut, mail)+sg("sg-2", allOut), ask.Mail(), "unknown", 0, "which of the 2 security groups"),
		ask.Is("two groups, both allow", sg("sg-1", allOut, mail)+sg("sg-2", allOut, mail), ask.Mail(), "permit", 0, ""),
		ask.Is("two groups, none allows", sg("sg-1", allOut, mail)+sg("sg-2", allOut), ask.Mail(ask.From("192.0.2.1")), "deny", 0, ""),
		ask.Is("one by name", sg("sg-1", allOut, mail)+sg("sg-2", allOut), ask.Mail(ask.List("sg-1 inbound")), "permit", 2, ""),
		ask.Is("both are the server's", sg("sg-1", allOut, mail)+sg("sg-2", allOut)+eni("10.0.0.25", "s", "sg-1", "sg-2"), ask.Mail(), "permit", 2, ""),
		ask.Is("by the public address", sg("sg-1", allOut, mail)+sg("sg-2", allOut)+eni("10.0.0.25", "s", "sg-1"), ask.Mail(ask.To("203.0.113.25")), "permit", 2, ""),
		ask.Is("a group of the server is missing", sg("sg-1", allOut)+eni("10.0.0.25", "s", "sg-1", "sg-9"), ask.Mail(), "unknown", 0, "sg-9"),
		ask.Is("the whole breaks off", sg("sg-1", allOut, mail)+`{"SecurityGroups":[{"GroupId"`, ask.Mail(), "unknown", 0, "could not be read"),
		ask.Is("a command that failed", sg("sg-1", allOut, mail)+"An error occurred (UnauthorizedOperation) when calling the DescribeNetworkAcls operation\n", ask.Mail(), "unknown", 3, "failed"),
		ask.Is("passing through", sg("sg-1", allOut, mail), ask.Mail(func(p *firewall.Probe) { p.Dir = "fwd" }), "unknown", 0, "firewall of the network"),
	})
}

func TestNetworkACL(t *testing.T) {
	group := sg("sg-1", allOut, perm(25, 25, "0.0.0.0/0"))
	in := entry(100, false, "allow", "6", "0.0.0.0/0", 25, 25)
	back := entry(100, true, "allow", "6", "0.0.0.0/0", 1024, 65535)
	shut := entry(50, false, "deny", "-1", "103.13.69.0/25", 0, 0)
	last := entry(32767, false, "deny", "-1", "0.0.0.0/0", 0, 0)
	first := 1 + strings.Count(group, "\n")
	ask.Run(t, id, []ask.Case{
		ask.Is("both allow", group+acl("acl-1", "s", in, back, last), ask.Mail(), "permit", 2, ""),
		ask.Is("the last denies", group+acl("acl-1", "s", last, back), ask.Mail(), "deny", first+1, ""),
		ask.Is("none decides", group+acl("acl-1", "s", back), ask.Mail(), "deny", 0, ""),
		ask.Is("the lower number first", group+acl("acl-1", "s", in, shut, back), ask.Mail(), "deny", first+2, ""),
		ask.Is("the lower number, other addresses", group+acl("acl-1", "s", in, shut, back), ask.Mail(ask.From("103.13.69.200")), "permit", 2, ""),
		ask.Is("the group denies", sg("sg-1", allOut)+acl("acl-1", "s", in, back), ask.Mail(), "deny", 0, ""),
		ask.Is("no group in the file", acl("acl-1", "s", in, back), ask.Mail(), "unknown", 0, "describe-security-groups"),
		ask.Is("no group in the file, refused", acl("acl-1", "s", back), ask.Mail(), "deny", 0, ""),
		ask.Is("action not known", group+acl("acl-1", "s", strings.Replace(in, `"allow"`, `"frob"`, 1)), ask.Mail(), "unknown", first+1, "allows"),
		ask.Is("two ACLs", group+acl("acl-1", "s", in, back)+acl("acl-2", "t", back), ask.Mail(), "unknown", 0, "which of the network ACLs"),
		ask.Is("the subnet is told", group+acl("acl-1", "s", in, back)+acl("acl-2", "t", back)+eni("10.0.0.25", "t", "sg-1"), ask.Mail(), "deny", 0, ""),
		ask.Is("the subnet's is missing", group+acl("acl-1", "s", in, back)+eni("10.0.0.25", "t", "sg-1"), ask.Mail(), "unknown", 0, "network ACL of the subnet t"),
	})
	// Answers go to ports that connections come from.
	out := entry(110, true, "allow", "6", "0.0.0.0/0", 25, 25)
	in2 := entry(110, false, "allow", "6", "0.0.0.0/0", 1024, 65535)
	for name, c := range map[string]struct {
		text string
		want firewall.Answer
	}{
		"both ways":             {acl("acl-1", "s", in, in2, out, back), firewall.Proven},
		"no answers come back":  {acl("acl-1", "s", in, out, back), firewall.Disproven},
		"no answers go out":     {acl("acl-1", "s", in, in2, out), firewall.Disproven},
		"answers to some ports": {acl("acl-1", "s", in, in2, out, strings.Replace(back, "1024", "32768", 1)), firewall.Disproven},
	} {
		opt := ask.Options()
		opt.Lockdown = false
		rep, err := firewall.CheckFile("", []byte(group+c.text), opt)
		if err != nil || rep.Verdict != c.want || len(rep.SelfCheck.Disagreements) > 0 {
			t.Errorf("%s: %v %s", name, err, rep.Text())
		}
	}
}

func TestSamples(t *testing.T) {
	for name, leak := range map[string][2]string{
		"site.json":       {`"FromPort": 443`, `"FromPort": 20`},
		"group.json":      {`"FromPort": 443`, `"FromPort": 20`},
		"prefixlist.json": {`"Cidr": "103.13.69.0/24"`, `"Cidr": "103.0.0.0/8"`},
		"rules.json":      {`"FromPort": 443`, `"FromPort": 20`},
		"commands.sh":     {"aws ec2 revoke", "aws ec2 describe"},
	} {
		text := ask.Sample(t, name)
		if rep := ask.Report(t, id, text); rep.Verdict != firewall.Proven || len(rep.Problems) > 0 {
			t.Errorf("%s: %s\n%v", name, rep.Text(), rep.Problems)
		}
		rep := ask.Report(t, id, strings.ReplaceAll(text, leak[0], leak[1]))
		if rep.Lockdown.Verdict != firewall.Disproven || len(rep.Leaks) == 0 || rep.Leaks[0].By.Line == 0 {
			t.Errorf("%s with %s: %s", name, leak[1], rep.Text())
		}
		if name == "site.json" && !strings.Contains(rep.Leaks[0].Fix.Copy, "revoke-security-group-ingress --group-id sg-0mail") {
			t.Errorf("%s: %+v", name, rep.Leaks[0].Fix)
		}
	}
	text := ask.Sample(t, "site.json")
	v := ask.Ask(t, id, text, ask.Mail())
	if at := ask.LineOf(t, text, `"CidrIp": "103.13.69.0/24"`, 1); v.Line != at {
		t.Errorf("%+v, want line %d", v, at)
	}
	without := strings.Replace(text, `"CidrIp": "103.13.69.0/24"`, `"CidrIp": "192.0.2.0/24"`, 1)
	if v := ask.Ask(t, id, without, ask.Mail()); v.Verdict == "permit" {
		t.Errorf("without the rule that lets it in it is still %+v", v)
	}
}

func TestCommands(t *testing.T) {
	const auth = "aws ec2 authorize-security-group-ingress --group-id sg-1 "
	ask.Run(t, id, []ask.Case{
		ask.Is("short", auth+"--protocol tcp --port 25 --cidr 103.13.69.0/24\n", ask.Mail(), "permit", 1, ""),
		ask.Is("nothing else", auth+"--protocol tcp --port 25 --cidr 103.13.69.0/24\n", ask.Mail(ask.DPort(26)), "deny", 0, ""),
		ask.Is("out, as AWS makes it", auth+"--protocol tcp --port 25 --cidr 103.13.69.0/24\n", ask.Mail(ask.Out), "permit", 0, ""),
		ask.Is("revoked", sg("sg-1", allOut, perm(25, 25, "0.0.0.0/0"))+"aws ec2 revoke-security-group-ingress --group-id sg-1 --protocol tcp --port 25 --cidr 0.0.0.0/0\n", ask.Mail(), "deny", 0, ""),
		ask.Is("another is revoked", sg("sg-1", allOut, perm(25, 25, "0.0.0.0/0"))+"aws ec2 revoke-security-group-ingress --group-id sg-1 --protocol tcp --port 26 --cidr 0.0.0.0/0\n", ask.Mail(), "permit", 2, ""),
		ask.Is("revoked by an id that is not there", sg("sg-1", allOut, perm(25, 25, "0.0.0.0/0"))+"aws ec2 revoke-security-group-ingress --group-id sg-1 --security-group-rule-ids sgr-9\n", ask.Mail(), "unknown", 2, "sgr-9"),
		ask.Is("shorthand", auth+"--ip-permissions IpProtocol=tcp,FromPort=25,ToPort=25\n", ask.Mail(), "unknown", 1, "could not be read"),
		ask.Is("a comment", "# aws ec2 revoke-security-group-ingress --group-id sg-1 --protocol tcp --port 25 --cidr 103.13.69.0/24\n"+auth+"--protocol tcp --port 25 --cidr 103.13.69.0/24\n", ask.Mail(), "permit", 2, ""),
	})
}

func TestWriteInto(t *testing.T) {
	for name, text := range map[string]string{
		"nothing": sg("sg-1", allOut), "everybody": sg("sg-1", allOut, perm(25, 25, "0.0.0.0/0")), "every port": sg("sg-1", allOut, perm(0, 65535, "0.0.0.0/0")),
		"every protocol": sg("sg-1", allOut, allOut), "nothing goes out": sg("sg-1", ""), "there already": sg("sg-1", allOut, perm(25, 25, "103.13.69.0/24")),
		"wide": sg("sg-1", allOut, perm(1, 1024, "103.0.0.0/8"), perm(25, 25, "10.0.0.0/8")), "commands": ask.Sample(t, "commands.sh"),
		"a list": ask.Sample(t, "prefixlist.json"), "behind an ACL": sg("sg-1", allOut, allOut) + acl("acl-1", "s", entry(1, false, "allow", "-1", "0.0.0.0/0", 0, 0), entry(1, true, "allow", "-1", "0.0.0.0/0", 0, 0)),
	} {
		t.Run(name, func(t *testing.T) { ask.WriteInto(t, id, text, ask.Mail(ask.Proto("udp"))) })
	}
	f, _ := firewall.FormatByID(id)
	s, err := f.Write(format.Job{Flows: ask.Flows(), Host: true})
	if err != nil || !strings.Contains(strings.Join(s.Notes, " "), "revoked") || !strings.Contains(s.Undo, "revoke-security-group-ingress") {
		t.Errorf("%+v %v", s, err)
	}
	flows := ask.Flows()
	flows = append([]format.Flow{{In: true, Deny: true, Proto: "tcp", Port: 25, Family: flows[0].Family, Label: "mxodus refused", Src: ask.Prefixes("103.13.69.0/26"), Dst: flows[0].Dst}}, flows...)
	if s, err = f.Write(format.Job{Flows: flows, Host: true}); err != nil {
		t.Fatal(err)
	}
	for from, want := range map[string]string{"103.13.69.7": "deny", "103.13.69.64": "permit", "124.47.150.1": "permit"} {
		if v := ask.Ask(t, id, s.Text, ask.Mail(ask.From(from))); v.Verdict != want {
			t.Errorf("%s: %+v, want %s: a refusal before is taken out of what is allowed", from, v, want)
		}
	}
	if _, err := f.Write(format.Job{Flows: flows[:1], Host: true}); err == nil || !strings.Contains(err.Error(), "only allow") {
		t.Error(err)
	}
	set, err := firewall.Read("", []byte(sg("sg-1", allOut)+acl("acl-1", "s")), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(format.Job{Flows: ask.Flows(), Host: true, Set: set, Chain: "acl-1 inbound"}); err == nil || !strings.Contains(err.Error(), "network ACL acl-1") {
		t.Error(err)
	}
}

func TestMetamorphic(t *testing.T) {
	a := sg("sg-1", allOut, perm(25, 25, "103.13.69.0/24"))
	b := sg("sg-zz", allOut, perm(25, 25, "103.13.69.128/25"), perm(25, 25, "103.13.69.0/25"))
	c := sg("sg-1", allOut, `{"IpProtocol":"tcp","FromPort":25,"ToPort":25,"PrefixListIds":[{"PrefixListId":"p"}]}`) + `{"PrefixListId":"p","Entries":[{"Cidr":"103.13.69.0/24"}]}`
	for _, from := range []string{"103.13.69.0", "103.13.69.127", "103.13.69.128", "103.13.69.255", "103.13.68.255", "103.13.70.0"} {
		want := ask.Ask(t, id, a, ask.Mail(ask.From(from))).Verdict
		for _, text := range []string{b, c} {
			if got := ask.Ask(t, id, text, ask.Mail(ask.From(from))); got.Verdict != want {
				t.Errorf("%s: %+v, want %s", from, got, want)
			}
		}
	}
}

// TestCorpus reads the files of others. np-guard says of its example that the
// internet reaches 10.0.10.50 on everything, and that both hosts are let out.
func TestCorpus(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	if n := ask.Corpus(t, "../../../../../../shared/corpus/firewall", id, "aws", "PrefixLists.json"); n < 15 {
		t.Errorf("%d files", n)
	}
	text := ask.Sample(t, "../../../../../../../shared/corpus/firewall/aws/np-guard/input/input_basic_config_with_sg.json")
	for _, c := range []struct {
		p    firewall.Probe
		want string
	}{
		{ask.Mail(ask.To("10.0.10.50"), ask.From("8.8.8.8"), ask.DPort(25)), "permit"},
		{ask.Mail(ask.To("10.0.10.50"), ask.From("8.8.8.8"), ask.Proto("udp")), "permit"},
		{ask.Mail(ask.Out, func(p *firewall.Probe) { p.Src, p.Dst = "10.0.10.50", "8.8.8.8" }), "permit"},
		{ask.Mail(ask.To("10.0.20.81"), ask.From("10.0.10.50"), ask.DPort(443)), "permit"},
		{ask.Mail(ask.To("10.0.10.50"), ask.From("10.0.20.81"), ask.DPort(443)), "permit"},
	} {
		if v := ask.Ask(t, id, text, c.p); v.Verdict != c.want {
			t.Errorf("%+v: %+v, want %s", c.p, v, c.want)
		}
	}
}

func TestScale(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	perms := make([]string, 0, 10000)
	for i := range 9999 {
		perms = append(perms, perm(1000+i, 1000+i, fmt.Sprintf("10.%d.%d.0/24", i/256, i%256)))
	}
	text := sg("sg-1", allOut, append(perms, perm(25, 25, "103.13.69.0/24"))...)
	ask.Swift(t, id, text, 10001)
}

func FuzzRead(f *testing.F) {
	ask.Seeds(f, "aws ec2 authorize-security-group-ingress --ip-permissions '[{\n")
	f.Fuzz(func(t *testing.T, text string) { ask.Sound(t, id, text) })
}
