package gcp

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/format/cloud"
	"mxodus/steps/check/firewall/ir"
)

// someNetwork stands in commands where the file does not tell the network.
const someNetwork = "NETWORK"

// lastPriority is that of the implied rules; ordinary is the one that rules
// have where none is given.
const (
	lastPriority = 65535
	ordinary     = 1000
)

// write writes gcloud compute firewall-rules create commands.
func write(job format.Job) (format.Script, error) {
	if len(job.Flows) == 0 {
		return format.Script{}, errors.New("no connections to write rules for")
	}
	if strings.HasPrefix(job.Chain, "policy ") {
		return format.Script{}, fmt.Errorf("the firewall %s decides before the rules of the network; ask who looks after it to let these connections through there", strings.TrimSuffix(strings.TrimSuffix(job.Chain, " ingress"), " egress"))
	}
	network, rules := target(job)
	var do, undo []string
	for _, out := range []bool{false, true} {
		var flows []format.Flow
		for _, f := range job.Flows {
			if f.In != out {
				flows = append(flows, seen(job, f))
			}
		}
		base, err := place(job, rules, out, len(flows))
		if err != nil {
			return format.Script{}, err
		}
		for i, f := range flows {
			name := ruleName(f, base+i, rules)
			do = append(do, create(f, name, network, base+i))
			undo = append(undo, "gcloud compute firewall-rules delete "+name+" --quiet")
		}
	}
	s := format.Script{Text: strings.Join(do, "\n") + "\n", Undo: strings.Join(undo, "\n") + "\n"}
	s.Notes = append(s.Notes, "Enter the commands in the Google Cloud Shell.")
	if network == someNetwork {
		s.Notes = append(s.Notes, "Put the name of the mail server's network in the place of "+someNetwork+". The numbers after --priority must be lower than those of the rules that are to come after.")
	}
	if slices.ContainsFunc(job.Flows, func(f format.Flow) bool { return !f.In && f.Port == 25 }) {
		s.Notes = append(s.Notes, "Google Cloud blocks connections out to port 25 of external addresses for most projects, whatever the rules say.")
	}
	return s, nil
}

// seen is a flow as the rules see it.
func seen(job format.Job, flow format.Flow) format.Flow {
	if job.Set != nil {
		if f, ok := job.Set.Source.(*file); ok {
			return f.inside(flow)
		}
	}
	return flow
}

// target is the network that the rules are for, and the rules it has.
func target(job format.Job) (string, []*rule) {
	if job.Set == nil {
		return someNetwork, nil
	}
	f, ok := job.Set.Source.(*file)
	if !ok {
		return someNetwork, nil
	}
	sites := f.sites()
	for _, s := range sites {
		if s.network != "" && (len(sites) == 1 || strings.HasPrefix(job.Chain, path.Base(s.network)+" ")) {
			return path.Base(s.network), s.rules
		}
	}
	if len(sites) == 1 {
		return someNetwork, sites[0].rules
	}
	return someNetwork, nil
}

// place finds the first of n priorities: before the rule that decides now, or
// before all.
func place(job format.Job, rules []*rule, out bool, n int) (int, error) {
	limit := lastPriority
	if job.Above == (ir.At{}) {
		limit = ordinary
	}
	for _, r := range rules {
		if r.out == out && !r.disabled && (job.Above == (ir.At{}) || r.line == job.Above.Line && r.shown() == job.Above.Text) {
			limit = min(limit, r.priority)
		}
	}
	if limit == lastPriority {
		limit = ordinary // the implied rule decides: any number does
	}
	if n > 0 && limit < n {
		return 0, fmt.Errorf("there are no %d priorities before the rule that decides, which has %d; give it a higher number first", n, limit)
	}
	return limit - n, nil
}

// ruleName is the name of a rule: what it is for and its priority, so that no
// two are alike.
func ruleName(f format.Flow, priority int, rules []*rule) string {
	name := strings.ToLower(strings.Join(append([]string{"mxodus"}, f.Words()...), "-"))
	name = fmt.Sprintf("%s-%d", strings.TrimRight(name[:min(len(name), 50)], "-"), priority)
	for i := 2; slices.ContainsFunc(rules, func(r *rule) bool { return r.name == name }); i++ {
		name = fmt.Sprintf("%s-%d", name, i)
	}
	return name
}

func create(f format.Flow, name, network string, priority int) string {
	action := "ALLOW"
	if f.Deny {
		action = "DENY"
	}
	way := "INGRESS"
	if !f.In {
		way = "EGRESS"
	}
	any := "0.0.0.0/0"
	if f.Family == ir.V6 {
		any = "::/0"
	}
	w := []string{
		"gcloud compute firewall-rules create " + name, "--network=" + network, "--direction=" + way, "--action=" + action,
		fmt.Sprintf("--rules=%s:%d", f.Proto, f.Port), fmt.Sprintf("--priority=%d", priority),
	}
	if f.In || len(f.Src) > 0 {
		w = append(w, "--source-ranges="+strings.Join(cloud.Networks(f.Src, any), ","))
	}
	if !f.In || len(f.Dst) > 0 {
		w = append(w, "--destination-ranges="+strings.Join(cloud.Networks(f.Dst, any), ","))
	}
	return strings.Join(append(w, "--description='"+f.Label+"'"), " ")
}
