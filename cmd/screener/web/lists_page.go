package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/lists"
	"partnerscreen/screening"
)

// listView is a list as its page shows it.
type listView struct {
	jobs.ListStatus
	Card *lists.Card
	// Age is how old the publisher's content is, Fetch how long ago it was
	// fetched, in days; -1 where that is not known.
	Age, Fetch int
	Usual      int // the cadence, in days; 0 where there is none
	Late       bool
	Restricted bool
	Plot       plot
}

var listsPage = Page{
	Pattern: "GET /lists", Doc: "the lists: edition, dates, counts, what needs attention",
	Needs: []screening.Permission{screening.MayReadLists}, Tab: "Lists",
	Serve: func(r *Request) error {
		all, err := jobs.Lists(r.Context(), r.Env)
		if err != nil {
			return err
		}
		var data struct{ Used, Off []listView }
		for _, l := range all {
			if !r.Viewer.Sees(l.List) {
				continue
			}
			view := r.listView(l)
			if l.State == "off" {
				data.Off = append(data.Off, view)
				continue
			}
			editions, err := r.Env.Store.Editions(r.Context(), l.List)
			if err != nil {
				return err
			}
			view.Plot = plotOf(editions, 120, 28)
			data.Used = append(data.Used, view)
		}
		return r.Render(http.StatusOK, "lists.html", "Lists", data)
	},
}

func (r *Request) listView(l jobs.ListStatus) listView {
	card, _ := lists.Find(r.Env.Cards, l.List)
	now := r.Env.Now()
	_, restricted := r.Env.Restricted[l.List]
	v := listView{ListStatus: l, Card: card, Age: -1, Fetch: -1, Restricted: restricted}
	if card != nil {
		v.Usual = int(card.Cadence.Hours() / 24)
	}
	if l.Published != nil {
		v.Age = int(now.Sub(*l.Published).Hours() / 24)
		v.Late = v.Usual > 0 && v.Age > v.Usual
	}
	if l.Fetched != nil {
		v.Fetch = int(now.Sub(*l.Fetched).Hours() / 24)
	}
	return v
}

// list is the list of the address, where it is open to the viewer.
func (r *Request) list() (*listView, error) {
	id := r.PathValue("id")
	if !r.Viewer.Sees(id) {
		return nil, missing
	}
	all, err := jobs.Lists(r.Context(), r.Env)
	if err != nil {
		return nil, err
	}
	for _, l := range all {
		if l.List == id {
			v := r.listView(l)
			return &v, nil
		}
	}
	return nil, missing
}

const changesShown = 100

var listPage = Page{
	Pattern: "GET /lists/{id}", Doc: "one list: its editions, counts over time, last changes; what is held back, and why",
	Needs: []screening.Permission{screening.MayReadLists},
	Serve: func(r *Request) error {
		ctx := r.Context()
		l, err := r.list()
		if err != nil {
			return err
		}
		editions, err := r.Env.Store.Editions(ctx, l.List)
		if err != nil {
			return err
		}
		l.Plot = plotOf(editions, 640, 160)
		data := struct {
			*listView
			Editions []screening.Edition
			Held     *screening.Edition
			Changes  []screening.Change
			Counted  map[screening.ChangeKind]int
			From, To int
			Manages  bool
		}{listView: l, Editions: editions, Counted: map[screening.ChangeKind]int{}, Manages: r.May(screening.MayManageLists)}
		if len(editions) > 0 && editions[0].State == screening.EditionQuarantined {
			data.Held = &editions[0]
		}
		for _, ed := range editions {
			switch {
			case ed.State != screening.EditionGood:
			case data.To == 0:
				data.To = ed.Seq
			case data.From == 0:
				data.From = ed.Seq
			}
		}
		if data.From != 0 {
			for ch, err := range jobs.Changes(ctx, r.Env, l.List, data.From, data.To) {
				if err != nil {
					return err
				}
				data.Counted[ch.Change]++
				if len(data.Changes) < changesShown {
					data.Changes = append(data.Changes, ch)
				}
			}
		}
		return r.Render(http.StatusOK, "list.html", l.Title, data)
	},
}

var listAccept = Page{
	Pattern: "POST /lists/{id}/accept", Doc: "puts an edition that is held back in force, with a reason",
	Needs: []screening.Permission{screening.MayManageLists},
	Serve: func(r *Request) error {
		l, err := r.list()
		if err != nil {
			return err
		}
		why := strings.TrimSpace(r.PostFormValue("why"))
		edition, err := strconv.Atoi(r.PostFormValue("edition"))
		switch {
		case err != nil || edition < 1:
			return bad("The form does not say which edition.")
		case len([]rune(why)) < 10:
			return bad("Say in a few words why the edition is right although it was held back; it is kept with it.")
		case len(why) > 2000:
			return bad("The reason is longer than 2,000 letters.")
		}
		held, err := r.Env.Store.EditionBySeq(r.Context(), l.List, edition)
		if err != nil {
			return err
		}
		if held.State != screening.EditionQuarantined {
			return &Problem{Status: http.StatusConflict, Detail: fmt.Sprintf("Edition %d is not held back any more.", edition)}
		}
		if _, err := jobs.Accept(r.Context(), r.Env, jobs.AcceptOptions{List: l.List, Edition: edition, By: r.Account().Name, Why: why}); err != nil {
			return err
		}
		return r.Redirect("/lists/" + l.List + "?done=accepted")
	},
}

// plot is a line of counts over time, to be drawn small.
type plot struct {
	Points        string // "x,y x,y …"
	Width, Height int
	Low, High     int
	First, Last   time.Time
	Marks         []mark
}

// mark is one edition on the line.
type mark struct {
	X, Y     float64
	Entities int
	Fetched  time.Time
	Held     bool
}

// plotOf draws the entities of the editions, given newest first, by when they
// were fetched.
func plotOf(editions []screening.Edition, width, height int) plot {
	p := plot{Width: width, Height: height}
	if len(editions) == 0 {
		return p
	}
	p.First, p.Last = editions[len(editions)-1].Fetched, editions[0].Fetched
	p.Low, p.High = editions[0].Entities, editions[0].Entities
	for _, ed := range editions {
		p.Low, p.High = min(p.Low, ed.Entities), max(p.High, ed.Entities)
	}
	const edge = 4.0
	span, rise := p.Last.Sub(p.First).Seconds(), float64(p.High-p.Low)
	var points []string
	for i := len(editions) - 1; i >= 0; i-- {
		ed := &editions[i]
		x, y := float64(width)/2, float64(height)/2
		if span > 0 {
			x = edge + ed.Fetched.Sub(p.First).Seconds()/span*(float64(width)-2*edge)
		}
		if rise > 0 {
			y = edge + float64(p.High-ed.Entities)/rise*(float64(height)-2*edge)
		}
		held := ed.State == screening.EditionQuarantined
		if !held { // the line is of what was in force
			points = append(points, fmt.Sprintf("%.1f,%.1f", x, y))
		}
		p.Marks = append(p.Marks, mark{x, y, ed.Entities, ed.Fetched, held})
	}
	p.Points = strings.Join(points, " ")
	return p
}
