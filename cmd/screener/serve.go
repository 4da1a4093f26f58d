package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"syscall"
	"time"

	"partnerscreen/cmd/screener/web"
	"partnerscreen/jobs"
)

type serveCmd struct {
	Listen string `help:"Address to listen on; [server] listen of the configuration." placeholder:"HOST:PORT"`
	NoWork bool   `help:"Only the pages: take up no work; another process does."`
}

const (
	headerTime = 10 * time.Second
	readTime   = 2 * time.Minute
	writeTime  = 2 * time.Minute
	idleTime   = 2 * time.Minute
	// endTime is how long requests under way may take once the program is told to end.
	endTime = 20 * time.Second
)

func (c *serveCmd) Run(ctx context.Context, a *app) error { return untilTold(ctx, c.serve(ctx, a)) }

// untilTold takes the failure away from a service that was told to end before
// it had begun: whoever stops one asks for nothing else.
func untilTold(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

func (c *serveCmd) serve(ctx context.Context, a *app) error {
	_, cfg, err := a.configure()
	if err != nil {
		return err
	}
	if c.Listen != "" {
		cfg.Server.Listen = c.Listen
	}
	opts, link, err := cfg.webOptions()
	if err != nil {
		return fmt.Errorf("reading the configuration: %w", err)
	}
	opts.Log = a.logger(cfg.Server.Log)
	work, err := cfg.Work.options(opts.Log)
	if err != nil {
		return err
	}
	// The address is printed before the database is opened: both may take a moment.
	listener, err := listen(ctx, cfg.Server.Listen)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }()
	address := (&url.URL{Scheme: "http", Host: listener.Addr().String()}).String()
	if cfg.Server.Certificate != "" {
		address = "https" + address[len("http"):]
	}
	fmt.Fprintln(a.stdout, address)
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	env.Progress, env.Shelf = nil, &jobs.Shelf{}
	site, err := web.New(env, opts)
	if err != nil {
		return err
	}
	keeping, stopKeeping := context.WithCancel(ctx)
	var keep sync.WaitGroup
	keep.Go(func() { site.Keep(keeping) })
	defer keep.Wait() // before the database is closed
	defer stopKeeping()
	srv := &http.Server{
		Handler: site, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime, MaxHeaderBytes: 64 << 10,
		ErrorLog:    slog.NewLogLogger(opts.Log.Handler(), slog.LevelWarn),
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	if link {
		fmt.Fprintf(a.stderr, "Sign in once, within half an hour, from this machine: %s%s\n", address, site.Link())
	}
	ended := make(chan error, 1)
	go func() {
		if cfg.Server.Certificate != "" {
			ended <- srv.ServeTLS(listener, cfg.path(cfg.Server.Certificate), cfg.path(cfg.Server.Key))
			return
		}
		ended <- srv.Serve(listener)
	}()
	working, stopWork := context.WithCancel(ctx)
	defer stopWork()
	worked := make(chan error, 1)
	go func() {
		if c.NoWork {
			<-working.Done()
			worked <- nil
			return
		}
		worked <- jobs.Work(working, env, work)
	}()
	select {
	case err := <-ended:
		stopWork()
		return errors.Join(fmt.Errorf("serving the pages: %w", err), <-worked)
	case err := <-worked: // before it was told to end
		if ctx.Err() == nil {
			return errors.Join(err, srv.Close())
		}
		worked <- err
	case <-ctx.Done():
	}
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	err = srv.Shutdown(wait)
	if errors.Is(err, context.DeadlineExceeded) {
		err = srv.Close() // what still runs is cut off; nothing is half-written
	} else if err != nil {
		err = fmt.Errorf("ending the server: %w", err)
	}
	return errors.Join(err, <-worked)
}

func (a *app) logger(format string) *slog.Logger {
	switch {
	case a.cli.Quiet:
		return slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	case format == "json":
		return slog.New(slog.NewJSONHandler(a.stderr, nil))
	}
	return slog.New(slog.NewTextHandler(a.stderr, nil))
}

// listen listens on an address, or where its port is taken on the next free one.
func listen(ctx context.Context, address string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w", address, err)
	}
	first, err := strconv.Atoi(port)
	if err != nil {
		return nil, fmt.Errorf("listening on %s: the port is no number", address)
	}
	var lc net.ListenConfig
	for n := first; ; n++ {
		l, err := lc.Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(n)))
		if err == nil {
			return l, nil
		}
		if first == 0 || n >= min(first+100, 65535) || !errors.Is(err, syscall.EADDRINUSE) {
			return nil, fmt.Errorf("listening on %s: %w", address, err)
		}
	}
}
