package firewall

import "strings"

// commentWidth is how wide a comment before rules gets, in characters: so that
// it is not wrapped once more where rules are shown in a window of 80 columns.
const commentWidth = 72

// Commented puts sentences before the text of a Script as comments of its
// format, each on lines of its own, after the first line of a shell script.
func Commented(id, text string, sentences ...string) string {
	lead := "# "
	switch id {
	case "asa", "ios":
		lead = "! "
	case "pfsense":
		lead = "  "
	}
	var lines []string
	for _, s := range sentences {
		lines = append(lines, filled(s, lead)...)
	}
	if len(lines) == 0 {
		return text
	}
	head := strings.Join(lines, "\n") + "\n"
	if id == "pfsense" { // no elements in a comment, and no two hyphens, which would end it
		head = "<!--\n" + strings.NewReplacer("--", "- -", "<", "", ">", "").Replace(head) + "-->\n"
	}
	if first, rest, ok := strings.Cut(text, "\n"); ok && strings.HasPrefix(first, "#!") {
		return first + "\n" + head + rest
	}
	return head + text
}

// filled breaks a sentence into lines behind a lead; a word is never broken.
func filled(s, lead string) []string {
	var out []string
	line := ""
	for _, w := range strings.Fields(s) {
		if line != "" && len(lead)+len(line)+1+len(w) > commentWidth {
			out, line = append(out, lead+line), ""
		}
		if line != "" {
			line += " "
		}
		line += w
	}
	return append(out, lead+line)
}
