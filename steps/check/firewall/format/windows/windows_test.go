package windows_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
)

const id = "windows"

func ask(t testing.TB, text string, p firewall.Probe) firewall.Verdict {
	t.Helper()
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := firewall.Eval([]byte(text), id, "", bytes.NewReader(append(b, '\n')), &out); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	var v firewall.Verdict
	if err := json.Unmarshal(out.Bytes(), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func port(n int) *int { return &n }

func mail(change ...func(*firewall.Probe)) firewall.Probe {
	p := firewall.Probe{Dir: "in", Src: "103.13.69.7", Dst: "10.0.0.25", Proto: "tcp", SPort: port(40000), DPort: port(25)}
	for _, f := range change {
		f(&p)
	}
	return p
}

func from(a string) func(*firewall.Probe) { return func(p *firewall.Probe) { p.Src = a } }
func dport(n int) func(*firewall.Probe)   { return func(p *firewall.Probe) { p.DPort = port(n) } }
func proto(s string) func(*firewall.Probe) {
	return func(p *firewall.Probe) { p.Proto = s }
}

func outward(p *firewall.Probe) { p.Dir, p.Src, p.Dst = "out", "10.0.0.25", "103.13.69.7" }

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
		{"inbound is blocked from the start", profiles(""), mail(), "deny", 1, ""},
		{"outbound is allowed from the start", profiles(""), mail(outward), "permit", 1, ""},
		{"outbound blocked", profiles("DefaultOutboundAction=Block"), mail(outward), "deny", 1, ""},
		{"allow", profiles("") + rule(provider), mail(), "permit", 4, ""},
		{"allow, near miss", profiles("") + rule(provider), mail(from("103.13.68.7")), "deny", 1, ""},
		{"half a range", profiles("") + rule(`RemoteAddress=["103.13.69.0/25"]`), mail(from("103.13.69.128")), "deny", 1, ""},
		{"range one short", profiles("") + rule(`RemoteAddress=["103.13.69.0-103.13.69.6"]`), mail(), "deny", 1, ""},
		{"block beats allow after it", profiles("") + rule("Action=\"Block\"") + rule(provider), mail(), "deny", 4, ""},
		{"block beats allow before it", profiles("") + rule(provider) + rule(`Action="Block"`), mail(), "deny", 5, ""},
		{"a wider block beats a narrower allow", profiles("") + rule(`RemoteAddress=["103.13.69.7"]`) + rule(`Action="Block";RemoteAddress=["103.0.0.0/8"]`), mail(), "deny", 5, ""},
		{"block beats the default to allow", profiles("DefaultInboundAction=Allow") + rule(`Action="Block"`), mail(), "deny", 4, ""},
		{"default to allow", profiles("DefaultInboundAction=Allow"), mail(), "permit", 1, ""},
		{"disabled", profiles("") + rule(`Enabled="False"`), mail(), "deny", 1, ""},
		{"numbers for names", profiles("") + rule(`Enabled=1;Direction=1;Action=2;Profile=0`), mail(), "permit", 4, ""},
		{"disabled, in numbers", profiles("") + rule(`Enabled=2;Direction=1;Action=2;Profile=0`), mail(), "deny", 1, ""},
		{"outbound rule", profiles("") + rule(`Direction="Outbound";Action="Block";LocalPort=["Any"];RemotePort=["25"]`), mail(outward), "deny", 4, ""},
		{"outbound is not inbound", profiles("") + rule(`Direction="Outbound"`), mail(), "deny", 1, ""},
		{"profile off", profiles("Enabled=False") + rule(`Action="Block"`), mail(), "permit", 1, ""},
		{"everything blocked", profiles("AllowInboundRules=False") + rule(""), mail(), "deny", 1, ""},
		{"one profile of three", profiles("") + rule(`Profile="Domain"`), mail(), "unknown", 0, "which profile is active"},
		{"all three, one by one", profiles("") + rule(`Profile="Domain"`) + rule(`Profile="Private, Public"`), mail(), "permit", 0, ""},
		{"the active profile", profiles("") + `{"NetworkCategory":"DomainAuthenticated","InterfaceAlias":"Ethernet"}` + "\n" + rule(`Profile="Domain"`), mail(), "permit", 5, ""},
		{"not the active profile", profiles("") + `{"NetworkCategory":"Public","InterfaceAlias":"Ethernet"}` + "\n" + rule(`Profile="Domain"`), mail(), "deny", 3, ""},
		{"two active profiles", profiles("") + `{"NetworkCategory":"Public","InterfaceAlias":"A"}` + "\n" + `{"NetworkCategory":"DomainAuthenticated","InterfaceAlias":"B"}` + "\n" + rule(`Profile="Domain"`), mail(), "unknown", 0, "which profile"},
		{"another profile is off", profiles("Public.Enabled=False") + `{"NetworkCategory":"Private","InterfaceAlias":"A"}` + "\n", mail(), "deny", 2, ""},
		{"one profile is off", profiles("Public.Enabled=False"), mail(), "unknown", 0, "which profile"},
		{"group policy alone counts", profiles("AllowLocalFirewallRules=False") + rule(""), mail(), "deny", 1, ""},
		{"a rule of group policy", profiles("AllowLocalFirewallRules=False") + rule(`PolicyStoreSourceType="GroupPolicy"`), mail(), "permit", 4, ""},
		{"of unknown origin", profiles("AllowLocalFirewallRules=False") + rule(`PolicyStoreSourceType=""`), mail(), "unknown", 4, "comes from"},
		{"ports", profiles("") + rule(`LocalPort=["20-24","25"]`), mail(), "permit", 4, ""},
		{"other ports", profiles("") + rule(`LocalPort=["26-30","465"]`), mail(), "deny", 1, ""},
		{"RPC is never 25", profiles("") + rule(`LocalPort=["RPC"]`), mail(), "deny", 1, ""},
		{"RPC, a high port", profiles("") + rule(`LocalPort=["RPC"]`), mail(dport(49200)), "unknown", 4, "RPC"},
		{"RPC end point mapper", profiles("") + rule(`LocalPort=["RPCEPMap"]`), mail(dport(135)), "permit", 4, ""},
		{"port that is not known", profiles("") + rule(`LocalPort=["Frob"]`), mail(), "unknown", 4, "Frob"},
		{"any protocol", profiles("") + rule(`Protocol="Any";LocalPort=["Any"]`), mail(), "permit", 4, ""},
		{"udp is not tcp", profiles("") + rule(`Protocol="UDP"`), mail(), "deny", 1, ""},
		{"protocol by number", profiles("") + rule(`Protocol="6"`), mail(), "permit", 4, ""},
		{"echo", profiles("") + rule(`Protocol="ICMPv4";LocalPort=["RPC"];IcmpType=["8"]`), mail(proto("icmp"), dport(8)), "permit", 4, ""},
		{"local address", profiles("") + rule(`LocalAddress=["10.0.0.26"]`), mail(), "deny", 1, ""},
		{"local subnet, not known", profiles("") + rule(`RemoteAddress=["LocalSubnet"]`), mail(), "unknown", 4, "LocalSubnet"},
		{"local subnet", profiles("") + `{"IPAddress":"10.0.0.25","PrefixLength":24,"InterfaceAlias":"E"}` + "\n" + rule(`RemoteAddress=["LocalSubnet"]`), mail(), "deny", 1, ""},
		{"from the local subnet", profiles("") + `{"IPAddress":"10.0.0.25","PrefixLength":24,"InterfaceAlias":"E"}` + "\n" + rule(`RemoteAddress=["LocalSubnet"]`), mail(from("10.0.0.7")), "permit", 5, ""},
		{"keyword", profiles("") + rule(`RemoteAddress=["Internet"]`), mail(), "unknown", 4, "Internet"},
		{"keyword beside the range", profiles("") + rule(`RemoteAddress=["DNS","103.13.69.0/24"]`), mail(), "permit", 4, ""},
		{"a name for an address", profiles("") + rule(`RemoteAddress=["mail.example.com"]`), mail(), "unknown", 4, "mail.example.com"},
		{"another program", profiles("") + rule(`Program="C:\\Tools\\other.exe"`), mail(), "unknown", 4, "other.exe"},
		{"another program, another port", profiles("") + rule(`Program="C:\\Tools\\other.exe";LocalPort=["8080"]`), mail(), "deny", 1, ""},
		{"the transport of Exchange", profiles("") + rule(`Program="C:\\Program Files\\Microsoft\\Exchange Server\\V15\\Bin\\MSExchangeFrontendTransport.exe"`), mail(), "permit", 4, ""},
		{"the transport, any port", profiles("") + rule(`Program="C:\\Exchange\\Bin\\EdgeTransport.exe";LocalPort=["Any"]`), mail(), "unknown", 4, "EdgeTransport"},
		{"a program of Windows", profiles("") + rule(`Program="%SystemRoot%\\system32\\svchost.exe";Service="iphlpsvc";LocalPort=["Any"]`), mail(), "deny", 1, ""},
		{"a packaged app", profiles("") + rule(`Package="S-1-15-2-1-2-3";Protocol="Any";LocalPort=["Any"]`), mail(), "deny", 1, ""},
		{"the SMTP service", profiles("") + rule(`Program="%windir%\\system32\\inetsrv\\inetinfo.exe";Service="SMTPSVC"`), mail(), "permit", 4, ""},
		{"interface", profiles("") + rule(`InterfaceAlias=["Ethernet0"]`), mail(func(p *firewall.Probe) { p.InIf = "Ethernet0" }), "permit", 4, ""},
		{"other interface", profiles("") + rule(`InterfaceAlias=["Ethernet0"]`), mail(func(p *firewall.Probe) { p.InIf = "Ethernet1" }), "deny", 1, ""},
		{"kind of interface", profiles("") + rule(`InterfaceType="Wireless"`), mail(), "unknown", 4, "Wireless"},
		{"IPsec", profiles("") + rule(`Authentication="Required"`), mail(), "unknown", 4, "IPsec"},
		{"IPsec that overrides a block", profiles("") + rule(`Authentication="Required";OverrideBlockRules="True"`) + rule(`Action="Block"`), mail(), "unknown", 4, "secured"},
		{"users", profiles("") + rule(`RemoteUser="S-1-5-21-1"`), mail(), "unknown", 4, "user"},
		{"a line that breaks off", profiles("") + rule("") + "{\"Name\":\"x\",\"Action\":\n", mail(), "unknown", 5, "could not be read"},
		{"rules without ports", profiles("") + `{"DisplayName":"a","Enabled":"True","Direction":"Inbound","Action":"Allow","Profile":"Any"}` + "\n", mail(), "unknown", 4, "ports and addresses"},
		{"one document", `{"Profiles":[` + strings.TrimSuffix(strings.ReplaceAll(profiles(""), "\n", ",\n"), ",\n") + `],` + "\n" + `"Rules":[` + strings.TrimSpace(rule(provider)) + "]}\n", mail(), "permit", 4, ""},
		{"v6", profiles("") + rule(`RemoteAddress=["2001:db8:1::/48"]`), mail(from("2001:db8:1::7"), func(p *firewall.Probe) { p.Dst = "2001:db8:2::25" }), "permit", 4, ""},
		{"v6 is not v4", profiles("") + rule(`RemoteAddress=["0.0.0.0/0"]`), mail(from("2001:db8:1::7"), func(p *firewall.Probe) { p.Dst = "2001:db8:2::25" }), "deny", 1, ""},
		{"passing through", profiles(""), mail(func(p *firewall.Probe) { p.Dir = "fwd" }), "unknown", 0, "firewall before"},
		{"a chain by name", profiles("") + rule(provider), mail(func(p *firewall.Probe) { p.Dir, p.ACL = "", "inbound" }), "permit", 4, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ask(t, c.text, c.p)
			if got.Verdict != c.want || c.line != 0 && got.Line != c.line || !strings.Contains(got.Why, c.why) {
				t.Errorf("got %+v, want %s at line %d because %q", got, c.want, c.line, c.why)
			}
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
		{"new", in, mail(), "permit", 1, ""},
		{"nothing else comes in", in, mail(dport(26)), "deny", 0, ""},
		{"list of addresses", "New-NetFirewallRule -DisplayName x -LocalPort 25 -Protocol TCP -RemoteAddress @('192.0.2.0/24', \"103.13.69.0/24\")\n", mail(), "permit", 1, ""},
		{"over two lines", "New-NetFirewallRule -DisplayName x -Protocol TCP `\n  -LocalPort 587\n", mail(), "deny", 0, ""},
		{"disabled later", in + "Disable-NetFirewallRule -DisplayName 'in'\n", mail(), "deny", 0, ""},
		{"removed", in + "Remove-NetFirewallRule -DisplayName i*\n", mail(), "deny", 0, ""},
		{"removed by a pipe", in + "Get-NetFirewallRule -DisplayName in | Remove-NetFirewallRule\n", mail(), "deny", 0, ""},
		{"narrowed", in + "Set-NetFirewallRule -DisplayName in -RemoteAddress 192.0.2.0/24\n", mail(), "deny", 0, ""},
		{"made a block", in + "Set-NetFirewallRule -DisplayName in -Action Block\n", mail(), "deny", 1, ""},
		{"enabled false", "New-NetFirewallRule -DisplayName x -Enabled False -LocalPort 25 -Protocol TCP\n", mail(), "deny", 0, ""},
		{"profile", in + "Set-NetFirewallProfile -All -DefaultInboundAction Allow\n", mail(dport(26)), "permit", 2, ""},
		{"a variable", in + "New-NetFirewallRule -DisplayName x -Action Block -RemoteAddress $bad\n", mail(), "unknown", 2, "could not be read"},
		{"a loop", in + "foreach ($a in $b) { New-NetFirewallRule -RemoteAddress $a -Action Block }\n", mail(), "unknown", 2, "could not be read"},
		{"parameter that is not known", "New-NetFirewallRule -DisplayName x -Protocol TCP -LocalPort 25 -Frob 1\n", mail(), "unknown", 1, "-frob"},
		{"all but", "New-NetFirewallRule -DisplayName x -Action Block -RemoteAddress '1.0.0.0-103.13.68.255','103.13.70.0-223.255.255.255'\n" + in, mail(from("103.13.70.1")), "deny", 1, ""},
		{"prompt", "PS C:\\> " + in, mail(), "permit", 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ask(t, c.text, c.p)
			if got.Verdict != c.want || c.line != 0 && got.Line != c.line || !strings.Contains(got.Why, c.why) {
				t.Errorf("got %+v, want %s at line %d because %q", got, c.want, c.line, c.why)
			}
		})
	}
}

func options() firewall.CheckOptions {
	return firewall.CheckOptions{
		Region: "au", Servers: []netip.Addr{netip.MustParseAddr("10.0.0.25")}, Needs: firewall.DefaultNeeds(), Lockdown: true,
		Ranges: []firewall.Range{
			{CIDR: netip.MustParsePrefix("103.13.69.0/24"), Kind: firewall.Named, Region: "au"},
			{CIDR: netip.MustParsePrefix("124.47.150.0/24"), Kind: firewall.Named, Region: "au"},
		},
	}
}

func sample(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
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
		text := sample(t, c.file)
		for form, s := range map[string]string{"as it is": text, "CRLF": strings.ReplaceAll(text, "\n", "\r\n"), "UTF-16": utf16LE(text)} {
			rep, err := firewall.CheckFile(c.file, []byte(s), options())
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
		rep, err := firewall.CheckFile(c.file, []byte(strings.Replace(text, c.old, c.new, 1)), options())
		if err != nil {
			t.Fatal(err)
		}
		if rep.Lockdown.Verdict != firewall.Disproven || len(rep.Leaks) == 0 || rep.Leaks[0].By.Line != c.line {
			t.Errorf("%s with the rule for everyone: %s", c.file, rep.Text())
		}
	}
}

func utf16LE(s string) string {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return string(out)
}

// TestNetshWithoutProfiles leaves the default open: it is not in the file.
func TestNetshWithoutProfiles(t *testing.T) {
	text := sample(t, "netsh.txt")
	text = text[strings.Index(text, "Rule Name:"):]
	if v := ask(t, text, mail()); v.Verdict != "permit" {
		t.Errorf("%+v", v)
	}
	if v := ask(t, text, mail(from("198.51.100.1"))); v.Verdict != "unknown" || !strings.Contains(v.Why, "default action") {
		t.Errorf("%+v", v)
	}
}

// TestBlame disables the rule that is said to decide: the verdict must change.
func TestBlame(t *testing.T) {
	text := sample(t, "exchange.json")
	for _, p := range []firewall.Probe{mail(), mail(from("10.0.0.99")), mail(from("103.13.70.5"), dport(3389)), mail(from("10.0.0.9"), dport(465))} {
		before := ask(t, text, p)
		lines := strings.Split(text, "\n")
		if before.Line < 8 {
			t.Fatalf("%+v: %+v", p, before)
		}
		k := before.Line - 1
		lines[k] = strings.Replace(lines[k], `"Enabled":"True"`, `"Enabled":"False"`, 1)
		after := ask(t, strings.Join(lines, "\n"), p)
		if after.Line == before.Line || after.Verdict == before.Verdict && before.Verdict == "permit" {
			t.Errorf("%+v: without line %d it is still %+v", p, before.Line, after)
		}
	}
}

func prefixes(list ...string) []netip.Prefix {
	var out []netip.Prefix
	for _, s := range list {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// TestWriteInto puts written rules behind files that let everybody in.
func TestWriteInto(t *testing.T) {
	f, _ := firewall.FormatByID(id)
	flows := []format.Flow{
		{In: true, Proto: "tcp", Port: 25, Family: ir.V4, Label: "mxodus mail in 25", Src: prefixes("103.13.69.0/24", "124.47.150.0/24"), Dst: prefixes("10.0.0.25/32")},
		{In: true, Deny: true, Proto: "tcp", Port: 25, Family: ir.V4, Label: "mxodus lock-down", Dst: prefixes("10.0.0.25/32")},
		{Proto: "tcp", Port: 25, Family: ir.V4, Label: "mxodus mail out 25", Dst: prefixes("103.13.69.0/24", "124.47.150.0/24"), Src: prefixes("10.0.0.25/32")},
	}
	for name, text := range map[string]string{
		"nothing comes in":      profiles(""),
		"everybody":             profiles("") + rule(""),
		"everybody by default":  profiles("DefaultInboundAction=Allow"),
		"nothing goes out":      profiles("DefaultOutboundAction=Block"),
		"text of netsh":         strings.Replace(sample(t, "netsh.txt"), "Enabled:                              No", "Enabled:                              Yes", 1),
		"registry":              strings.Replace(sample(t, "policy.reg"), "Active=FALSE", "Active=TRUE", 1),
		"commands":              "New-NetFirewallRule -DisplayName a -Protocol TCP -LocalPort 25\n",
		"three profiles differ": profiles("") + rule(`Profile="Domain"`) + rule(`Profile="Public";LocalPort=["Any"]`),
	} {
		t.Run(name, func(t *testing.T) {
			set, err := firewall.Read("", []byte(text), "")
			if err != nil {
				t.Fatal(err)
			}
			s, err := f.Write(format.Job{Flows: flows, Host: true, Set: set})
			if err != nil {
				t.Fatal(err)
			}
			rep, err := firewall.CheckFile("", []byte(text+"\n"+s.Text), options())
			if err != nil {
				t.Fatal(err)
			}
			if rep.Verdict != firewall.Proven {
				t.Fatalf("%s\n%s", rep.Text(), s.Text)
			}
			undone, err := firewall.Read("", []byte(text+"\n"+s.Text+"\n"+s.Undo), "")
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
	const root = "../../../../../../shared/corpus/firewall"
	if _, err := os.Stat(root); err != nil {
		t.Skip("no corpus beside this checkout")
	}
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if set, err := firewall.Read(filepath.Base(path), b, ""); err == nil && set.Format == id {
			t.Errorf("%s: read as windows", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
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
	if v := ask(t, b.String(), mail()); v.Verdict != "permit" || v.Line != 10005 {
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
	files, err := filepath.Glob("testdata/*.*")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		f.Add(sample(f, filepath.Base(name)))
	}
	f.Add(rule("") + "New-NetFirewallRule -Name 'x\nRemove-NetFirewallRule -All\n")
	f.Fuzz(func(t *testing.T, text string) {
		began := time.Now()
		set, err := firewall.Read("", []byte(text), id)
		if spent := time.Since(began); spent > 10*time.Second {
			t.Fatalf("it took %s", spent)
		}
		if err != nil {
			return
		}
		lines := 1 + strings.Count(text, "\n") + strings.Count(text, "\r")
		for _, p := range set.Programs {
			for _, c := range p.Chains {
				for _, r := range c.Rules {
					if r.At.Line < 0 || r.At.Line > lines || r.At.Line == 0 && r.At.Text == "" {
						t.Fatalf("a rule at line %d of %d, %q", r.At.Line, lines, r.At.Text)
					}
				}
			}
		}
		if v := ask(t, text, mail()); strings.Contains(v.Why, "internal error") {
			t.Fatalf("%+v", v)
		}
	})
}
