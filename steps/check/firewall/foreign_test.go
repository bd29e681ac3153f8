package firewall

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/source"
)

// notRead are beginnings of files that are recognised but not read, by the name
// that they are known by.
var notRead = map[string][]string{
	"a listing of iptables -L, which leaves out interfaces": {
		"Chain INPUT (policy ACCEPT)\ntarget     prot opt source               destination\nACCEPT     tcp  --  anywhere             anywhere             tcp dpt:smtp\n",
		"Chain INPUT (policy DROP 12 packets, 3K bytes)\n pkts bytes target     prot opt in     out     source               destination\n    0     0 ACCEPT     tcp  --  eth0   *       0.0.0.0/0            10.0.0.25            tcp dpt:25\n",
		"Chain mail (1 references)\nnum  target     prot opt source               destination\n1    ACCEPT     tcp      ::/0                 ::/0                 tcp dpt:25\n",
	},
	"the settings of OpenWrt, from which it makes its rules": {
		"\nconfig defaults\n\toption input 'REJECT'\n\toption output 'ACCEPT'\n\nconfig rule\n\toption name 'Allow-SMTP'\n\toption src 'wan'\n\toption dest_port '25'\n\toption target 'ACCEPT'\n",
	},
	"a part, a listing or the XML or JSON of Junos": {
		"From zone: trust, To zone: untrust\n  Policy: mail-out, State: enabled, Index: 4, Scope Policy: 0, Sequence number: 1\n    Source addresses: any\n    Destination addresses: any\n    Applications: junos-smtp\n    Action: permit\n",
		"policies {\n    from-zone trust to-zone untrust {\n        policy mail {\n            match { source-address any; destination-address any; application junos-smtp; }\n            then { permit; }\n        }\n    }\n}\n",
		"<rpc-reply xmlns:junos=\"http://xml.juniper.net/junos/21.4R0/junos\">\n<configuration junos:commit-seconds=\"1\"><security><policies/></security></configuration></rpc-reply>\n",
		"{\n \"configuration\" : { \"security\" : { \"policies\" : { \"policy\" : [ {\n \"from-zone-name\" : \"trust\",\n \"to-zone-name\" : \"untrust\" } ] } } } }\n",
	},
	"rules of Check Point, but not as JSON of its management": {
		"uid: \"aa\"\nname: \"Network\"\nrulebase:\n- uid: \"bb\"\n  name: \"mail\"\n  type: \"access-rule\"\n  rule-number: 1\n",
		"(\n\t:rule-base (\"##Standard\"\n\t\t:rule (\n\t\t\t:AdminInfo (\n\t\t\t\t:ClassName (security_rule)\n",
	},
	"a listing of Get-NetFirewallRule, which leaves out addresses and ports": {
		"\nName                          : {AA}\nDisplayName                   : mail\nEnabled                       : True\nDirection                     : Inbound\nAction                        : Allow\nPrimaryStatus                 : OK\nPolicyStoreSource             : PersistentStore\n",
	},
	"commands of netsh that make rules of Windows Firewall": {
		"netsh advfirewall firewall add rule name=mail dir=in action=allow protocol=TCP localport=25\n",
	},
	"a listing of RouterOS (print)": {
		"Flags: X - disabled, I - invalid; D - dynamic \n 0  D ;;; special dummy rule to show fasttrack counters\n      chain=forward action=passthrough \n\n 1    ;;; mail\n      chain=forward action=accept protocol=tcp dst-address=10.0.0.25 dst-port=25 log=no log-prefix=\"\"\n",
	},
	"security groups of Azure, but not as JSON": {
		"Name    ResourceGroup    Priority    SourcePortRanges    SourceAddressPrefixes    SourceASG    Access    Protocol    Direction    DestinationPortRanges\n------  ---------------  ----------  ------------------  -----------------------  -----------  --------  ----------  -----------  -----------------------\nmail    rg               100         *                   *                        None         Allow     Tcp         Inbound      25\n",
		"resource \"azurerm_network_security_group\" \"mail\" {\n  security_rule {\n    priority = 100\n  }\n}\n",
	},
	"security groups or network ACLs of AWS, but not as JSON of the AWS CLI": {
		"SECURITYGROUPS\tmail\tsg-1\tmail\t123456789012\tvpc-1\nIPPERMISSIONS\t25\ttcp\t25\nIPRANGES\t0.0.0.0/0\n",
		"SecurityGroups:\n- Description: mail\n  GroupId: sg-1\n  IpPermissions:\n  - FromPort: 25\n",
		"-----------------------------------\n|      DescribeSecurityGroups     |\n+---------------------------------+\n||        SecurityGroups         ||\n",
		"resource \"aws_security_group\" \"mail\" {\n  ingress {\n    from_port = 25\n  }\n}\n",
	},
	"rules of Cisco's Firewall Management Center": {
		"{\"metadata\":{\"ruleIndex\":1},\"type\":\"AccessRule\",\"name\":\"mail\",\"action\":\"ALLOW\",\"enabled\":true,\"sourceNetworks\":{},\"destinationPorts\":{}}\n",
	},
	"an XML export of Sophos (SFOS)": {
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Configuration APIVersion=\"1800.2\" IPS_CAT_VER=\"1\" IS_WIFI6=\"0\">\n  <FirewallRule transactionid=\"\">\n    <Name>Mail in</Name>\n",
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response APIVersion=\"1905.1\">\n  <FirewallRule transactionid=\"\">\n    <Name>Mail in</Name>\n",
	},
	"a configuration of WatchGuard (Fireware)": {
		"<?xml version=\"1.0\"?>\n<profile product-grade=\"firebox\" >\n  <for-version>12.9</for-version>\n  <policy-list>\n    <policy>\n      <name>SMTP-in-00</name>\n      <service>SMTP</service>\n",
	},
	"JSON of the dashboard of Cisco Meraki": {
		"{\"rules\":[{\"comment\":\"mail\",\"policy\":\"allow\",\"protocol\":\"tcp\",\"srcPort\":\"Any\",\"srcCidr\":\"Any\",\"destPort\":\"25\",\"destCidr\":\"10.0.0.25/32\"}]}\n",
		"{\n  \"rules\": [\n    {\n      \"policy\": \"allow\",\n      \"protocol\": \"tcp\",\n      \"srcCidr\": \"Any\",\n      \"destPort\": \"25\",\n      \"destCidr\": \"10.0.0.25/32\"\n    }\n  ]\n}\n",
	},
	"a configuration of Juniper NetScreen (ScreenOS)": {
		"set zone \"Trust\" vrouter \"trust-vr\"\nset policy id 1 from \"Untrust\" to \"Trust\"  \"Any\" \"MIP(203.0.113.25)\" \"SMTP\" permit log\nset policy id 1\nexit\n",
		"set policy id 7 name \"mail\" from \"Untrust\" to \"Trust\"  \"Any\" \"MIP(203.0.113.25)\" \"SMTP\" permit\n",
	},
}

// TestForeignFormsAreToldWhatToGive: each form that is known and not read is
// named, with the command that exports the rules in a form that is read, or
// the table where there is none.
func TestForeignFormsAreToldWhatToGive(t *testing.T) {
	for _, f := range foreigners {
		if len(notRead[f.name]) == 0 {
			t.Errorf("there is no file of %s", f.name)
		}
		for _, text := range notRead[f.name] {
			_, err := Read("rules", []byte(text), "")
			if err == nil {
				t.Errorf("%s is read:\n%s", f.name, text)
				continue
			}
			said := err.Error()
			if !strings.HasPrefix(said, "this looks like "+f.name+"; that is not read. ") {
				t.Errorf("%s: %s\n%s", f.name, said, text)
			}
			if f.format == "" {
				if !strings.HasSuffix(said, asTable) {
					t.Errorf("%s: %s", f.name, said)
				}
				continue
			}
			of, ok := FormatByID(f.format)
			if !ok || !slices.ContainsFunc(of.Export, func(w format.Way) bool { return slices.Contains(w.Do, f.command) }) {
				t.Errorf("%s: %q is no line of the export of %s", f.name, f.command, f.format)
			}
			if !strings.Contains(said, "mxodus firewall formats "+f.format) || !strings.HasSuffix(said, ": "+f.command) {
				t.Errorf("%s: %s", f.name, said)
			}
		}
	}
	if len(notRead) != len(foreigners) {
		t.Errorf("%d forms are known, there are files of %d", len(foreigners), len(notRead))
	}
	if f := foreignForm("Dear team"); f != nil {
		t.Errorf("a letter looks like %s", f.name)
	}
	if _, err := Read("rules", []byte("Dear team"), ""); err == nil || !strings.HasPrefix(err.Error(), "this is not a ruleset in a known form") {
		t.Errorf("a letter: %v", err)
	}
}

// TestFormatAskedForIsNotCalledForeign: who names a format is told about that.
func TestFormatAskedForIsNotCalledForeign(t *testing.T) {
	for _, text := range notRead["JSON of the dashboard of Cisco Meraki"] {
		if _, err := Read("rules", []byte(text), source.Table); err == nil || !strings.Contains(err.Error(), "no rule was found") {
			t.Errorf("%v\n%s", err, text)
		}
	}
}

// TestWhatIsReadIsNotForeign: no mark is found in what the formats write, and
// no ruleset at hand is called by the name of a form that is not read.
func TestWhatIsReadIsNotForeign(t *testing.T) {
	for _, id := range WrittenFormats() {
		s, err := Rules(RulesOptions{Format: id, Ranges: seedRanges(), Servers: options().Servers, Needs: DefaultNeeds(), Outside: "wan", Inside: "lan"})
		if err != nil {
			t.Fatal(err)
		}
		if f := foreignForm(s.Text); f != nil {
			t.Errorf("what is written for %s looks like %s:\n%s", id, f.name, s.Text)
		}
	}
	if _, err := os.Stat(corpusDir); err != nil {
		t.Skip("no corpus of rulesets beside this checkout")
	}
	read := 0
	err := filepath.WalkDir(corpusDir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if _, err := Read(filepath.Base(path), raw, ""); err == nil {
			read++
		} else if strings.Contains(err.Error(), "this looks like") {
			t.Errorf("%s: %v", path, err)
		}
		return nil
	})
	if err != nil || read < 50 {
		t.Errorf("%d files of the corpus were read: %v", read, err)
	}
}
