package table

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// TestWrite: single addresses stand as people write them, an end without
// networks is any of the family, and flows of one port for two uses give their
// rows once.
func TestWrite(t *testing.T) {
	p := netip.MustParsePrefix
	server, net := []netip.Prefix{p("10.0.0.25/32")}, []netip.Prefix{p("192.0.2.0/24"), p("198.51.100.7/32")}
	flows := []format.Flow{
		{In: true, Proto: "tcp", Src: net, Dst: server, Port: 25, Family: ir.V4, Label: "mail in"},
		{Proto: "tcp", Src: server, Dst: net[:1], Port: 25, Family: ir.V4, Label: "mail out"},
		{Proto: "tcp", Src: server, Dst: net[:1], Port: 25, Family: ir.V4, Label: "journal out"},
		{In: true, Deny: true, Proto: "tcp", Dst: server, Port: 25, Family: ir.V4, Label: "lock-down"},
		{In: true, Deny: true, Proto: "tcp", Dst: []netip.Prefix{p("2001:db8::25/128")}, Port: 25, Family: ir.V6, Label: "lock-down"},
	}
	rows := `allow,in,tcp,192.0.2.0/24,10.0.0.25,25
allow,in,tcp,198.51.100.7,10.0.0.25,25
allow,out,tcp,10.0.0.25,192.0.2.0/24,25
deny,in,tcp,0.0.0.0/0,10.0.0.25,25
deny,in,tcp,::/0,2001:db8::25,25
`
	s, err := Write(format.Job{Flows: flows})
	if err != nil || s.Text != "action,direction,protocol,source,destination,port\n"+rows {
		t.Errorf("%v\n%s", err, s.Text)
	}
	set := Parse("", source.NewDoc("", "Port,Source,Destination,Protocol,Direction,Action\n25,any,any,tcp,in,deny\n", time.Time{}).Lines())
	s, err = Write(format.Job{Flows: flows[:3], Set: set, Above: ir.At{Line: 2}})
	if want := "25,192.0.2.0/24,10.0.0.25,tcp,in,allow\n25,198.51.100.7,10.0.0.25,tcp,in,allow\n25,10.0.0.25,192.0.2.0/24,tcp,out,allow\n"; err != nil || s.Text != want {
		t.Errorf("%v\n%s", err, s.Text)
	}
	if !strings.Contains(s.Notes[0], "line 2") {
		t.Errorf("%q", s.Notes)
	}
}
