package format

import (
	"reflect"
	"testing"
)

func TestWayParts(t *testing.T) {
	w := Way{Where: "On the host", Do: []string{"Open a shell.", "/export terse", "(a; b) > c", "Save it.", "show"}}
	want := []Run{{false, []string{"Open a shell."}}, {true, []string{"/export terse", "(a; b) > c"}}, {false, []string{"Save it."}}, {true, []string{"show"}}}
	if got := w.Parts(); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if got := w.Commands(); !reflect.DeepEqual(got, want[1].Lines) {
		t.Errorf("%v", got)
	}
	if got := (Way{Do: []string{"Click."}}).Commands(); got != nil {
		t.Errorf("%v", got)
	}
}
