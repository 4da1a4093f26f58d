package web

import "partnerscreen/screening"

var home = Page{
	Pattern: "GET /{$}", Doc: "the first page after signing in",
	Serve: func(r *Request) error {
		if r.May(screening.MaySubmit) {
			return r.Redirect("/screen")
		}
		return r.Redirect("/runs")
	},
}
