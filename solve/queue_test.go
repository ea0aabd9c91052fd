package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"relucount/pkg/cli"
	"relucount/pkg/cli/clitest"
	"relucount/pkg/record"
)

// asked runs a tool with -k, or without, whose queue answers the questions that
// ask adds.
func asked(t *testing.T, keep bool, workers int, ask func(*solver)) clitest.Result {
	t.Helper()
	tool := &cli.Tool{Name: "solve", Run: func(e *cli.Env, _ []string) error {
		s := &solver{e: e, queue: newQueue(e.Context(), workers, 0)}
		ask(s)
		if err := s.queue.close(); err != nil {
			return err
		}
		return cli.Failed(int(s.fails.Load()))
	}}
	if keep {
		return clitest.Run(t, tool, "", "-k")
	}
	return clitest.Run(t, tool, "")
}

// A question that fails or panics leaves an error with the place of its record.
// With -k all others are answered; without it those that run come to their end,
// and no other begins.
func TestOneFails(t *testing.T) {
	for _, c := range []struct {
		fail func() error
		says string
	}{
		{func() error { return errors.New("cannot be solved") }, "cannot be solved"},
		{func() error { panic("addRow failed") }, "internal error: addRow failed"},
	} {
		for _, keep := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex
				var answered []string
				got := asked(t, keep, 2, func(s *solver) {
					add := func(place string, answer func(context.Context) error) {
						s.queue.add(question{1, 1, s.guard(place, answer)})
					}
					slow := func(place string) {
						add(place, func(ctx context.Context) error {
							select {
							case <-ctx.Done():
								return errors.New("was cut short")
							case <-time.After(time.Hour):
							}
							mu.Lock()
							defer mu.Unlock()
							answered = append(answered, place)
							return nil
						})
					}
					slow("stdin:2")
					add("stdin:3", func(context.Context) error { time.Sleep(time.Minute); return c.fail() })
					slow("stdin:4")
					slow("stdin:5")
				})
				want, record := []string{"stdin:2"}, ""
				if keep {
					want = append(want, "stdin:4", "stdin:5")
					record = fmt.Sprintf(`{"type":"error","schema":1,"tool":"solve","place":"stdin:3","error":%q}`+"\n", c.says)
				}
				slices.Sort(answered)
				if got.Code != 1 || got.Out != record || !strings.HasPrefix(got.Err, "solve: stdin:3: "+c.says+"\n") || !slices.Equal(answered, want) {
					t.Errorf("-k %v: %+v; answered %q, want %q", keep, got, answered, want)
				}
			})
		}
	}
}

// When nothing can be written any more, what runs is cut short.
func TestNobodyReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t.Context(), 2, 0)
		cut := false
		q.add(question{1, 1, func(ctx context.Context) error { <-ctx.Done(); cut = true; return nil }})
		q.add(question{1, 1, func(context.Context) error {
			time.Sleep(time.Minute)
			return fmt.Errorf("trial 3: %w", &record.WriteError{Err: io.ErrClosedPipe})
		}})
		if err := q.close(); !errors.Is(err, io.ErrClosedPipe) || !cut {
			t.Error(err, cut)
		}
	})
}

// Questions start in order, each with the workers that it wants; each has the
// time limit for itself; adding waits while too much does.
func TestQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		q := newQueue(t.Context(), 3, time.Minute)
		var mu sync.Mutex
		var log []string
		takes := func(name string, workers, size int, d time.Duration) {
			q.add(question{workers, size, func(ctx context.Context) error {
				mu.Lock()
				log = append(log, fmt.Sprint(name, " at ", time.Since(begin)))
				mu.Unlock()
				select {
				case <-ctx.Done():
				case <-time.After(d):
				}
				return nil
			}})
			synctest.Wait()
		}
		takes("a", 2, 10, 20*time.Second)
		takes("b", 3, 10, time.Hour) // until its limit
		takes("c", 1, mostWaiting, time.Second)
		takes("d", 1, 10, time.Second) // c has to begin first
		if now := time.Since(begin); now != 80*time.Second {
			t.Errorf("d could be added at %v", now)
		}
		if err := q.close(); err != nil {
			t.Error(err)
		}
		slices.Sort(log) // c and d begin at the same moment
		if want := []string{"a at 0s", "b at 20s", "c at 1m20s", "d at 1m20s"}; !slices.Equal(log, want) {
			t.Errorf("%q, want %q", log, want)
		}
	})
}

// An interruption drops what waits, and ends what runs.
func TestQueueInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		q := newQueue(ctx, 1, 0)
		ended := 0
		for range 3 {
			q.add(question{1, 1, func(ctx context.Context) error { <-ctx.Done(); ended++; return nil }})
		}
		synctest.Wait()
		cancel()
		if err := q.close(); err != nil || ended != 1 {
			t.Errorf("%v; %d ended", err, ended)
		}
	})
}
