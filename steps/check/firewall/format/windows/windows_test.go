package windows_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/format"
	ft "mxodus/steps/check/firewall/format/formattest"
	"mxodus/steps/check/firewall/ir"
)

const id = "windows"

// profiles are the three as Windows has them from the start.
func profiles(change string) string {
	var b strings.Builder
	for _, n := range []string{"Domain", "Private", "Public"} {
		line := fmt.Sprintf(`{"ProfileName":%q,"Enabled":"True","DefaultInboundAction":"NotConfigured","DefaultOutboundAction":"NotConfigured","AllowInboundRules":"NotConfigured","AllowLocalFirewallRules":"NotConfigured"}`, n)
		for _, c := range strings.Split(change, ";") {
			if k, v, ok := strings.Cut(c, "="); ok {
				name, key, scoped := strings.Cut(k, ".")
				if !scoped {
					name, key = n, k
				}
				if name != n {
					continue
				}
				at := strings.Index(line, `"`+key+`":"`) + len(key) + 4
				end := at + strings.Index(line[at:], `"`)
				line = line[:at] + v + line[end:]
			}
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// rule is one rule as the export line prints it, with some members changed.
func rule(change string) string {
	members := map[string]string{
		"Name": `"r"`, "DisplayName": `"a rule"`, "Enabled": `"True"`, "Direction": `"Inbound"`, "Action": `"Allow"`, "Profile": `"Any"`,
		"PolicyStoreSourceType": `"Local"`, "Protocol": `"TCP"`, "LocalPort": `["25"]`, "RemotePort": `["Any"]`, "IcmpType": `["Any"]`,
		"LocalAddress": `["Any"]`, "RemoteAddress": `["Any"]`, "Program": `"Any"`, "Service": `"Any"`, "Package": `""`,
		"InterfaceAlias": `["Any"]`, "InterfaceType": `"Any"`, "Authentication": `"NotRequired"`, "Encryption": `"NotRequired"`,
		"OverrideBlockRules": `"False"`, "RemoteUser": `"Any"`,
	}
	for _, c := range strings.Split(change, ";") {
		if k, v, ok := strings.Cut(c, "="); ok {
			members[k] = v
		}
	}
	var parts []string
	for _, k := range []string{
		"Name", "DisplayName", "Enabled", "Direction", "Action", "Profile", "PolicyStoreSourceType", "Protocol", "LocalPort", "RemotePort", "IcmpType",
		"LocalAddress", "RemoteAddress", "Program", "Service", "Package", "InterfaceAlias", "InterfaceType", "Authentication", "Encryption",
		"OverrideBlockRules", "RemoteUser",
	} {
		if members[k] != "" {
			parts = append(parts, fmt.Sprintf("%q:%s", k, members[k]))
		}
	}
	return "{" + strings.Join(parts, ",") + "}\n"
}

func TestSemantics(t *testing.T) {
	const provider = `RemoteAddress=["103.13.69.0/255.255.255.0"]`
	for _, c := range []struct {
		name, text string
		p          firewall.Probe
		want       string
		line       int
		why        string
	}{
		{"inbound is blocked from the start", profiles(""), ft.Mail(), "deny", 1, ""},
		{"outbound is allowed from the start", profiles(""), ft.Mail(ft.Out), "permit", 1, ""},
		{"outbound blocked", profiles("DefaultOutboundAction=Block"), ft.Mail(ft.Out), "deny", 1, ""},
		{"allow", profiles("") + rule(provider), ft.Mail(), "permit", 4, ""},
		{"allow, near miss", profiles("") + rule(provider), ft.Mail(ft.From("103.13.68.7")), "deny", 1, ""},
		{"half a range", profiles("") + rule(`RemoteAddress=["103.13.69.0/25"]`), ft.Mail(ft.From("103.13.69.128")), "deny", 1, ""},
		{"range one short", profiles("") + rule(`RemoteAddress=["103.13.69.0-103.13.69.6"]`), ft.Mail(), "deny", 1, ""},
		{"block beats allow after it", profiles("") + rule("Action=\"Block\"") + rule(provider), ft.Mail(), "deny", 4, ""},
		{"block beats allow before it", profiles("") + rule(provider) + rule(`Action="Block"`), ft.Mail(), "deny", 5, ""},
		{"a wider block beats a narrower allow", profiles("") + rule(`RemoteAddress=["103.13.69.7"]`) + rule(`Action="Block";RemoteAddress=["103.0.0.0/8"]`), ft.Mail(), "deny", 5, ""},
		{"block beats the default to allow", profiles("DefaultInboundAction=Allow") + rule(`Action="Block"`), ft.Mail(), "deny", 4, ""},
		{"default to allow", profiles("DefaultInboundAction=Allow"), ft.Mail(), "permit", 1, ""},
		{"disabled", profiles("") + rule(`Enabled="False"`), ft.Mail(), "deny", 1, ""},
		{"numbers for names", profiles("") + rule(`Enabled=1;Direction=1;Action=2;Profile=0`), ft.Mail(), "permit", 4, ""},
		{"disabled, in numbers", profiles("") + rule(`Enabled=2;Direction=1;Action=2;Profile=0`), ft.Mail(), "deny", 1, ""},
		{"outbound rule", profiles("") + rule(`Direction="Outbound";Action="Block";LocalPort=["Any"];RemotePort=["25"]`), ft.Mail(ft.Out), "deny", 4, ""},
		{"outbound is not inbound", profiles("") + rule(`Direction="Outbound"`), ft.Mail(), "deny", 1, ""},
		{"profile off", profiles("Enabled=False") + rule(`Action="Block"`), ft.Mail(), "permit", 1, ""},
		{"everything blocked", profiles("AllowInboundRules=False") + rule(""), ft.Mail(), "deny", 1, ""},
		{"one profile of three", profiles("") + rule(`Profile="Domain"`), ft.Mail(), "unknown", 0, "which profile is active"},
		{"all three, one by one", profiles("") + rule(`Profile="Domain"`) + rule(`Profile="Private, Public"`), ft.Mail(), "permit", 0, ""},
		{"the active profile", profiles("") + `{"NetworkCategory":"DomainAuthenticated","InterfaceAlias":"Ethernet"}` + "\n" + rule(`Profile="Domain"`), ft.Mail(), "permit", 5, ""},
		{"not the active profile", profiles("") + `{"NetworkCategory":"Public","InterfaceAlias":"Ethernet"}` + "\n" + rule(`Profile="Domain"`), ft.Mail(), "deny", 3, ""},
		{"two active profiles", profiles("") + `{"NetworkCategory":"Public","InterfaceAlias":"A"}` + "\n" + `{"NetworkCategory":"DomainAuthenticated","InterfaceAlias":"B"}` + "\n" + rule(`Profile="Domain"`), ft.Mail(), "unknown", 0, "which profile"},
		{"another profile is off", profiles("Public.Enabled=False") + `{"NetworkCategory":"Private","InterfaceAlias":"A"}` + "\n", ft.Mail(), "deny", 2, ""},
		{"one profile is off", profiles("Public.Enabled=False"), ft.Mail(), "unknown", 0, "which profile"},
		{"group policy alone counts", profiles("AllowLocalFirewallRules=False") + rule(""), ft.Mail(), "deny", 1, ""},
		{"a rule of group policy", profiles("AllowLocalFirewallRules=False") + rule(`PolicyStoreSourceType="GroupPolicy"`), ft.Mail(), "permit", 4, ""},
		{"of unknown origin", profiles("AllowLocalFirewallRules=False") + rule(`PolicyStoreSourceType=""`), ft.Mail(), "unknown", 4, "comes from"},
		{"ports", profiles("") + rule(`LocalPort=["20-24","25"]`), ft.Mail(), "permit", 4, ""},
		{"other ports", profiles("") + rule(`LocalPort=["26-30","465"]`), ft.Mail(), "deny", 1, ""},
		{"RPC is never 25", profiles("") + rule(`LocalPort=["RPC"]`), ft.Mail(), "deny", 1, ""},
		{"RPC, a high port", profiles("") + rule(`LocalPort=["RPC"]`), ft.Mail(ft.DPort(49200)), "unknown", 4, "RPC"},
		{"RPC end point mapper", profiles("") + rule(`LocalPort=["RPCEPMap"]`), ft.Mail(ft.DPort(135)), "permit", 4, ""},
		{"port that is not known", profiles("") + rule(`LocalPort=["Frob"]`), ft.Mail(), "unknown", 4, "Frob"},
		{"any protocol", profiles("") + rule(`Protocol="Any";LocalPort=["Any"]`), ft.Mail(), "permit", 4, ""},
		{"udp is not tcp", profiles("") + rule(`Protocol="UDP"`), ft.Mail(), "deny", 1, ""},
		{"protocol by number", profiles("") + rule(`Protocol="6"`), ft.Mail(), "permit", 4, ""},
		{"echo", profiles("") + rule(`Protocol="ICMPv4";LocalPort=["RPC"];IcmpType=["8"]`), ft.Mail(ft.Proto("icmp"), ft.DPort(8)), "permit", 4, ""},
		{"local address", profiles("") + rule(`LocalAddress=["10.0.0.26"]`), ft.Mail(), "deny", 1, ""},
		{"local subnet, not known", profiles("") + rule(`RemoteAddress=["LocalSubnet"]`), ft.Mail(), "unknown", 4, "LocalSubnet"},
		{"local subnet", profiles("") + `{"IPAddress":"10.0.0.25","PrefixLength":24,"InterfaceAlias":"E"}` + "\n" + rule(`RemoteAddress=["LocalSubnet"]`), ft.Mail(), "deny", 1, ""},
		{"from the local subnet", profiles("") + `{"IPAddress":"10.0.0.25","PrefixLength":24,"InterfaceAlias":"E"}` + "\n" + rule(`RemoteAddress=["LocalSubnet"]`), ft.Mail(ft.From("10.0.0.7")), "permit", 5, ""},
		{"keyword", profiles("") + rule(`RemoteAddress=["Internet"]`), ft.Mail(), "unknown", 4, "Internet"},
		{"keyword beside the range", profiles("") + rule(`RemoteAddress=["DNS","103.13.69.0/24"]`), ft.Mail(), "permit", 4, ""},
		{"a name for an address", profiles("") + rule(`RemoteAddress=["mail.example.com"]`), ft.Mail(), "unknown", 4, "mail.example.com"},
		{"another program", profiles("") + rule(`Program="C:\\Tools\\other.exe"`), ft.Mail(), "unknown", 4, "other.exe"},
		{"another program, another port", profiles("") + rule(`Program="C:\\Tools\\other.exe";LocalPort=["8080"]`), ft.Mail(), "deny", 1, ""},
		{"the transport of Exchange", profiles("") + rule(`Program="C:\\Program Files\\Microsoft\\Exchange Server\\V15\\Bin\\MSExchangeFrontendTransport.exe"`), ft.Mail(), "permit", 4, ""},
		{"the transport, any port", profiles("") + rule(`Program="C:\\Exchange\\Bin\\EdgeTransport.exe";LocalPort=["Any"]`), ft.Mail(), "unknown", 4, "EdgeTransport"},
		{"a program of Windows", profiles("") + rule(`Program="%SystemRoot%\\system32\\svchost.exe";Service="iphlpsvc";LocalPort=["Any"]`), ft.Mail(), "deny", 1, ""},
		{"a packaged app", profiles("") + rule(`Package="S-1-15-2-1-2-3";Protocol="Any";LocalPort=["Any"]`), ft.Mail(), "deny", 1, ""},
		{"the SMTP service", profiles("") + rule(`Program="%windir%\\system32\\inetsrv\\inetinfo.exe";Service="SMTPSVC"`), ft.Mail(), "permit", 4, ""},
		{"interface", profiles("") + rule(`InterfaceAlias=["Ethernet0"]`), ft.Mail(func(p *firewall.Probe) { p.InIf = "Ethernet0" }), "permit", 4, ""},
		{"other interface", profiles("") + rule(`InterfaceAlias=["Ethernet0"]`), ft.Mail(func(p *firewall.Probe) { p.InIf = "Ethernet1" }), "deny", 1, ""},
		{"kind of interface", profiles("") + rule(`InterfaceType="Wireless"`), ft.Mail(), "unknown", 4, "Wireless"},
		{"IPsec", profiles("") + rule(`Authentication="Required"`), ft.Mail(), "unknown", 4, "IPsec"},
		{"IPsec that overrides a block", profiles("") + rule(`Authentication="Required";OverrideBlockRules="True"`) + rule(`Action="Block"`), ft.Mail(), "unknown", 4, "secured"},
		{"users", profiles("") + rule(`RemoteUser="S-1-5-21-1"`), ft.Mail(), "unknown", 4, "user"},
		{"a line that breaks off", profiles("") + rule("") + "{\"Name\":\"x\",\"Action\":\n", ft.Mail(), "unknown", 5, "could not be read"},
		{"rules without ports", profiles("") + `{"DisplayName":"a","Enabled":"True","Direction":"Inbound","Action":"Allow","Profile":"Any"}` + "\n", ft.Mail(), "unknown", 4, "ports and addresses"},
		{"one document", `{"Profiles":[` + strings.TrimSuffix(strings.ReplaceAll(profiles(""), "\n", ",\n"), ",\n") + `],` + "\n" + `"Rules":[` + strings.TrimSpace(rule(provider)) + "]}\n", ft.Mail(), "permit", 4, ""},
		{"v6", profiles("") + rule(`RemoteAddress=["2001:db8:1::/48"]`), ft.Mail(ft.From("2001:db8:1::7"), func(p *firewall.Probe) { p.Dst = "2001:db8:2::25" }), "permit", 4, ""},
		{"v6 is not v4", profiles("") + rule(`RemoteAddress=["0.0.0.0/0"]`), ft.Mail(ft.From("2001:db8:1::7"), func(p *firewall.Probe) { p.Dst = "2001:db8:2::25" }), "deny", 1, ""},
		{"passing through", profiles(""), ft.Mail(func(p *firewall.Probe) { p.Dir = "fwd" }), "unknown", 0, "firewall before"},
		{"a chain by name", profiles("") + rule(provider), ft.Mail(func(p *firewall.Probe) { p.Dir, p.ACL = "", "inbound" }), "permit", 4, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			ft.Expect(t, ft.Ask(t, id, c.text, c.p), c.want, c.line, c.why)
		})
	}
}

// TestCommands carries out cmdlets in the order of the file.
func TestCommands(t *testing.T) {
	const in = "New-NetFirewallRule -DisplayName 'in' -Direction Inbound -Protocol TCP -LocalPort 25 -Action Allow\n"
	for _, c := range []struct {
		name, text string
		p          firewall.Probe
		want       string
		line       int
		why        string
	}{
		{"new", in, ft.Mail(), "permit", 1, ""},
		{"nothing else comes in", in, ft.Mail(ft.DPort(26)), "deny", 0, ""},
		{"list of addresses", "New-NetFirewallRule -DisplayName x -LocalPort 25 -Protocol TCP -RemoteAddress @('192.0.2.0/24', \"103.13.69.0/24\")\n", ft.Mail(), "permit", 1, ""},
		{"over two lines", "New-NetFirewallRule -DisplayName x -Protocol TCP `\n  -LocalPort 587\n", ft.Mail(), "deny", 0, ""},
		{"disabled later", in + "Disable-NetFirewallRule -DisplayName 'in'\n", ft.Mail(), "deny", 0, ""},
		{"removed", in + "Remove-NetFirewallRule -DisplayName i*\n", ft.Mail(), "deny", 0, ""},
		{"removed by a pipe", in + "Get-NetFirewallRule -DisplayName in | Remove-NetFirewallRule\n", ft.Mail(), "deny", 0, ""},
		{"narrowed", in + "Set-NetFirewallRule -DisplayName in -RemoteAddress 192.0.2.0/24\n", ft.Mail(), "deny", 0, ""},
		{"made a block", in + "Set-NetFirewallRule -DisplayName in -Action Block\n", ft.Mail(), "deny", 1, ""},
		{"enabled false", "New-NetFirewallRule -DisplayName x -Enabled False -LocalPort 25 -Protocol TCP\n", ft.Mail(), "deny", 0, ""},
		{"profile", in + "Set-NetFirewallProfile -All -DefaultInboundAction Allow\n", ft.Mail(ft.DPort(26)), "permit", 2, ""},
		{"a variable", in + "New-NetFirewallRule -DisplayName x -Action Block -RemoteAddress $bad\n", ft.Mail(), "unknown", 2, "could not be read"},
		{"a loop", in + "foreach ($a in $b) { New-NetFirewallRule -RemoteAddress $a -Action Block }\n", ft.Mail(), "unknown", 2, "could not be read"},
		{"parameter that is not known", "New-NetFirewallRule -DisplayName x -Protocol TCP -LocalPort 25 -Frob 1\n", ft.Mail(), "unknown", 1, "-frob"},
		{"all but", "New-NetFirewallRule -DisplayName x -Action Block -RemoteAddress '1.0.0.0-103.13.68.255','103.13.70.0-223.255.255.255'\n" + in, ft.Mail(ft.From("103.13.70.1")), "deny", 1, ""},
		{"prompt", "PS C:\\> " + in, ft.Mail(), "permit", 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			ft.Expect(t, ft.Ask(t, id, c.text, c.p), c.want, c.line, c.why)
		})
	}
}

// TestSamples asks the whole question of one policy in every form it comes in:
// as it is, and with the rule for everyone enabled.
func TestSamples(t *testing.T) {
	for _, c := range []struct {
		file, old, new string
		line           int // of the leak
	}{
		{"exchange.json", `"SMTP from anywhere (old)","Enabled":"False"`, `"SMTP from anywhere (old)","Enabled":"True"`, 15},
		{"netsh.txt", "Enabled:                              No", "Enabled:                              Yes", 65},
		{"policy.reg", "Active=FALSE", "Active=TRUE", 11},
		{"commands.ps1", "Disable-NetFirewallRule", "Enable-NetFirewallRule", 5},
	} {
		text := ft.Sample(t, c.file)
		for form, s := range ft.Forms(text) {
			rep, err := firewall.CheckFile(c.file, []byte(s), ft.Options())
			if err != nil {
				t.Fatalf("%s, %s: %v", c.file, form, err)
			}
			if rep.Format != id || rep.Verdict != firewall.Proven || len(rep.SelfCheck.Disagreements) > 0 {
				t.Errorf("%s, %s: %s", c.file, form, rep.Text())
			}
		}
		if !strings.Contains(text, c.old) {
			t.Fatalf("%s lacks %q", c.file, c.old)
		}
		rep, err := firewall.CheckFile(c.file, []byte(strings.Replace(text, c.old, c.new, 1)), ft.Options())
		if err != nil {
			t.Fatal(err)
		}
		if rep.Lockdown.Verdict != firewall.Disproven || len(rep.Leaks) == 0 || rep.Leaks[0].By.Line != c.line {
			t.Errorf("%s with the rule for everyone: %s", c.file, rep.Text())
		}
	}
}

// TestNetshWithoutProfiles leaves the default open: it is not in the file.
func TestNetshWithoutProfiles(t *testing.T) {
	text := ft.Sample(t, "netsh.txt")
	text = text[strings.Index(text, "Rule Name:"):]
	if v := ft.Ask(t, id, text, ft.Mail()); v.Verdict != "permit" {
		t.Errorf("%+v", v)
	}
	if v := ft.Ask(t, id, text, ft.Mail(ft.From("198.51.100.1"))); v.Verdict != "unknown" || !strings.Contains(v.Why, "default action") {
		t.Errorf("%+v", v)
	}
}

// TestBlame disables the rule that is said to decide: the verdict must change.
func TestBlame(t *testing.T) {
	text := ft.Sample(t, "exchange.json")
	for _, p := range []firewall.Probe{ft.Mail(), ft.Mail(ft.From("10.0.0.99")), ft.Mail(ft.From("103.13.70.5"), ft.DPort(3389)), ft.Mail(ft.From("10.0.0.9"), ft.DPort(465))} {
		before := ft.Ask(t, id, text, p)
		lines := strings.Split(text, "\n")
		if before.Line < 8 {
			t.Fatalf("%+v: %+v", p, before)
		}
		k := before.Line - 1
		lines[k] = strings.Replace(lines[k], `"Enabled":"True"`, `"Enabled":"False"`, 1)
		after := ft.Ask(t, id, strings.Join(lines, "\n"), p)
		if after.Line == before.Line || after.Verdict == before.Verdict && before.Verdict == "permit" {
			t.Errorf("%+v: without line %d it is still %+v", p, before.Line, after)
		}
	}
}

// TestWriteInto puts written rules behind files that let everybody in.
func TestWriteInto(t *testing.T) {
	flows := []format.Flow{
		{In: true, Proto: "tcp", Port: 25, Family: ir.V4, Label: "mxodus mail in 25", Src: ft.Prefixes("103.13.69.0/24", "124.47.150.0/24"), Dst: ft.Prefixes("10.0.0.25/32")},
		{In: true, Deny: true, Proto: "tcp", Port: 25, Family: ir.V4, Label: "mxodus lock-down", Dst: ft.Prefixes("10.0.0.25/32")},
		{Proto: "tcp", Port: 25, Family: ir.V4, Label: "mxodus mail out 25", Dst: ft.Prefixes("103.13.69.0/24", "124.47.150.0/24"), Src: ft.Prefixes("10.0.0.25/32")},
		firewall.ShutV6,
	}
	for name, text := range map[string]string{
		"nothing comes in":      profiles(""),
		"everybody":             profiles("") + rule(""),
		"everybody by default":  profiles("DefaultInboundAction=Allow"),
		"nothing goes out":      profiles("DefaultOutboundAction=Block"),
		"text of netsh":         strings.Replace(ft.Sample(t, "netsh.txt"), "Enabled:                              No", "Enabled:                              Yes", 1),
		"registry":              strings.Replace(ft.Sample(t, "policy.reg"), "Active=FALSE", "Active=TRUE", 1),
		"commands":              "New-NetFirewallRule -DisplayName a -Protocol TCP -LocalPort 25\n",
		"three profiles differ": profiles("") + rule(`Profile="Domain"`) + rule(`Profile="Public";LocalPort=["Any"]`),
	} {
		t.Run(name, func(t *testing.T) {
			set, _, back := ft.Proven(t, id, text, format.Job{Flows: flows, Host: true}, ft.Options())
			undone, err := firewall.Read("", []byte(back), "")
			if err != nil || undone.Rules != set.Rules {
				t.Errorf("after the undo there are %v rules, before there were %d (%v)", undone, set.Rules, err)
			}
		})
	}
}

// TestWriteNeverShutsAllOut refuses a block rule that nobody is let in before.
func TestWriteNeverShutsAllOut(t *testing.T) {
	f, _ := firewall.FormatByID(id)
	_, err := f.Write(format.Job{Host: true, Flows: []format.Flow{{In: true, Deny: true, Proto: "tcp", Port: 25, Family: ir.V4, Label: "mxodus lock-down"}}})
	if err == nil || !strings.Contains(err.Error(), "shut out everybody") {
		t.Error(err)
	}
}

func TestCorpus(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	ft.Corpus(t, "../../../../../../shared/corpus/firewall", id, "")
}

// TestScale reads 10,000 rules and a list of 10,000 addresses.
func TestScale(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	var b strings.Builder
	b.WriteString(profiles(""))
	var addrs []string
	for i := range 10000 {
		addrs = append(addrs, fmt.Sprintf(`"10.%d.%d.0/24"`, i/256, i%256))
	}
	b.WriteString(rule("Action=\"Block\";RemoteAddress=[" + strings.Join(addrs, ",") + "]"))
	for i := range 10000 {
		b.WriteString(rule(fmt.Sprintf(`DisplayName="rule %d";LocalPort=["%d"]`, i, 1000+i)))
	}
	b.WriteString(rule(`RemoteAddress=["103.13.69.0/24"]`))
	began := time.Now()
	if v := ft.Ask(t, id, b.String(), ft.Mail()); v.Verdict != "permit" || v.Line != 10005 {
		t.Errorf("%+v", v)
	}
	if spent := time.Since(began); spent > 6*time.Second {
		t.Errorf("it took %s", spent)
	}
}

func TestConfirm(t *testing.T) {
	f, _ := firewall.FormatByID(id)
	p := format.Packet{Dir: ir.Out, Src: netip.MustParseAddr("10.0.0.25"), Dst: netip.MustParseAddr("103.13.69.7"), DPort: 25}
	if got := f.Confirm(p); got != "Test-NetConnection -ComputerName 103.13.69.7 -Port 25" {
		t.Error(got)
	}
	p.Dir = ir.In
	if got := f.Confirm(p); !strings.Contains(got, "-eq '25'") || !strings.Contains(got, "Inbound") {
		t.Error(got)
	}
}

func FuzzRead(f *testing.F) {
	ft.Seeds(f, rule("")+"New-NetFirewallRule -Name 'x\nRemove-NetFirewallRule -All\n")
	f.Fuzz(func(t *testing.T, text string) { ft.Sound(t, id, text, ft.Mail()) })
}
