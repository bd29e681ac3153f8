package firewall

import "mxodus/steps/check"

// Scope implements check.Scoped: domains and who may pass a lock-down do not
// bear on what must be open.
func (openCheck) Scope(in check.Input) check.Input {
	in.Domains, in.SendOnly, in.Exceptions = nil, nil, nil
	return in
}

// Scope implements check.Scoped: port 25 of the mail server is all that is asked
// about, whatever else must be open and whoever sends.
func (lockCheck) Scope(in check.Input) check.Input {
	in.Domains, in.SendOnly, in.Ports, in.Outbound, in.Directory = nil, nil, nil, nil, nil
	return in
}
