package ranges_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"mxodus/steps/check"
	"mxodus/steps/check/checktest"
	"mxodus/steps/check/ranges"
	"mxodus/steps/region"
)

// spf is the zone in which a region's record stands, with the lines given.
func spf(lines string) string {
	return "$ORIGIN _netblocks.mimecast.com.\n@ 60 IN SOA ns1 h. 1 1 1 1 1\n" + lines
}

// prefixes is a region with a table of the given ranges.
func prefixes(ps ...string) region.Region {
	r := region.Region{ID: "au", Name: "Australia", SPFInclude: "au._netblocks.mimecast.com"}
	for _, p := range ps {
		r.Ranges = append(r.Ranges, region.Range{CIDR: netip.MustParsePrefix(p), Status: region.RangeCurrent})
	}
	return r
}

func parse(ps ...string) []netip.Prefix {
	out := []netip.Prefix{}
	for _, p := range ps {
		out = append(out, netip.MustParsePrefix(p))
	}
	return out
}

func run(t *testing.T, zone string, in check.Input) check.Result {
	t.Helper()
	n := checktest.New(t)
	n.DNS("198.51.100.1", zone).Behave(checktest.Behaviour{Recursive: true})
	r := check.Runner{}.Run(t.Context(), []check.Check{ranges.Check(n.World("198.51.100.1"))}, in, nil)[0]
	checktest.Proofread(t, r)
	return r
}

func TestCompare(t *testing.T) {
	cases := []struct {
		name           string
		zone           string
		table          []string
		extra, ignore  []string
		outcome        check.Outcome
		added, dropped []string
		codes          []string
	}{
		{
			name: "equal", zone: `au 60 IN TXT "v=spf1 ip4:103.13.69.0/24 ip4:124.47.150.0/24 -all"`,
			table: []string{"103.13.69.0/24", "124.47.150.0/24"}, outcome: check.Pass, codes: []string{"RANGES.ok ok"},
		},
		{
			name: "equal though cut otherwise", zone: `au 60 IN TXT "v=spf1 ip4:103.13.68.0/23 -all"`,
			table: []string{"103.13.68.0/24", "103.13.69.0/24"}, outcome: check.Pass, codes: []string{"RANGES.ok ok"},
		},
		{
			name: "new and gone", zone: `au 60 IN TXT "v=spf1 ip4:103.13.69.0/24 ip4:198.2.0.0/24 ip6:2a02:1::/48 ip4:203.9.9.9 -all"`,
			table: []string{"103.13.69.0/24", "124.47.150.0/24"}, outcome: check.Warn,
			added: []string{"198.2.0.0/24", "203.9.9.9/32", "2a02:1::/48"}, dropped: []string{"124.47.150.0/24"},
			codes: []string{"RANGES.added risk", "RANGES.dropped advice"},
		},
		{
			name: "consented to", zone: `au 60 IN TXT "v=spf1 ip4:103.13.69.0/24 ip4:198.2.0.0/24 -all"`,
			table: []string{"103.13.69.0/24", "124.47.150.0/24"}, extra: []string{"198.2.0.0/24"}, ignore: []string{"124.47.150.0/24"},
			outcome: check.Pass, codes: []string{"RANGES.ok ok"},
		},
		{
			name: "overlapping", zone: `au 60 IN TXT "v=spf1 ip4:103.13.68.0/23 ip4:124.47.150.0/25 -all"`,
			table: []string{"103.13.69.0/24", "124.47.150.0/24"}, outcome: check.Warn,
			added: []string{"103.13.68.0/24"}, dropped: []string{"124.47.150.128/25"},
			codes: []string{"RANGES.added risk", "RANGES.dropped advice"},
		},
		{
			name:  "includes, several strings, upper case, redirect",
			zone:  "au 60 IN TXT \"V=SPF1 Include:a._netblocks.mimecast.com \" \"redirect=b._netblocks.mimecast.com\"\na 60 IN TXT \"v=spf1 IP4:103.13.69.0/24 include:b._netblocks.mimecast.com -all\"\nb 60 IN TXT \"v=spf1 ip4:124.47.150.0/24 ~all\"",
			table: []string{"103.13.69.0/24", "124.47.150.0/24"}, outcome: check.Pass, codes: []string{"RANGES.ok ok"},
		},
		{
			name: "other terms are named", zone: `au 60 IN TXT "v=spf1 ip4:103.13.69.0/24 a:mail.example.com ?ip4:9.9.9.0/24 ip4:rubbish x-y=z -all"`,
			table: []string{"103.13.69.0/24"}, outcome: check.Warn, codes: []string{"RANGES.terms advice"},
		},
		{
			name: "the whole internet is not taken over", zone: `au 60 IN TXT "v=spf1 ip4:103.13.69.0/24 ip4:0.0.0.0/0 ip4:11.0.0.0/8 ip4:10.1.0.0/16 ip6:2000::/3 -all"`,
			table: []string{"103.13.69.0/24"}, outcome: check.Warn, codes: []string{"RANGES.odd risk"},
		},
		{
			name: "no ranges in the table", zone: `au 60 IN TXT "v=spf1 ip4:103.13.69.0/24 -all"`,
			outcome: check.Warn, added: []string{"103.13.69.0/24"}, codes: []string{"RANGES.added risk"},
		},
		{name: "no record", zone: `au 60 IN TXT "hello"`, table: []string{"103.13.69.0/24"}, outcome: check.Unknown, codes: []string{"RANGES.none advice"}},
		{name: "no name", zone: "", table: []string{"103.13.69.0/24"}, outcome: check.Unknown, codes: []string{"RANGES.none advice"}},
		{name: "two records", zone: "au 60 IN TXT \"v=spf1 -all\"\nau 60 IN TXT \"v=spf1 ip4:1.2.3.0/24 -all\"", outcome: check.Unknown, codes: []string{"RANGES.several advice"}},
		{name: "circle", zone: "au 60 IN TXT \"v=spf1 include:b._netblocks.mimecast.com -all\"\nb 60 IN TXT \"v=spf1 include:au._netblocks.mimecast.com -all\"", outcome: check.Unknown, codes: []string{"RANGES.loop advice"}},
		{name: "macro", zone: `au 60 IN TXT "v=spf1 include:%{i}.example.com -all"`, outcome: check.Unknown, codes: []string{"RANGES.target advice"}},
		{name: "too many look-ups", zone: chain(12), outcome: check.Unknown, codes: []string{"RANGES.lookups advice"}},
		{
			name: "exists with a macro", zone: `au 60 IN TXT "v=spf1 ip4:103.13.69.0/24 exists:%{i}._spf.example.com ptr -all"`,
			table: []string{"103.13.69.0/24"}, outcome: check.Warn, codes: []string{"RANGES.terms advice"},
		},
		{name: "too many look-ups by addresses", zone: `au 60 IN TXT "v=spf1 ip4:103.13.69.0/24` + strings.Repeat(" a:x.example.com", 10) + ` -all"`, outcome: check.Unknown, codes: []string{"RANGES.lookups advice"}},
		{name: "an include that is not there", zone: `au 60 IN TXT "v=spf1 ip4:103.13.69.0/24 include:gone._netblocks.mimecast.com -all"`, outcome: check.Unknown, codes: []string{"RANGES.none advice"}},
		{name: "a redirect that is not there", zone: `au 60 IN TXT "v=spf1 redirect=gone._netblocks.mimecast.com"`, outcome: check.Unknown, codes: []string{"RANGES.none advice"}},
		{
			name: "escapes", zone: `au 60 IN TXT "v=spf1 ip4:103.13.69.0/24 a:\027[2Jx ip4:\155\233 -all"`,
			table: []string{"103.13.69.0/24"}, outcome: check.Warn, codes: []string{"RANGES.terms advice"},
		},
		{name: "text of 60 kB", zone: "au 60 IN TXT \"v=spf1 ip4:103.13.69.0/24\" " + strings.Repeat(`" ip4:103.13.69.7 ip4:103.13.69.8 ip4:103.13.69.9 ip4:103.13.69.10 ip4:103.13.69.11 ip4:103.13.69.12 ip4:103.13.69.13 ip4:103.13.69.14 ip4:103.13.69.15" `, 380), table: []string{"103.13.69.0/24"}, outcome: check.Unknown, codes: []string{"RANGES.many advice"}},
		{name: "ten look-ups", zone: chain(10), table: []string{"103.13.69.0/24"}, outcome: check.Pass, codes: []string{"RANGES.ok ok"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			in := check.Input{Target: prefixes(c.table...), ExtraRanges: parse(c.extra...), IgnoreRanges: parse(c.ignore...)}
			r := run(t, spf(c.zone), in)
			var got []string
			for _, f := range r.Findings {
				got = append(got, f.Code+" "+string(f.Severity))
				if f.Title == "" || f.Severity != check.OK && (f.Saw == "" || f.Should == "" || f.IfLeft == "" || f.Do == "" || f.Who == "") {
					t.Errorf("%s lacks a part", f.Code)
				}
			}
			if r.Outcome != c.outcome || !slices.Equal(got, c.codes) {
				t.Fatalf("%s %v %q, want %s %v", r.Outcome, got, r.Summary, c.outcome, c.codes)
			}
			if r.Outcome == check.Unknown {
				if r.Data != nil {
					t.Errorf("half a list gives %s", r.Data)
				}
				return
			}
			var d ranges.Diff
			if err := json.Unmarshal(r.Data, &d); err != nil {
				t.Fatal(err)
			}
			if want := (ranges.Diff{Added: parse(c.added...), Dropped: parse(c.dropped...)}); !reflect.DeepEqual(d, want) {
				t.Errorf("difference %+v, want %+v", d, want)
			}
			// What was consented to is no difference any more.
			in.ExtraRanges, in.IgnoreRanges = append(in.ExtraRanges, d.Added...), append(in.IgnoreRanges, d.Dropped...)
			if again := run(t, spf(c.zone), in); strings.Contains(string(again.Data), "/") {
				t.Errorf("after consent still %s", again.Data)
			}
		})
	}
}

// chain is n records that include one another in a row.
func chain(n int) string {
	var b strings.Builder
	name := "au"
	for i := range n - 1 {
		fmt.Fprintf(&b, "%s 60 IN TXT \"v=spf1 include:c%d._netblocks.mimecast.com -all\"\n", name, i)
		name = fmt.Sprintf("c%d", i)
	}
	fmt.Fprintf(&b, "%s 60 IN TXT \"v=spf1 ip4:103.13.69.0/24 -all\"\n", name)
	return b.String()
}

func TestTableShowsDifferencesFirst(t *testing.T) {
	r := run(t, spf(`au 60 IN TXT "v=spf1 ip4:103.13.69.0/24 ip4:198.2.0.0/24 -all"`), check.Input{Target: prefixes("103.13.69.0/24", "124.47.150.0/24")})
	var got []string
	for _, row := range r.Tables[0].Rows {
		got = append(got, fmt.Sprintf("%s %s %s %s", row[0].Text, row[1].Text, row[2].Text, row[3].Text))
	}
	want := []string{"124.47.150.0/24 no yes gone from the record", "198.2.0.0/24 yes no new", "103.13.69.0/24 yes yes "}
	if !slices.Equal(got, want) {
		t.Errorf("rows %q", got)
	}
}

func TestUnknownIsSaidAndNotGuessed(t *testing.T) {
	je, _ := region.Find("je")
	for name, in := range map[string]check.Input{"region without include": {Target: je}, "no region": {}} {
		r := run(t, spf(""), in)
		if no := strings.Contains(string(r.Findings[0].IfLeft), "no range of the region"); no != (in.Target.ID != "") {
			t.Errorf("%s: %s", name, r.Findings[0].IfLeft)
		}
		if r.Outcome != check.Unknown || len(r.Findings) != 1 || r.Worst() != check.Advice {
			t.Errorf("%s: %s %+v", name, r.Outcome, r.Findings)
		}
	}
	n := checktest.New(t)
	w := n.World("198.51.100.1")
	w.DNSTimeout = 300 * time.Millisecond
	usb, _ := region.Find("usb")
	for _, in := range []check.Input{{Target: usb}, {Target: je}} {
		if len(in.Target.Prefixes()) > 0 {
			t.Fatalf("the table now holds ranges of %s", in.Target.Name)
		}
		r := ranges.Check(w).Run(t.Context(), in, nil)
		if left := string(r.Findings[0].IfLeft); !strings.Contains(left, "holds no range of") || strings.Contains(left, "used as they are") {
			t.Errorf("%s: %q", in.Target.Name, left)
		}
	}
	if r := ranges.Check(w).Run(t.Context(), check.Input{Target: prefixes("1.2.3.0/24")}, nil); r.Outcome != check.Unknown || r.Findings[0].Code != "RANGES.dns" {
		t.Errorf("no network: %s %+v", r.Outcome, r.Findings)
	}
}

func TestResolversThatDisagree(t *testing.T) {
	n := checktest.New(t)
	n.DNS("198.51.100.1", spf(`au 60 IN TXT "v=spf1 ip4:103.13.69.0/24 -all"`)).Behave(checktest.Behaviour{Recursive: true})
	n.DNS("198.51.100.2", spf(`au 60 IN TXT "v=spf1 ip4:9.9.9.0/24 -all"`)).Behave(checktest.Behaviour{Recursive: true})
	r := ranges.Check(n.World("198.51.100.1", "198.51.100.2")).Run(t.Context(), check.Input{Target: prefixes("103.13.69.0/24")}, nil)
	if r.Outcome != check.Unknown || r.Findings[0].Code != "RANGES.disagree" {
		t.Errorf("%s %+v", r.Outcome, r.Findings)
	}
}

func TestTheTableOfEveryRegionAgreesWithItself(t *testing.T) {
	for _, reg := range region.All() {
		if reg.SPFInclude == "" || len(reg.Prefixes()) == 0 {
			continue
		}
		text := "v=spf1"
		for _, p := range reg.Prefixes() {
			fam := "ip4:"
			if p.Addr().Is6() {
				fam = "ip6:"
			}
			text += " " + fam + p.String()
		}
		var txt strings.Builder
		for text := text + " -all"; text != ""; {
			n := min(len(text), 250)
			fmt.Fprintf(&txt, "%q ", text[:n])
			text = text[n:]
		}
		first, origin, _ := strings.Cut(reg.SPFInclude, ".")
		zone := fmt.Sprintf("$ORIGIN %s.\n@ 60 IN SOA a. b. 1 1 1 1 1\n%s 60 IN TXT %s\n", origin, first, txt.String())
		if r := run(t, zone, check.Input{Target: reg}); r.Outcome != check.Pass {
			t.Errorf("%s: %s %q %v", reg.ID, r.Outcome, r.Summary, r.Findings)
		}
	}
}

func FuzzRecord(f *testing.F) {
	f.Add("v=spf1 ip4:1.2.3.4/24 include:x.example ip6:::/0 redirect=%{d} -all")
	f.Fuzz(func(t *testing.T, s string) {
		ranges.ParseForTest(s)
	})
}
