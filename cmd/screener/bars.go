package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"partnerscreen/jobs"
)

// bars shows how far jobs are: progress bars on a terminal, a plain line now
// and then elsewhere.
type bars struct {
	w     io.Writer
	quiet bool

	mu    sync.Mutex
	pool  *mpb.Progress // nil when not a terminal
	what  string
	bar   *mpb.Bar
	last  time.Time
	said  int64
	begun time.Time
}

// plainEvery is how often a plain line is written.
const plainEvery = 5 * time.Second

func newBars(w io.Writer, quiet bool) *bars {
	b := &bars{w: w, quiet: quiet}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) && !quiet {
		b.pool = mpb.New(mpb.WithOutput(w), mpb.WithWidth(40))
	}
	return b
}

// step takes one report of a job. It may be called by many goroutines.
func (b *bars) step(s jobs.Step) {
	if b.quiet {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if s.What != b.what {
		b.finish()
		b.what, b.begun, b.last, b.said = s.What, time.Now(), time.Now(), 0
		if b.pool != nil {
			add := b.pool.AddBar
			if s.Total <= 0 {
				add = b.pool.AddSpinner // how far it is to the end is not known
			}
			b.bar = add(s.Total, mpb.BarRemoveOnComplete(),
				mpb.PrependDecorators(decor.Name(s.What+" ")),
				mpb.AppendDecorators(decor.CurrentNoUnit("%d "+s.Unit+" "), decor.AverageSpeed(0, "%.0f/s ")))
		}
	}
	if b.bar != nil {
		b.bar.SetTotal(s.Total, false)
		b.bar.SetCurrent(s.Done)
		return
	}
	if b.pool == nil && time.Since(b.last) >= plainEvery {
		b.last, b.said = time.Now(), s.Done
		of := ""
		if s.Total > 0 {
			of = fmt.Sprintf(" of %d", s.Total)
		}
		fmt.Fprintf(b.w, "%s: %d%s %s, %.0f/s\n", s.What, s.Done, of, s.Unit, float64(s.Done)/time.Since(b.begun).Seconds())
	}
}

func (b *bars) finish() {
	if b.bar != nil {
		b.bar.Abort(true)
		b.bar.Wait()
		b.bar = nil
	}
}

// close takes the bars off the screen.
func (b *bars) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.finish()
	if b.pool != nil {
		b.pool.Wait()
		b.pool = nil
	}
}
