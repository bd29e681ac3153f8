package form

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"mxodus/steps/rfi"
)

// makes are the rows of a long list.
func makes() []rfi.Option {
	var out []rfi.Option
	for _, name := range []string{
		"Check Point", "Cisco ASA", "Cisco IOS router", "FortiGate", "iptables", "Juniper SRX", "MikroTik",
		"pfSense", "Palo Alto Networks", "Windows Firewall 2016", "Windows Firewall 2019",
	} {
		out = append(out, rfi.Option{Value: strings.ToLower(name), Label: name})
	}
	return out
}

// TestARowIsFoundByTypingItsName, by its beginning, by a word of it or by a
// part; the same letter again leads on.
func TestARowIsFoundByTypingItsName(t *testing.T) {
	for typed, want := range map[string]string{
		"f": "FortiGate", "fo": "FortiGate", "c": "Check Point", "ci": "Cisco ASA", "cisco i": "Cisco IOS router",
		"cc": "Cisco ASA", "ccc": "Cisco IOS router", "cccc": "Check Point", "gate": "FortiGate", "sense": "pfSense",
		"j": "Juniper SRX", "2019": "Windows Firewall 2019", "alto": "Palo Alto Networks", "ffzz": "FortiGate", "k": "Leave open for now",
		"3": "Cisco ASA", // the number of a row, that of leaving open being the first
	} {
		f := New(Options{Type: rfi.Choice, Choices: makes(), Optional: true, Styles: styles, Width: 40, Height: 6})
		typeIn(f, typed)
		o, _ := f.Hovered()
		if o.Label != want || f.Dirty() {
			t.Errorf("%q leads to %q, want %q; dirty %v", typed, o.Label, want, f.Dirty())
		}
	}
	f := New(Options{Type: rfi.Choice, Choices: makes(), Styles: styles, Width: 40, Height: 6})
	typeIn(f, "cisco i")
	f.Update(tea.KeyMsg{Type: tea.KeyBackspace})
	f.Update(tea.KeyMsg{Type: tea.KeyBackspace})
	if o, _ := f.Hovered(); o.Label != "Cisco ASA" {
		t.Errorf("taking a letter back leads to %q", o.Label)
	}
	press(f, "down")
	typeIn(f, "p ") // a new name; the blank goes on with none and takes the row
	if f.Value() != "pfsense" {
		t.Errorf("taken %q", f.Value())
	}
}

// TestALongListBeginsAtItsTop with leaving open under the cursor, and its edges
// say how many rows are out of sight.
func TestALongListBeginsAtItsTop(t *testing.T) {
	f := New(Options{Type: rfi.Choice, Choices: makes(), Optional: true, Styles: styles, Width: 40, Height: 5})
	if f.Cursor() != 0 || !strings.HasPrefix(ansi.Strip(f.View()), "▸ ( ) Leave open for now") {
		t.Fatalf("begins at row %d:\n%s", f.Cursor(), ansi.Strip(f.View()))
	}
	f.Take()
	if f.Dirty() {
		t.Error("leaving open answers something")
	}
	if v := ansi.Strip(f.View()); !strings.Contains(v, "↓ 8 more") || strings.Contains(v, "↑") {
		t.Errorf("the marks at the top:\n%s", v)
	}
	for range 12 {
		at := f.Cursor()
		o, _ := f.Hovered()
		if !strings.Contains(ansi.Strip(f.View()), "▸ ( ) "+o.Label) {
			t.Errorf("row %d is under a mark:\n%s", at, ansi.Strip(f.View()))
		}
		press(f, "down")
	}
	press(f, "end")
	if v := ansi.Strip(f.View()); !strings.Contains(v, "↑ 8 more") || strings.Contains(v, "↓") || !strings.Contains(v, "▸ ( ) Windows Firewall 2019") {
		t.Errorf("the marks at the end:\n%s", v)
	}
	f.SetSize(40, 12)
	if v := ansi.Strip(f.View()); strings.Contains(v, "more") {
		t.Errorf("all rows are in view:\n%s", v)
	}
}
