package plain

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"mxodus/steps"
	"mxodus/steps/export"
	"mxodus/steps/rfi"
)

// journal prints the record, newest last.
func (f *face) journal() error {
	f.at(steps.Position{Screen: "journal"})
	all, err := f.s.Journal(f.ctx)
	if err != nil {
		f.fail(err)
		return nil
	}
	f.say("%s, the newest last:", capital(counted(len(all), "journal entry", "journal entries")))
	for _, e := range all {
		f.say("%d. %s, %s: %s", e.Seq, e.At.In(f.o.Now().Location()).Format("2 Jan 2006 15:04:05"), e.By, f.s.JournalLine(e))
	}
	v, err := f.yes("Verify that nothing in it was changed?", false, "Every entry holds the hash of the one before.")
	if err != nil || !v {
		return err
	}
	seq, why, err := f.w.Repo.VerifyJournal(f.ctx, f.s.ID())
	switch {
	case err != nil:
		f.fail(err)
	case seq > 0:
		f.say("Entry %d is not as it was written: %s.", seq, trimStop(why))
	default:
		f.say("The journal is whole.")
	}
	return nil
}

// find looks for steps and questions by words.
func (f *face) find() error {
	words, err := f.words("Words to find: ", "Words of titles, questions or their ids, in any order.")
	if err != nil || words == "" {
		return err
	}
	hits := f.s.Find(words)
	if len(hits) == 0 {
		f.say("Nothing has all of these words. Try fewer of them, or a part of one.")
		return nil
	}
	for i, h := range hits {
		f.say("%d %s (%s).", i+1, trimStop(h.Title), h.Where)
	}
	choice, err := f.choose("1", "Type the number of a place to go there.", numbers(len(hits))...)
	if err != nil {
		return err
	}
	h := hits[number(choice)-1]
	if h.Question == "" {
		return f.step(h.Step, "")
	}
	return f.questions(h.Step, h.Question, "")
}

// format is one kind of file that export writes.
type format struct {
	label, file string
	kind        string // as the journal says it
	make        func(f *face) ([]byte, error)
}

func summaryAs(write func(export.Summary) ([]byte, error)) func(*face) ([]byte, error) {
	return func(f *face) ([]byte, error) {
		s, err := export.Of(f.ctx, f.s, f.w.Checks...)
		if err != nil {
			return nil, err
		}
		return write(s)
	}
}

func formAs(name string) func(*face) ([]byte, error) {
	return func(f *face) ([]byte, error) { return rfi.Export(f.s.Facts(), name) }
}

var formats = []format{
	{"Completion summary as HTML, to be printed and signed", "summary.html", "completion summary as HTML", summaryAs(func(s export.Summary) ([]byte, error) { return []byte(export.HTML(s)), nil })},
	{"Completion summary as Markdown", "summary.md", "completion summary as Markdown", summaryAs(func(s export.Summary) ([]byte, error) { return []byte(export.Markdown(s)), nil })},
	{"Completion summary as JSON, for other programs", "summary.json", "completion summary as JSON", summaryAs(export.JSON)},
	{"Completion summary as CSV, the test cases for a sheet", "cases.csv", "completion summary as CSV", summaryAs(func(s export.Summary) ([]byte, error) {
		text, err := export.CSV(s)
		return []byte(text), err
	})},
	{"Request for Information as text, ready to mail", "rfi.txt", "request for information as Text", formAs("text")},
	{"Request for Information as Markdown", "rfi.md", "request for information as Markdown", formAs("markdown")},
	{"Request for Information as JSON, for other programs", "rfi.json", "request for information as JSON", formAs("json")},
}

// export writes the summary or the form to a file.
func (f *face) export() error {
	f.at(steps.Position{Screen: "export"})
	f.say("")
	for i, k := range formats {
		f.say("%d %s", i+1, k.label)
	}
	choice, err := f.choose("1", "Files are written into the folder mxodus was started in; none is ever written over.", numbers(len(formats))...)
	if err != nil {
		return err
	}
	k := formats[number(choice)-1]
	content, err := k.make(f)
	if err == nil {
		err = f.w.Repo.Record(f.ctx, f.s.ID(), steps.NewEntry{Kind: "export", Detail: "exported the " + k.kind}, f.w.Who)
	}
	if err != nil {
		f.fail(err)
		return nil
	}
	stem := f.s.Facts().Domain
	if stem == "" {
		stem = "mxodus"
	}
	f.saveFile(stem+"-"+k.file, content)
	return nil
}

// saveFile writes a new file and says where it is. A file of that name is never
// written over: the new one gets a number.
func (f *face) saveFile(name string, content []byte) {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
			return '-'
		}
		return r
	}, filepath.Base(name))
	ext := filepath.Ext(name)
	for n := 1; n < 1000; n++ {
		try := name
		if n > 1 {
			try = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(name, ext), n, ext)
		}
		path := filepath.Join(f.o.Dir, try)
		out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err == nil {
			_, err = out.Write(content)
			if closed := out.Close(); err == nil {
				err = closed
			}
		}
		if err != nil {
			f.fail(fmt.Errorf("the file could not be written: %w", err))
			return
		}
		f.say("Written: %s, %s.", path, count(len(content), "byte"))
		return
	}
	f.fail(fmt.Errorf("there are too many files called %s already", name))
}
