package steps

// SentOtherwise reports that the form as it was sent to Mimecast did not hold
// the present answer to one of its questions: it was given, or changed, after
// the task of sending it was ticked last. An answer that was put back stands as
// it was sent. The code of the account is Mimecast's own to give, after the form.
func (v View) SentOtherwise(question string) bool {
	sent := v.Snap.Tasks[TaskKey(ConnectRFI, TaskSendForm)]
	a := v.Snap.Answers[question]
	if question == QAccountCode || !sent.Done || !a.At.After(sent.At) {
		return false
	}
	before := v.Snap.Earlier[question]
	if a.Revision < 2 || len(before) > 0 && before[0].Revision == 1 && before[0].At.After(sent.At) {
		return a.Value != "" || a.Text != "" // the form as sent held nothing
	}
	return v.changed(question, sent.At)
}
