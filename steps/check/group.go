package check

import "sync"

// Group runs parts of a check side by side. A panic in one of them is raised
// again by Wait, in the goroutine of the check, so that the Runner makes it the
// result of this check alone and the program goes on.
type Group struct {
	wg   sync.WaitGroup
	once sync.Once
	hit  bool
	with any
}

// Go runs f in a goroutine of its own.
func (g *Group) Go(f func()) {
	g.wg.Add(1)
	go func() {
		defer g.wg.Done()
		defer func() {
			if p := recover(); p != nil {
				g.once.Do(func() { g.hit, g.with = true, p })
			}
		}()
		f()
	}()
}

// Wait waits for all parts.
func (g *Group) Wait() {
	g.wg.Wait()
	if g.hit {
		panic(g.with)
	}
}
