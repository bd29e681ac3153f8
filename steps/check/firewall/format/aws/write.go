package aws

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/format/cloud"
	"mxodus/steps/check/firewall/ir"
)

// someGroup stands in commands where the file does not tell the group.
const someGroup = "SECURITY_GROUP_OF_THE_MAIL_SERVER"

// permit is an IpPermission as the CLI takes it.
type permit struct {
	IpProtocol string          //nolint:revive // as the platform spells it
	FromPort   *int            `json:",omitempty"`
	ToPort     *int            `json:",omitempty"`
	IpRanges   []permitV4      `json:",omitempty"` //nolint:revive
	Ipv6Ranges []permitV6      `json:",omitempty"`
	Lists      []permitList    `json:"PrefixListIds,omitempty"`
	more       map[string]bool // sources that are in it already
}

type permitV4 struct {
	CidrIp      string //nolint:revive
	Description string `json:",omitempty"`
}

type permitV6 struct {
	CidrIpv6    string
	Description string `json:",omitempty"`
}

type permitList struct{ PrefixListId string } //nolint:revive

func (p *permit) add(cidr, description string) {
	if p.more[cidr] {
		return
	}
	if p.more == nil {
		p.more = map[string]bool{}
	}
	p.more[cidr] = true
	if strings.Contains(cidr, ":") {
		p.Ipv6Ranges = append(p.Ipv6Ranges, permitV6{cidr, description})
	} else {
		p.IpRanges = append(p.IpRanges, permitV4{cidr, description})
	}
}

func (p *permit) empty() bool { return len(p.IpRanges)+len(p.Ipv6Ranges)+len(p.Lists) == 0 }

// writer writes the commands of one job.
type writer struct {
	job      format.Job
	file     *file
	group    *group // nil when not known
	id       string
	do, undo []string
	notes    []string
}

// write writes authorize and revoke commands. Security groups only allow, so
// everybody else is kept out by taking the rules away that let them in.
func write(job format.Job) (format.Script, error) {
	if len(job.Flows) == 0 {
		return format.Script{}, errors.New("no connections to write rules for")
	}
	w := &writer{job: job, id: someGroup}
	if err := w.find(); err != nil {
		return format.Script{}, err
	}
	lock := false
	for i, f := range job.Flows {
		if f.Deny {
			lock = true
			w.shut(f, job.Flows[:i])
		} else if f, ok := without(f, job.Flows[:i]); ok {
			w.allow(f)
		}
	}
	if w.group == nil && len(w.undo) == 0 {
		return format.Script{}, errors.New("security groups only allow: there is no rule that keeps these connections out; take away the rule that lets them in")
	}
	text := strings.Join(w.do, "\n") + "\n"
	if strings.Trim(text, "\n") == "" {
		text = "# the security group has these rules already\n"
	}
	undo := strings.Join(w.undo, "\n") + "\n"
	s := format.Script{Text: text, Undo: undo, Notes: []string{"Enter the commands in the AWS CloudShell, or another Bash with the AWS CLI."}}
	s.UndoNotes = []string{"AWS keeps each rule once, whatever its description: revoking takes away the same range and port that the group had before as well. Leave out of both texts what describe-security-group-rules listed before; a range that is there already makes its whole call fail (InvalidPermission.Duplicate)."}
	s.Notes = append(s.Notes, "A range that the group lets in on the port already makes its whole call fail (InvalidPermission.Duplicate): leave it out here and in the undo.")
	if w.id == someGroup {
		s.Notes = append(s.Notes, "Put the id of the security group (sg-...) in the place of "+someGroup+".")
	}
	if lock {
		s.Notes = append(s.Notes, "Security groups only allow: what one group of the mail server lets in, no rule keeps out. For lock-down the rules that let everybody in on port 25 must be revoked, in every group that the mail server has.")
	}
	if slices.ContainsFunc(job.Flows, func(f format.Flow) bool { return !f.In && f.Port == 25 }) {
		s.Notes = append(s.Notes, "AWS keeps accounts from connecting out on port 25 until that is lifted on request: ask AWS for it.")
	}
	s.Notes = append(s.Notes, w.notes...)
	return s, nil
}

// without is a flow less what earlier ones refuse: a group has no order, and no
// refusal. It is false when nothing is left.
func without(f format.Flow, before []format.Flow) (format.Flow, bool) {
	side := func(x *format.Flow) *[]netip.Prefix {
		if x.In {
			return &x.Src
		}
		return &x.Dst
	}
	var set netipx.IPSetBuilder
	for _, p := range *side(&f) {
		set.AddPrefix(p)
	}
	if len(*side(&f)) == 0 && f.Family != ir.V6 {
		set.AddPrefix(netip.MustParsePrefix("0.0.0.0/0"))
	}
	if len(*side(&f)) == 0 && f.Family != ir.V4 {
		set.AddPrefix(netip.MustParsePrefix("::/0"))
	}
	cut := false
	for _, x := range before {
		if !x.Deny || x.In != f.In || x.Proto != f.Proto || x.Port != f.Port {
			continue
		}
		if f.In && !slices.Equal(x.Dst, f.Dst) || !f.In && !slices.Equal(x.Src, f.Src) {
			continue // of another server
		}
		cut = true
		if len(*side(&x)) == 0 {
			return f, false
		}
		for _, p := range *side(&x) {
			set.RemovePrefix(p)
		}
	}
	if !cut {
		return f, true
	}
	left, err := set.IPSet()
	if err != nil {
		return f, false
	}
	*side(&f) = left.Prefixes()
	return f, len(left.Prefixes()) > 0
}

// find finds the group that the rules are for.
func (w *writer) find() error {
	if w.job.Set == nil {
		return nil
	}
	f, ok := w.job.Set.Source.(*file)
	if !ok {
		return nil
	}
	w.file = f
	for _, a := range f.acls {
		if strings.HasPrefix(w.job.Chain, a.id+" ") {
			return fmt.Errorf("the network ACL %s decides, not a security group; add an entry to it with a lower number than the one that refuses", a.id)
		}
	}
	for _, g := range f.groups {
		if strings.HasPrefix(w.job.Chain, g.id+" ") || len(f.groups) == 1 {
			w.group, w.id = g, g.id
			return nil
		}
	}
	return nil
}

// allow lets a flow through.
func (w *writer) allow(f format.Flow) {
	port := int(f.Port)
	p := &permit{IpProtocol: f.Proto, FromPort: &port, ToPort: &port}
	others := f.Src
	if !f.In {
		others = f.Dst
	}
	cidrs := cloud.Networks(others, "0.0.0.0/0")
	switch {
	case len(others) == 0 && f.Family == ir.V6:
		cidrs = []string{"::/0"}
	case len(others) == 0 && f.Family == ir.Any:
		cidrs = []string{"0.0.0.0/0", "::/0"}
	}
	for _, c := range cidrs {
		e := &entry{out: !f.In, proto: f.Proto, from: port, to: port, cidr: c}
		if w.group == nil || !slices.ContainsFunc(w.list(e.out), e.same) {
			p.add(c, f.Label)
		}
	}
	if !p.empty() {
		w.do = append(w.do, w.line("authorize", !f.In, p))
		w.undo = append(w.undo, w.line("revoke", !f.In, p))
	}
}

func (w *writer) list(out bool) []*entry {
	if out {
		return w.group.out
	}
	return w.group.in
}

// line is one command.
func (w *writer) line(verb string, out bool, p *permit) string {
	way := "ingress"
	if out {
		way = "egress"
	}
	b, err := json.Marshal([]*permit{p})
	if err != nil {
		return ""
	}
	return fmt.Sprintf("aws ec2 %s-security-group-%s --group-id %s --ip-permissions '%s'", verb, way, w.id, strings.ReplaceAll(string(b), "'", ""))
}

// shut takes rules away that let others in, and gives back what they allowed
// beside the port.
func (w *writer) shut(f format.Flow, before []format.Flow) {
	if w.group == nil {
		w.do = append(w.do,
			"# Lock-down: find the rules that let others in on port "+fmt.Sprint(f.Port)+", and revoke each, for example",
			fmt.Sprintf("# aws ec2 revoke-security-group-ingress --group-id %s --protocol %s --port %d --cidr 0.0.0.0/0", w.id, f.Proto, f.Port))
		return
	}
	var may netipx.IPSetBuilder
	for _, x := range before {
		if !x.Deny && x.In == f.In && x.Proto == f.Proto && x.Port == f.Port {
			for _, p := range x.Src {
				may.AddPrefix(p)
			}
		}
	}
	for _, p := range cloud.PrivateNets() { // one's own networks are no leak
		may.AddPrefix(p)
	}
	allowed, err := may.IPSet()
	if err != nil {
		return
	}
	for _, e := range w.list(!f.In) {
		if w.lets(e, f, allowed) {
			w.revoke(e, f)
		}
	}
}

// lets reports an entry that lets others in on the port of a flow.
func (w *writer) lets(e *entry, f format.Flow, allowed *netipx.IPSet) bool {
	if !e.covers(f) {
		return false
	}
	cidrs := []string{e.cidr}
	if l := w.file.lists[e.list]; e.list != "" && l != nil {
		cidrs = l.cidrs
	}
	for _, c := range cidrs {
		p, err := netip.ParsePrefix(c)
		if err != nil || f.Family == ir.V4 && !p.Addr().Is4() || f.Family == ir.V6 && p.Addr().Is4() {
			continue
		}
		if !allowed.ContainsPrefix(p) {
			return true
		}
	}
	return false
}

// covers reports an entry that allows the protocol and port of a flow.
func (e *entry) covers(f format.Flow) bool {
	switch e.proto {
	case "-1":
		return true
	case f.Proto, "6":
		return e.from <= int(f.Port) && int(f.Port) <= e.to && (e.proto != "6" || f.Proto == "tcp")
	}
	return false
}

func (w *writer) revoke(e *entry, f format.Flow) {
	was := w.permit(e, e.proto, e.from, e.to)
	w.do = append(w.do, w.line("revoke", e.out, was))
	w.undo = append(w.undo, w.line("authorize", e.out, was))
	port := int(f.Port)
	var rest []*permit
	tcp, from, to := e.proto, e.from, e.to
	if e.proto == "-1" {
		tcp, from, to = f.Proto, 0, 65535
		other := "udp"
		if f.Proto == "udp" {
			other = "tcp"
		}
		icmp := "icmp"
		if strings.Contains(e.cidr, ":") {
			icmp = "icmpv6"
		}
		rest = append(rest, w.permit(e, other, 0, 65535), w.permit(e, icmp, -1, -1))
		w.notes = append(w.notes, fmt.Sprintf("The rule in line %d allows every protocol. TCP, UDP and ICMP are allowed again but for port %d; if the server needs others, such as ESP or GRE, allow those too.", e.line, port))
	}
	if from < port {
		rest = append(rest, w.permit(e, tcp, from, port-1))
	}
	if port < to {
		rest = append(rest, w.permit(e, tcp, port+1, to))
	}
	var back []string
	for _, p := range rest {
		w.do = append(w.do, w.line("authorize", e.out, p))
		back = append(back, w.line("revoke", e.out, p))
	}
	w.undo = append(back, w.undo...)
}

// permit is the permission of an entry with other ports.
func (w *writer) permit(e *entry, proto string, from, to int) *permit {
	p := &permit{IpProtocol: proto}
	if proto != "-1" {
		p.FromPort, p.ToPort = &from, &to
	}
	if e.list != "" {
		p.Lists = []permitList{{e.list}}
	} else {
		p.add(e.cidr, e.description)
	}
	return p
}
