package cli

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mxodus/steps/check/firewall"
	"mxodus/steps/region"
)

// fwFlags are the flags of firewall check as typed.
type fwFlags struct {
	region, source, format, iface, path string
	servers, directory, senders, except []string
	ports                               []uint
	lockdown, asJSON, whole             bool
}

func (r *run) firewallCheck() *cobra.Command {
	var f fwFlags
	cmd := &cobra.Command{
		Use: "check FILE", Short: "Prove that a ruleset lets a region through, and after lock-down nobody else",
		Long: `Reads an exported ruleset and proves, for every range of a region, that
connections on the ports are let through in full, both ways; or shows the packet
and the line that fail. With --lockdown it also proves that nobody else reaches
the mail server on port 25, or lists who does. FILE - reads standard input.

Exit code 0 means proven, 3 disproven, 1 that the file alone cannot tell.`,
		Example: `  iptables-save | mxodus firewall check - --region au --server 203.0.113.25
  mxodus firewall check edge.csv --region eu --server 203.0.113.25 --lockdown --json
  mxodus firewall check edge.csv --region eu --server 203.0.113.25 --port 25 --port 636 --directory 203.0.113.30`,
		Args: argCount(1, 1, "one file, or - for standard input"),
		RunE: func(_ *cobra.Command, args []string) error {
			opt, err := f.options(r.Now())
			if err != nil {
				return err
			}
			name, raw, err := r.readRuleset(args[0])
			if err != nil {
				return err
			}
			rep, err := firewall.CheckFile(name, raw, opt)
			var strange *firewall.InterfaceError
			switch {
			case errors.As(err, &strange):
				return usage("--interface: %s: %w", name, err)
			case err != nil:
				return inFile(name, err)
			}
			if f.asJSON {
				err = r.writeJSON(rep)
			} else {
				err = r.printFirewall(rep)
			}
			if err != nil {
				return err
			}
			return outcome(firewallExit(rep.Verdict))
		},
	}
	f.flags(r, cmd)
	fl := cmd.Flags()
	fl.BoolVar(&f.lockdown, "lockdown", false, "also prove that nobody else reaches the mail server on port 25")
	fl.StringArrayVar(&f.except, "except", nil, "address or network that may reach port 25 all the same; may be repeated")
	fl.BoolVar(&f.whole, "whole", false, "take commands that add rules, or rules that mxodus wrote, for all that the firewall has")
	return cmd
}

// flags are those of every command that asks a ruleset about a move.
func (f *fwFlags) flags(r *run, cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.region, "region", "", "region whose ranges must be let through (required)")
	fl.StringVar(&f.source, "source", "", "region the mail is in now, whose ranges are no leak")
	fl.StringArrayVar(&f.servers, "server", nil, "address of the mail server, public or internal; may be repeated, each is proven (required)")
	fl.StringArrayVar(&f.senders, "sender", nil, "further address that mail leaves from, beside the mail servers; may be repeated, each is proven")
	fl.StringArrayVar(&f.directory, "directory", nil, "address of the directory server, for ports 389, 636, 3268 and 3269; may be repeated")
	fl.UintSliceVar(&f.ports, "port", []uint{25}, "port that must be open; may be repeated")
	fl.StringVar(&f.format, "format", "", formatHelp())
	fl.StringVar(&f.iface, "interface", "", "interface that faces the internet, as the rules name it, or other (default: found, or all)")
	fl.StringVar(&f.path, "path", "", "in: the rules of the mail server itself, fwd: of a firewall before it (default: found)")
	fl.BoolVar(&f.asJSON, "json", false, "print JSON (schema "+map[string]string{"check": firewall.Schema, "diff": firewall.DiffSchema}[cmd.Name()]+")")
	for flag, values := range map[string][]string{
		"region": region.IDs(), "source": region.IDs(), "format": firewall.Formats(), "path": {"in", "fwd"},
	} {
		_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
}

func firewallExit(v firewall.Answer) int {
	switch v {
	case firewall.Proven:
		return ExitDone
	case firewall.Disproven:
		return ExitNotSafe
	}
	return ExitError
}

// options reads the flags; every value that cannot be read is a usage error.
// Rules whose schedule ended before now have expired.
func (f fwFlags) options(now time.Time) (firewall.CheckOptions, error) {
	opt := firewall.CheckOptions{Format: f.format, Now: now, Interface: f.iface, Path: f.path, Lockdown: f.lockdown, Whole: f.whole}
	if err := knownFormat(f.format); err != nil {
		return opt, err
	}
	if f.region == "" {
		return opt, withHint(usage("no region given"), "add --region, one of: "+strings.Join(region.IDs(), ", "))
	}
	target, err := region.Parse(f.region)
	if err != nil {
		return opt, usage("--region: %w", err)
	}
	var source region.Region
	if f.source != "" {
		if source, err = region.Parse(f.source); err != nil {
			return opt, usage("--source: %w", err)
		}
	}
	opt.Region, opt.Ranges = target.Name, firewall.RegionRanges(target, source)
	if len(f.servers) == 0 {
		return opt, withHint(usage("no mail server given"), "add --server with its address, e.g. --server 203.0.113.25")
	}
	if opt.Servers, err = hosts("--server", f.servers); err != nil {
		return opt, err
	}
	if opt.Directory, err = hosts("--directory", f.directory); err != nil {
		return opt, err
	}
	if opt.Senders, err = hosts("--sender", f.senders); err != nil {
		return opt, err
	}
	opt.Senders = slices.DeleteFunc(opt.Senders, func(a netip.Addr) bool { return slices.Contains(opt.Servers, a) })
	opt.AskDirectory = "Give it with --directory."
	if f.path != "" && f.path != "in" && f.path != "fwd" {
		return opt, usage("--path %q is not known; it is in or fwd", f.path)
	}
	if opt.Exceptions, err = networks(f.except); err != nil {
		return opt, err
	}
	if err := firewall.CheckExceptions(opt.Exceptions); err != nil {
		return opt, usage("--except: %v", err)
	}
	var ports []uint16
	for _, p := range f.ports {
		if p < 1 || p > 65535 {
			return opt, usage("--port %d is no port; ports are 1 to 65535", p)
		}
		ports = append(ports, uint16(p))
	}
	opt.Needs = firewall.NeedsFor(ports)
	return opt, nil
}

// hosts reads addresses, each once.
func hosts(flag string, texts []string) ([]netip.Addr, error) {
	var out []netip.Addr
	for _, s := range texts {
		a, err := netip.ParseAddr(strings.TrimSpace(s))
		if err != nil || a.Zone() != "" {
			return nil, usage("%s %q is no IP address; expected one such as 203.0.113.25", flag, s)
		}
		if a = a.Unmap(); !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out, nil
}

func networks(texts []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range texts {
		if p, err := netip.ParsePrefix(s); err == nil {
			out = append(out, p.Masked())
		} else if a, err := netip.ParseAddr(s); err == nil {
			out = append(out, netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()))
		} else {
			return nil, usage("--except %q is no address and no network; expected 192.0.2.7 or 192.0.2.0/24", s)
		}
	}
	return out, nil
}
