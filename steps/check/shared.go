package check

import (
	"context"
	"sync"
)

type sharedKey struct{}

// shared is the memory of one Runner.Run.
type shared struct {
	ctx    context.Context // ends with the run, not with one check
	mu     sync.Mutex
	values map[any]any
}

func withShared(ctx context.Context) context.Context {
	s := &shared{values: map[any]any{}}
	s.ctx = context.WithValue(ctx, sharedKey{}, s)
	return s.ctx
}

// Shared returns the value under key that all checks of one Runner.Run share,
// made on first use: five checks that ask the same questions then ask them
// once. The context given to build ends with the run. Outside a run every call
// builds anew, from ctx. The same key must always hold the same type.
func Shared[T any](ctx context.Context, key any, build func(context.Context) T) T {
	s, ok := ctx.Value(sharedKey{}).(*shared)
	if !ok {
		return build(ctx)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if v, ok := s.values[key]; ok {
		return v.(T)
	}
	v := build(s.ctx)
	s.values[key] = v
	return v
}
