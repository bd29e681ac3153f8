package ir

import "slices"

// Perhaps makes a box one that is met perhaps, and says on what that depends:
// the reason completes "depends on ...". Boxes made of the same one stay as
// they are.
func (b *Box) Perhaps(reason string) {
	if !slices.Contains(b.Maybe, reason) {
		b.Maybe = append(slices.Clip(b.Maybe), reason)
	}
}

// Boxes are what meets a rule, any of them, while its conditions are read one
// by one.
type Boxes []Box

// Each narrows all of them.
func (list Boxes) Each(narrow func(*Box)) {
	for i := range list {
		narrow(&list[i])
	}
}

// Perhaps makes all of them boxes that are met perhaps.
func (list Boxes) Perhaps(reason string) {
	list.Each(func(b *Box) { b.Perhaps(reason) })
}

// Either puts in the place of every box one for each of the alternatives; none
// of them: the rule is never met.
func (list *Boxes) Either(alternatives ...func(*Box)) {
	out := make(Boxes, 0, len(*list)*len(alternatives))
	for _, b := range *list {
		for _, narrow := range alternatives {
			one := b
			narrow(&one)
			out = append(out, one)
		}
	}
	*list = out
}
