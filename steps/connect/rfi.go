package connect

import (
	"mxodus/steps"
)

func rfi(p steps.Profile) steps.Step {
	return steps.Step{
		ID:        steps.ConnectRFI,
		Title:     "Request For Information (RFI)",
		Owner:     steps.OwnerTPOC,
		Purpose:   "Give Mimecast what it needs to build your account, and record how your mail runs today.",
		Questions: rfiQuestions,
		Checks:    []string{"MX-PLAN", "MX-FORM"},
		Tasks:     rfiTasks,
		Failures:  rfiFailures(p),
		Evidence: []string{
			"When and to whom the form was sent, and the answers as sent",
			"The MX records before the change, from the check of this step",
		},
		Rollback: "Nothing has changed yet. To correct an answer, tell the Connect team; the account is built from the form.",
		WaitsFor: "Mimecast sends you the form's link by mail, and reads what you send",
		Limitations: []string{
			"The vendor's own form could not be read field by field: some questions here come from the partner form and from what later steps need (inferred)",
		},
	}
}

// rfiQuestions are all fields of the form, in the order of its sections.
var rfiQuestions = []string{
	"company.name", "company.primary_domain", "company.region", "service.package",
	steps.QAccountCode,
	"contact.tpoc.name", "contact.tpoc.email", "contact.tpoc.phone",
	"contact.emergency.first_name", "contact.emergency.last_name", "contact.emergency.email", "contact.emergency.mobile",
	"contact.partner", "contact.partner_admin_email", "contact.consultant",
	"infra.type", "infra.other_kind", "infra.exchange_version", "infra.m365_tenant_domain",
	"ip.outbound_dynamic", "ip.outbound", "ip.inbound", "ip.additional",
	"domains", "domains.direction", "forwarding", "smart_hosts", "third_party_senders",
	"rv.method", "rv.check", "dir.host", "dir.port", "dir.tls", "dir.base_dn", "dir.user",
	"journal.method", "journal.address", "journal.extra_source_ips", "archive.retention",
	"legacy.want_import", "legacy.cutoff_date", "legacy.bytes", "legacy.grouping", "legacy.format",
	"legacy.file_type", "legacy.source", "legacy.export_tool",
	"policies.inventory", "digest.wanted", "services.extra",
}
