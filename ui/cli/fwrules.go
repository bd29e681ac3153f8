package cli

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mxodus/steps/check"
	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/format"
)

// rulesFlags are the flags of firewall rules beside those of firewall check.
type rulesFlags struct {
	fwFlags
	public          []string
	outside, inside string
	host, undo      bool
}

// rulesSchema names the JSON form of firewall rules.
const rulesSchema = "mxodus.firewall.rules/1"

func (r *run) firewallRules() *cobra.Command {
	var f rulesFlags
	cmd := &cobra.Command{
		Use: "rules", Short: "Write the rules that a move needs in a firewall's own syntax",
		Long: `Writes the rules that let the ranges of a region through on the ports, and with
--lockdown keep everybody else from port 25 of the mail server. They are meant to
stand above the rules that are there. What mxodus writes, it can read: check the
result with firewall check once the rules are in and exported again.

Notes on how to enter them go to standard error; --undo prints instead what
takes the rules away again.`,
		Example: `  mxodus firewall rules --format fortios --region au --server 10.0.0.25 --lockdown
  mxodus firewall rules --format iptables --region eu --source uk --server 203.0.113.25 --host --undo`,
		Args: argCount(0, 0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			opt, err := f.rules(r.Now())
			if err != nil {
				return err
			}
			s, err := firewall.Rules(opt)
			if err != nil {
				return usage("%v", err)
			}
			return r.printRules(f, s)
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&f.format, "format", "", "format to write, by its name in firewall formats (required)")
	fl.StringVar(&f.region, "region", "", "region whose ranges are let through (required)")
	fl.StringVar(&f.source, "source", "", "region the mail is in now, whose ranges stay open as well")
	fl.StringArrayVar(&f.servers, "server", nil, "address of the mail server as the firewall sees it behind it; may be repeated (required)")
	fl.StringArrayVar(&f.public, "public", nil, "public address that the firewall translates to the server; as many as --server, in the same order")
	fl.StringArrayVar(&f.senders, "sender", nil, "further address that mail leaves from, beside the mail servers; may be repeated")
	fl.StringArrayVar(&f.directory, "directory", nil, "address of the directory server, for ports 389, 636, 3268 and 3269; may be repeated")
	fl.UintSliceVar(&f.ports, "port", []uint{25}, "port to open; may be repeated")
	fl.BoolVar(&f.lockdown, "lockdown", false, "also keep everybody else from port 25 of the mail server")
	fl.StringArrayVar(&f.except, "except", nil, "address or network that may reach port 25 all the same; may be repeated")
	fl.StringVar(&f.outside, "outside", "", "interface or zone of the internet (default: the format's usual name)")
	fl.StringVar(&f.inside, "inside", "", "interface or zone of the mail server (default: the format's usual name)")
	fl.BoolVar(&f.host, "host", false, "the rules are of the mail server itself, not of a firewall before it")
	fl.BoolVar(&f.undo, "undo", false, "print what takes the rules away again")
	fl.BoolVar(&f.asJSON, "json", false, "print JSON (schema "+rulesSchema+")")
	r.completeFormats(cmd, firewall.WrittenFormats())
	return cmd
}

// rules reads the flags; every value that cannot be read is a usage error.
func (f rulesFlags) rules(now time.Time) (firewall.RulesOptions, error) {
	if f.format == "" {
		return firewall.RulesOptions{}, withHint(usage("no format given"), "add --format, one of: "+strings.Join(firewall.WrittenFormats(), ", "))
	}
	asked, err := f.options(now)
	if err != nil {
		return firewall.RulesOptions{}, err
	}
	if _, ok := firewall.FormatByID(f.format); ok && !slices.Contains(firewall.WrittenFormats(), f.format) {
		return firewall.RulesOptions{}, usage("rules of %s are read, not written; those that can be written are %s", f.format, strings.Join(firewall.WrittenFormats(), ", "))
	}
	opt := firewall.RulesOptions{
		Format: f.format, Ranges: asked.Ranges, Servers: asked.Servers, Senders: asked.Senders, Directory: asked.Directory,
		Needs: asked.Needs, Lockdown: f.lockdown, Exceptions: asked.Exceptions, KeepOther: f.source != "", Host: f.host,
		Outside: f.outside, Inside: f.inside,
	}
	for _, name := range []string{f.outside, f.inside} {
		if strings.ContainsFunc(name, func(c rune) bool { return c < '!' || c > '~' || strings.ContainsRune("\"'`;|&$<>\\", c) }) {
			return opt, usage("%q is no name of an interface or zone; expected one such as wan1 or untrust", name)
		}
	}
	opt.Translate, err = f.translations(opt.Servers, asked.Needs)
	return opt, err
}

// translations pair the public addresses with the servers, on every incoming
// port.
func (f rulesFlags) translations(servers []netip.Addr, needs []check.PortNeed) ([]format.Translation, error) {
	public, err := hosts("--public", f.public)
	if err != nil || len(public) == 0 {
		return nil, err
	}
	if len(public) != len(servers) {
		return nil, usage("%d public addresses for %d servers; give --public once for every --server, in the same order", len(public), len(servers))
	}
	var out []format.Translation
	for i, a := range public {
		for _, n := range needs {
			if n.In {
				out = append(out, format.Translation{Public: a, Inside: servers[i], PublicPort: n.Port, Port: n.Port})
			}
		}
	}
	return out, nil
}

func (r *run) printRules(f rulesFlags, s format.Script) error {
	if f.asJSON {
		return r.writeJSON(struct {
			Schema string   `json:"schema"`
			Format string   `json:"format"`
			Text   string   `json:"text"`
			Undo   string   `json:"undo"`
			Notes  []string `json:"notes,omitempty"`
			Before []string `json:"undo_notes,omitempty"` // what to know before the undo
		}{rulesSchema, f.format, s.Text, s.Undo, s.Notes, s.UndoNotes})
	}
	text := s.Text
	if f.undo {
		text = s.Undo
		s.Notes = s.UndoNotes
	}
	for _, n := range s.Notes {
		r.say("Note: %s", n)
	}
	_, err := fmt.Fprintln(r.Out, strings.TrimRight(text, "\n"))
	return wrote(err)
}

func (r *run) firewallFormats() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "formats [FORMAT]", Short: "List the firewalls whose rules are read, and how to export from one",
		Example: `  mxodus firewall formats
  mxodus firewall formats fortios`,
		Args: argCount(0, 1, "at most one format"),
		RunE: func(_ *cobra.Command, args []string) error {
			all := firewall.AllFormats()
			if len(args) == 1 {
				f, ok := firewall.FormatByID(args[0])
				if !ok {
					return usage("no format %q; the formats are %s", args[0], strings.Join(firewall.Formats(), ", "))
				}
				all = []format.Format{f}
			}
			switch {
			case asJSON:
				return r.writeFormats(all)
			case len(args) == 1:
				return r.printFormat(all[0])
			}
			p := r.page()
			rows := [][]string{{r.paint.muted("format"), r.paint.muted("of"), r.paint.muted("written")}}
			for _, f := range all {
				rows = append(rows, []string{f.ID, f.Label, map[bool]string{true: "yes", false: "no"}[f.Write != nil]})
			}
			for _, l := range columns(rows) {
				p.line("%s", l)
			}
			return p.err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON (schema mxodus.firewall.formats/1)")
	cmd.ValidArgs = firewall.Formats()
	return cmd
}

// printFormat says how rules are exported, how far they are read and how a
// packet is tried on the firewall itself.
func (r *run) printFormat(f format.Format) error {
	p := r.page()
	p.line("%s  %s", r.paint.strong(f.ID), f.Label)
	if f.Limits != "" {
		p.line("%s", f.Limits)
	}
	for _, w := range f.Export {
		p.line("")
		p.line("%s", w.Where)
		for _, d := range w.Do {
			p.line("  %s", d)
		}
	}
	p.line("")
	var rows [][]string
	for _, x := range format.Features() {
		rows = append(rows, []string{string(x), string(f.Supports[x])})
	}
	for _, l := range columns(rows) {
		p.line("%s", l)
	}
	return p.err
}

func (r *run) writeFormats(all []format.Format) error {
	type one struct {
		ID       string          `json:"id"`
		Label    string          `json:"label"`
		Written  bool            `json:"written"`
		Limits   string          `json:"limits,omitempty"`
		Supports format.Supports `json:"supports"`
		Export   []format.Way    `json:"export"`
	}
	list := make([]one, len(all))
	for i, f := range all {
		list[i] = one{f.ID, f.Label, f.Write != nil, f.Limits, f.Supports, f.Export}
	}
	return r.writeJSON(struct {
		Schema  string `json:"schema"`
		Formats []one  `json:"formats"`
	}{"mxodus.firewall.formats/1", list})
}

func (r *run) completeFormats(cmd *cobra.Command, list []string) {
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp))
}
