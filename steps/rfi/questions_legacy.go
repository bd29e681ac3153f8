package rfi

import (
	"slices"

	"mxodus/steps"
)

// legacyQuestions are about historic mail. All but the first are asked, and
// needed, once an import is wanted.
func legacyQuestions() []Question {
	asked := and(connect, archives)
	open := and(asked, is("legacy.want_import", "yes"))
	qs := []Question{{
		ID: "legacy.want_import", Type: YesNo, Shown: asked,
		Label:   "Shall historic mail be imported into the archive?",
		Why:     "The import comes after the Connect process, but the export from your present archive takes time.",
		Example: "no", Help: "With yes, the questions that Mimecast asks about the data follow.", Source: "KBID10577",
	}}
	for _, q := range legacyDetails() {
		q.Shown, q.Required = open, always
		qs = append(qs, q)
	}
	for i := range qs {
		qs[i].Section, qs[i].InRFI = secJournal, true
	}
	return qs
}

// serviceImport is the import of historic mail among the services that follow.
const serviceImport = "legacy_ingestion"

// importWanted reports the answer that historic mail shall be imported, where
// that is asked.
func importWanted(f steps.Facts) bool {
	return connect(f) && archives(f) && f.Answers.Yes("legacy.want_import")
}

// wantedServices offers the services that other answers ask for already.
func wantedServices(f steps.Facts) string {
	if importWanted(f) {
		return serviceImport
	}
	return ""
}

// checkServices sets the services beside the question about historic mail.
func checkServices(f steps.Facts, u *Understood) {
	chosen := slices.Contains(u.Items, serviceImport)
	switch {
	case importWanted(f) && !chosen:
		u.warn("", "you answered that historic mail shall be imported, and that import is one of these services: choose it as well")
	case archives(f) && f.Answers.Value("legacy.want_import") == "no" && chosen:
		u.warn("", "you answered that no historic mail shall be imported; change that answer, or leave the import out here")
	}
}

// Services are the services that follow the Connect process, by name and in the
// vendor's order: those that were chosen, and the import of historic mail where
// it was asked for on its own.
func Services(f steps.Facts) []string {
	var out []string
	chosen := f.Answers.List("services.extra")
	for _, o := range extraServices {
		if slices.Contains(chosen, o.Value) || o.Value == serviceImport && importWanted(f) {
			out = append(out, o.Label)
		}
	}
	return out
}

// legacyDetails are what Mimecast asks about the data (article on providing
// legacy data).
func legacyDetails() []Question {
	return []Question{
		{
			ID: "legacy.cutoff_date", Type: Date,
			Label:   "From which day on is everything archived by Mimecast?",
			Why:     "Nothing that is dated later is imported; mail that came both ways would be there twice.",
			Example: "2026-12-03", Help: "The day on which journaling starts.", Source: "34000631481363",
		},
		{
			ID: "legacy.bytes", Type: Number, rules: rules{bytes: true, min: 1, max: 1 << 60},
			Label:   "How large is the historic mail, in bytes?",
			Why:     "The import is planned by size, and Mimecast asks for the exact number.",
			Example: "1234567890123", Help: "The exact number is asked for. 1.2 TB is understood as well, and said to be rounded.", Source: "34000631481363",
		},
		{
			ID: "legacy.grouping", Type: Choice,
			Label:   "How is the historic mail grouped?",
			Why:     "Mail that is sorted by user can be given to each user; the rest can only be searched as a whole.",
			Options: these(Option{Value: "pu", Label: "By user (PU)"}, Option{Value: "npu", Label: "Not by user (NPU)"}),
			Example: "PU", Help: "Per-user data needs the users' accounts to exist first.", Source: "34000631481363",
		},
		{
			ID: "legacy.format", Type: Choice,
			Label:   "In which journal format is it?",
			Why:     "Mimecast asks which of the two it will get.",
			Options: these(Option{Value: "sjf", Label: "SJF"}, Option{Value: "ejf", Label: "EJF"}),
			Example: "EJF", Help: "The letters are Mimecast's. The maker of your export tool knows which one it writes; if not, ask Mimecast.", Source: "34000631481363",
		},
		{
			ID: "legacy.file_type", Type: Choice,
			Label:   "Which type of file will you hand over?",
			Why:     "Only these two are taken. Tasks, calendar entries, notes and stubs are not imported.",
			Options: these(Option{Value: "pst", Label: "PST"}, Option{Value: "eml_zip", Label: "EML, zipped", aliases: []string{"zipped eml", "eml"}}),
			Example: "PST", Help: "Other formats have to be converted first.", Source: "34000631481363; DOC-1149",
		},
		{
			ID: "legacy.source", Type: Text,
			Label:   "Which system holds the historic mail now?",
			Why:     "It tells Mimecast what to expect in the data.",
			Example: "Enterprise Vault 12", Source: "34000631481363",
		},
		{
			ID: "legacy.export_tool", Type: Text,
			Label:   "Which tool exports it?",
			Why:     "Mimecast asks for it together with the data.",
			Example: "The vendor's own export", Source: "34000631481363",
		},
	}
}
