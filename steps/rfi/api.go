package rfi

import "mxodus/steps"

// This file is the surface other packages use.

// Sections in the order they are asked.
func Sections() []Section { return nil }

// All lists every question, in order of sections.
func All() []Question { return nil }

// Find returns the question with that id.
func Find(id string) (Question, bool) { return Question{}, false }

// Applicable lists the questions of the RFI that apply now, in order.
func Applicable(f steps.Facts) []Question { return nil }

// Parse reads text as an answer to q. Empty text gives an empty value; whether
// that is allowed is the business of Missing.
func (q Question) Parse(text string, f steps.Facts) Understood { return Understood{} }

// Status of one question, for review pages.
type Status struct {
	Question   Question
	Answer     steps.Answer
	Understood Understood
	Missing    bool // required and without a usable value
	Problems   []Problem
}

// Review lists the applicable questions among ids (all of the RFI when ids is
// nil) with what stands in each.
func Review(f steps.Facts, ids []string) []Status { return nil }

// Completeness counts the required questions of the RFI that apply, and those
// of all kinds that are answered and free of problems.
type Completeness struct {
	Applicable, Answered      int
	Required, RequiredMissing int
	Problems                  int
}

// Complete counts over the RFI.
func Complete(f steps.Facts) Completeness { return Completeness{} }
