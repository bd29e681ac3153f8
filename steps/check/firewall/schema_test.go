package firewall

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// keysOf lists the names of fields in a JSON value, with the way to them.
func keysOf(path string, v any, into map[string]bool) {
	switch x := v.(type) {
	case map[string]any:
		for k, y := range x {
			p := strings.TrimPrefix(path+"."+k, ".")
			into[p] = true
			keysOf(p, y, into)
		}
	case []any:
		for _, y := range x {
			keysOf(path+"[]", y, into)
		}
	}
}

// TestSchemaIsKept: a field that is renamed or taken away needs a new number of
// the schema; one that is added stands here too.
func TestSchemaIsKept(t *testing.T) {
	text := natHead + fwdHead + "what is this\n" + strings.Replace(fwdFirst, "69.0/24", "69.0/25", 1) + "-A FORWARD -s 124.47.105.0/24 -d 10.0.5.25 -p tcp --dport 25 -j ACCEPT\n" +
		"-A FORWARD -p tcp --dport 25 -j ACCEPT\nCOMMIT\n"
	table := "action,direction,protocol,source,destination,port\nallow,in,tcp,103.13.69.0/25,203.0.113.25,25\nallow,in,tcp,any,203.0.113.26,25\nallow,in,tcp,124.47.105.0/24,any,25\n"
	keys := map[string]bool{}
	for _, text := range []string{text, table} {
		opt := options()
		opt.Lockdown = true
		opt.Servers = append(opt.Servers, server.Next())
		b, err := check1(t, text, opt).JSON()
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(b, &v); err != nil {
			t.Fatal(err)
		}
		keysOf("", v, keys)
	}
	for _, want := range strings.Fields(`schema file sha256 format label rules region servers verdict summary
		requirements requirements[].range requirements[].kind requirements[].region requirements[].need requirements[].label requirements[].direction
		requirements[].proto requirements[].port requirements[].server requirements[].verdict requirements[].half requirements[].addresses
		requirements[].open requirements[].why requirements[].by requirements[].by[].line requirements[].by[].text requirements[].by[].chain
		requirements[].gaps requirements[].gaps[].verdict requirements[].gaps[].cidrs requirements[].gaps[].by requirements[].gaps[].by.line
		requirements[].gaps[].by.text requirements[].gaps[].by.why requirements[].gaps[].witness requirements[].gaps[].witness.dir
		requirements[].gaps[].witness.src requirements[].gaps[].witness.dst requirements[].gaps[].witness.proto requirements[].gaps[].witness.sport
		requirements[].gaps[].witness.dport requirements[].gaps[].witness.step requirements[].gaps[].fix requirements[].gaps[].fix.text
		requirements[].gaps[].fix.copy requirements[].gaps[].confirm
		requirements[].gaps[].around requirements[].gaps[].around[].line requirements[].gaps[].around[].text leaks[].around
		unknowns unknowns[].line unknowns[].text unknowns[].why unknowns[].about
		lockdown lockdown.verdict lockdown.summary lockdown.leaks leaks leaks[].verdict leaks[].category leaks[].cidrs leaks[].addresses leaks[].whole
		leaks[].sources leaks[].to leaks[].by leaks[].witness leaks[].hint leaks[].fix leaks[].confirm
		assumptions notes problems problems[].line problems[].text self_check self_check.samples`) {
		if !keys[want] {
			var have []string
			for k := range keys {
				have = append(have, k)
			}
			slices.Sort(have)
			t.Errorf("no field %s under %s; there are %s", want, Schema, strings.Join(have, " "))
			return
		}
	}
}
