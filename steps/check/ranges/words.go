package ranges

import (
	"fmt"
	"net/netip"
	"sort"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check"
	"mxodus/steps/clean"
	"mxodus/steps/region"
)

func count(n int) string {
	if n == 1 {
		return "1 range"
	}
	return fmt.Sprintf("%d ranges", n)
}

func list(ps []netip.Prefix) string {
	var out []string
	for i, p := range ps {
		if i == 8 {
			out = append(out, fmt.Sprintf("and %d more", len(ps)-i))
			break
		}
		out = append(out, p.String())
	}
	return strings.Join(out, ", ")
}

func lines(ps []netip.Prefix) clean.Shown {
	var out []string
	for _, p := range ps {
		out = append(out, p.String())
	}
	return clean.Text(strings.Join(out, "\n"))
}

func base(in check.Input, code string, saw, dig clean.Shown) check.Finding {
	return check.Finding{Code: ID + "." + code, Subject: clean.Line(in.Target.Name), Saw: saw, Confirm: dig, Who: check.WhoTPOC}
}

func addedFinding(in check.Input, ps []netip.Prefix, saw, dig clean.Shown) check.Finding {
	f := base(in, "added", saw, dig)
	f.Severity = check.Risk
	f.Title = clean.Sprintf("%s of %s in DNS that the table does not hold", count(len(ps)), in.Target.Name)
	f.Saw += clean.Sprintf("; not in the table: %s", list(ps))
	f.Should = "Every range the region sends from is known, so that firewall and connectors let it in"
	f.IfLeft = "Mail that the gateway sends from these addresses is refused by a firewall or connector made from the table"
	f.Do = "Take the new ranges over: the record is the newer of the two. Firewall rules and connector lists are then made with them; the firewall check has to be run again"
	f.Copy = lines(ps)
	return f
}

func droppedFinding(in check.Input, ps []netip.Prefix, saw, dig clean.Shown) check.Finding {
	f := base(in, "dropped", saw, dig)
	f.Severity = check.Advice
	f.Title = clean.Sprintf("%s of the table no longer in the record of %s", count(len(ps)), in.Target.Name)
	f.Saw += clean.Sprintf("; in the table only: %s", list(ps))
	var seeds []string
	for _, p := range ps {
		if statusOf(in.Target, p) == region.RangeSeed {
			seeds = append(seeds, p.String())
		}
	}
	if len(seeds) > 0 {
		f.Saw += clean.Sprintf(". Mimecast's migration article names %s", strings.Join(seeds, ", "))
	}
	f.Should = "Table and record agree. The record lists what mail is sent from; a range may still be in use for other services"
	f.IfLeft = "Nothing is lost: an address too many stays open in the firewall. A range that Mimecast has given up may one day be another's"
	f.Do = "Keep these ranges open until Mimecast says that they may go; ask Mimecast, and drop them from the table here once you know"
	f.Copy = lines(ps)
	return f
}

func oddFinding(in check.Input, odd []found, saw, dig clean.Shown) check.Finding {
	f := base(in, "odd", saw, dig)
	f.Severity, f.Who = check.Risk, check.WhoMimecast
	var ps []netip.Prefix
	for _, o := range odd {
		ps = append(ps, o.prefix)
	}
	f.Title = clean.Sprintf("%s in the record that cannot be a region's", count(len(ps)))
	f.Saw += clean.Sprintf("; beside them %s", list(ps))
	f.Should = "Public ranges of a mail provider's size"
	f.IfLeft = "They are left out here: a firewall opened for them would let in far more than the gateway"
	f.Do = "Do not open anything for these ranges. Compare the record from another network, and ask Mimecast"
	return f
}

func notesFinding(in check.Input, notes []clean.Shown, saw, dig clean.Shown) check.Finding {
	f := base(in, "terms", saw, dig)
	f.Severity, f.Who = check.Advice, check.WhoMimecast
	f.Title = "The record holds terms that are not ranges to allow"
	for i, n := range notes {
		sep := clean.Shown(", ")
		if i == 0 {
			sep = "; not compared: "
		}
		f.Saw += sep + n
	}
	f.Should = "Only ip4, ip6 and include terms, which can be compared with the table"
	f.IfLeft = "Addresses that these terms allow are not in the comparison"
	f.Do = "Ask Mimecast for the whole list of ranges if in doubt"
	return f
}

// rangeTable has the differences first, then what agrees.
func rangeTable(in check.Input, dns, table []netip.Prefix, w *walk) check.Table {
	t := check.Table{Title: clean.Sprintf("Ranges of %s", in.Target.Name), Header: []clean.Shown{"range", "in DNS", "in the table", ""}}
	inDNS, inTable := set(dns), set(table)
	type row struct {
		rank  int
		p     netip.Prefix
		cells []check.Cell
	}
	var rows []row
	seen := map[netip.Prefix]bool{}
	for _, p := range append(append([]netip.Prefix{}, dns...), table...) {
		if seen[p] {
			continue
		}
		seen[p] = true
		a, b := mark(p, inDNS), mark(p, inTable)
		rank, note := 1, clean.Shown("")
		switch {
		case a.Mark == check.MarkBad:
			rank, note = 0, "gone from the record"
		case b.Mark == check.MarkBad:
			rank, note = 0, "new"
		case a.Mark == check.MarkPart || b.Mark == check.MarkPart:
			rank, note = 0, "overlaps"
		case statusOf(in.Target, p) == region.RangeSeed:
			note = "named in the migration article"
		}
		rows = append(rows, row{rank, p, []check.Cell{{Text: clean.Line(p.String())}, a, b, {Text: note}}})
	}
	sort.SliceStable(rows, func(i, j int) bool {
		if rows[i].rank != rows[j].rank {
			return rows[i].rank < rows[j].rank
		}
		return netipx.ComparePrefix(rows[i].p, rows[j].p) < 0
	})
	for _, r := range rows {
		t.Rows = append(t.Rows, r.cells)
	}
	t.Note = clean.Sprintf("%d of 10 look-ups used", w.lookups)
	return t
}

// mark says how much of p is in s.
func mark(p netip.Prefix, s *netipx.IPSet) check.Cell {
	switch {
	case s.ContainsPrefix(p):
		return check.Cell{Mark: check.MarkGood, Text: "yes"}
	case s.OverlapsPrefix(p):
		return check.Cell{Mark: check.MarkPart, Text: "part"}
	}
	return check.Cell{Mark: check.MarkBad, Text: "no"}
}
