package web

var home = Page{
	Pattern: "GET /{$}", Doc: "the first page after signing in",
	Serve: func(r *Request) error { return r.Redirect("/runs") },
}
