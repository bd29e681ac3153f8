package fortios

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

// version is that of FortiOS; zero when the file does not tell.
type version struct{ major, minor, patch int }

func (v version) known() bool { return v.major > 0 }

// atLeast is false when the version is not known.
func (v version) atLeast(major, minor, patch int) bool {
	return v.known() && slices.Compare([]int{v.major, v.minor, v.patch}, []int{major, minor, patch}) >= 0
}

// before is false when the version is not known.
func (v version) before(major, minor, patch int) bool {
	return v.known() && !v.atLeast(major, minor, patch)
}

var headerVersion = pattern.New(`^#config-version=[^:]*?-(\d+)\.(\d{1,2})\.?(\d*)-`)

// versionOf reads the first line of a backup: 7.2.8, or 5.02 as versions
// before 5.4 wrote it.
func versionOf(header string) version {
	m := headerVersion.FindStringSubmatch(header)
	if m == nil {
		return version{}
	}
	var v version
	v.major, _ = strconv.Atoi(m[1])
	v.minor, _ = strconv.Atoi(m[2])
	v.patch, _ = strconv.Atoi(m[3])
	return v
}

// device is the whole configuration.
type device struct {
	*parser
	now     time.Time
	version version
	system  []*entry // where tables of the whole device may stand
	vdoms   []*vdom
	ifaces  []*iface
	byName  map[string]*iface
}

// vdom is a virtual domain, or the whole of a device that has but one.
type vdom struct {
	*device
	name     string
	at       *entry
	zones    map[string]*zone
	byMember map[string]*zone
	central  bool // central NAT: virtual IPs apply whether policies name them or not
	ngfw     bool // policies are about applications
	addrs    map[ir.Family]*objects.Book[*objects.Addrs]
	services *objects.Book[objects.Services]
	vips     map[ir.Family]*vips
	sets     map[ir.Family]map[string]*objects.Addrs // lists of names, joined
	served   map[string]objects.Services
	times    map[string]timing
}

// newDevice sorts the tree into virtual domains.
func newDevice(p *parser, now time.Time) *device {
	d := &device{parser: p, now: now, version: versionOf(p.header), byName: map[string]*iface{}, system: []*entry{p.root}}
	if g := p.root.kid("global"); g != nil {
		d.system = append(d.system, g.own())
	}
	if t := p.root.kid("vdom"); t != nil {
		for _, e := range t.entries() {
			if len(e.kids) > 0 {
				d.vdoms = append(d.vdoms, &vdom{device: d, name: e.name, at: e})
			}
		}
	}
	if len(d.vdoms) == 0 || hasPolicies(p.root) {
		d.vdoms = append(d.vdoms, &vdom{device: d, name: "root", at: p.root})
	}
	return d
}

// policyTables hold what decides about packets that pass through.
var policyTables = []string{"firewall policy", "firewall policy6", "firewall consolidated policy", "firewall security-policy"}

func hasPolicies(e *entry) bool {
	return slices.ContainsFunc(policyTables, func(t string) bool { return e.kid(t) != nil })
}

// everywhere lists a table of the whole device, wherever it stands.
func (d *device) everywhere(name string) []*table {
	var out []*table
	for _, e := range d.system {
		if t := e.kid(name); t != nil {
			out = append(out, t)
		}
	}
	for _, v := range d.vdoms {
		if v.at != d.root {
			if t := v.at.kid(name); t != nil {
				out = append(out, t)
			}
		}
	}
	return out
}

// whole reports a file that holds the configuration of the device or of the
// virtual domain, not one table printed alone.
func (v *vdom) whole() bool {
	return v.header != "" || len(v.everywhere("system global")) > 0 && len(v.ifaces) > 0
}

// prepare reads what policies refer to.
func (v *vdom) prepare() {
	s := v.at.kid("system settings").own()
	v.ngfw = s.is("ngfw-mode", "policy-based") || v.at.kid("firewall security-policy") != nil && s.is("ngfw-mode", "")
	v.central = s.is("central-nat", "enable") || v.ngfw
	v.sets = map[ir.Family]map[string]*objects.Addrs{ir.V4: {}, ir.V6: {}}
	v.served = map[string]objects.Services{}
	v.times = map[string]timing{}
	v.readZones()
	v.addrs = map[ir.Family]*objects.Book[*objects.Addrs]{ir.V4: v.addressBook(v4Tables), ir.V6: v.addressBook(v6Tables)}
	v.services = v.serviceBook()
	v.vips = map[ir.Family]*vips{ir.V4: v.readVIPs(ir.V4), ir.V6: v.readVIPs(ir.V6)}
}

// key joins names of a list so that equal lists are found again.
func key(names []string) string { return strings.Join(names, "\x00") }

func number(s string) (uint64, bool) {
	n, err := strconv.ParseUint(s, 10, 64)
	return n, err == nil
}

// Read reads a whole file.
func Read(doc *source.Doc) *ir.Ruleset {
	set := &ir.Ruleset{Stands: ir.Forward}
	p := parse(doc, set)
	d := newDevice(p, doc.Now)
	d.readInterfaces()
	some := p.header != ""
	for _, v := range d.vdoms {
		v.prepare()
		some = some || hasPolicies(v.at)
	}
	set.Label = "FortiOS configuration"
	if d.version.known() {
		set.Label = "FortiOS " + d.version.String() + " configuration"
	}
	set.Object = d.object
	if !some {
		return set
	}
	for _, f := range []ir.Family{ir.V4, ir.V6} {
		set.Programs = append(set.Programs, d.program(f))
	}
	d.tellInterfaces()
	d.notes()
	d.noteSends(set.Programs[0])
	d.noteARP()
	set.Source = d
	return set
}

func (v version) String() string {
	if v.minor == 0 && v.patch == 0 && v.major < 5 {
		return strconv.Itoa(v.major) + ".0"
	}
	return strconv.Itoa(v.major) + "." + strconv.Itoa(v.minor) + "." + strconv.Itoa(v.patch)
}
