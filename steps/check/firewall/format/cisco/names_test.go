package cisco

import (
	"testing"

	"mxodus/steps/check/firewall/ir"
)

func TestPort(t *testing.T) {
	for _, c := range []struct {
		in    string
		a, or uint16
		ok    bool
	}{
		{"25", 25, 25, true},
		{"0", 0, 0, true},
		{"65535", 65535, 65535, true},
		{"65536", 0, 0, false},
		{"-1", 0, 0, false},
		{"smtp", 25, 25, true},
		{"www", 80, 80, true},
		{"ldaps", 636, 636, true},
		{"sqlnet", 1521, 1522, true}, // by release
		{"kerberos", 88, 750, true},
		{"SMTP", 0, 0, false},
		{"mail", 0, 0, false},
		{"", 0, 0, false},
	} {
		if a, or, ok := Port(c.in); a != c.a || or != c.or || ok != c.ok {
			t.Errorf("Port(%q): %d %d %t", c.in, a, or, ok)
		}
	}
	for p, want := range map[uint16]string{25: "smtp", 80: "www", 587: "587", 443: "443"} {
		got := PortName(p)
		if got != want {
			t.Errorf("PortName(%d): %s", p, got)
		}
		if back, _, ok := Port(got); !ok || back != p {
			t.Errorf("%s is read as %d", got, back)
		}
	}
}

func TestProtocol(t *testing.T) {
	for in, want := range map[string]int{
		"tcp": ir.TCP, "udp": ir.UDP, "icmp": ir.ICMP, "icmp6": ir.ICMPv6, "esp": 50, "47": 47, "255": 255,
		"ip": -1, "256": -1, "TCP": -1, "": -1, "tcp-udp": -1,
	} {
		if got, ok := Protocol(in); ok != (want >= 0) || ok && int(got) != want {
			t.Errorf("Protocol(%q): %d %t", in, got, ok)
		}
	}
}

func TestProtocols(t *testing.T) {
	for in, want := range map[string][]uint8{"ip": {}, "tcp": {ir.TCP}, "tcp-udp": {ir.TCP, ir.UDP}, "50": {50}, "ipv6": nil, "any": nil, "": nil} {
		got, ok := Protocols(in)
		if ok != (want != nil) {
			t.Errorf("Protocols(%q): %t", in, ok)
		}
		if !ok {
			continue
		}
		if len(want) == 0 && (len(got) != 1 || got[0].Proto != nil) || len(want) > 0 && len(got) != len(want) {
			t.Errorf("Protocols(%q): %+v", in, got)
		}
		for i, p := range want {
			if got[i].Proto.Not || len(got[i].Proto.List) != 1 || got[i].Proto.List[0] != p {
				t.Errorf("Protocols(%q): %+v", in, got[i].Proto)
			}
		}
	}
}

func TestICMPType(t *testing.T) {
	for _, c := range []struct {
		in   string
		six  bool
		want ir.ICMPType
		ok   bool
	}{
		{"echo", false, ir.ICMPType{Type: 8, CodeHi: 255}, true},
		{"echo", true, ir.ICMPType{Type: 128, CodeHi: 255}, true},
		{"unreachable", false, ir.ICMPType{Type: 3, CodeHi: 255}, true},
		{"packet-too-big", false, ir.ICMPType{Type: 3, CodeLo: 4, CodeHi: 4}, true},
		{"packet-too-big", true, ir.ICMPType{Type: 2, CodeHi: 255}, true},
		{"net-unreachable", false, ir.ICMPType{Type: 3}, true}, // code 0
		{"13", true, ir.ICMPType{Type: 13, CodeHi: 255}, true},
		{"nd-ns", false, ir.ICMPType{}, false},
		{"300", false, ir.ICMPType{}, false},
		{"", true, ir.ICMPType{}, false},
	} {
		if got, ok := ICMPType(c.in, c.six); got != c.want || ok != c.ok {
			t.Errorf("ICMPType(%q, %t): %+v %t", c.in, c.six, got, ok)
		}
	}
}
