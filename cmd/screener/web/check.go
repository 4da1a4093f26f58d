package web

import (
	"errors"
	"net/http"

	"partnerscreen/screening"
)

// namedCheck is the page on which one name is looked up.
type namedCheck struct {
	Problem string
	Asked   checkBody
	Found   *screening.PartyResult // nil before anything was asked
	Used    []screening.EditionUsed
}

var checkPage = Page{
	Pattern: "GET /check", Doc: "look one name up, and keep nothing", Needs: readsLists,
	Serve: func(r *Request) error { return r.Render(http.StatusOK, "check.html", "Check one name", namedCheck{}) },
}

// checkName looks one name up. It is a POST, so that the name stands in no address.
var checkName = Page{
	Pattern: "POST /check", Doc: "one name as a screening would see it: the matches, what speaks for and against each, and the lists that were asked",
	Needs: readsLists,
	Serve: func(r *Request) error {
		page := namedCheck{Asked: checkBody{
			Name: r.PostForm.Get("name"), Country: r.PostForm.Get("country"), Type: r.PostForm.Get("type"), AcceptMissing: r.PostForm["without"],
		}}
		var err error
		page.Found, page.Used, err = r.check(&page.Asked)
		var problem *Problem
		if errors.As(err, &problem) {
			page.Problem = problem.Detail
			return r.Render(problem.Status, "check.html", "Check one name", page)
		}
		if err != nil {
			return err
		}
		return r.Render(http.StatusOK, "check.html", "Check one name", page)
	},
}
