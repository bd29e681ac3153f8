// Package guide writes the Read stage: why a step exists, who does what, what
// can go wrong and how to go back, for the TPOC's own platform and with the
// TPOC's own values, from embedded Markdown templates.
package guide

import "mxodus/steps"

// Read returns the guidance of a step as Markdown: headings, paragraphs,
// lists, tables and fenced code only. What is not known is written as
// "unknown, ask Mimecast".
func Read(s steps.Step, f steps.Facts) (string, error) { return "", nil }
