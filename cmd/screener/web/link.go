package web

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"sync"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/screening"
)

// linkLasts is how long a one-time sign-in link waits to be used.
const linkLasts = 30 * time.Minute

// links are the one-time sign-in links that wait to be used, by the hash of
// their token. They are gone when the program ends.
type links struct {
	mu    sync.Mutex
	until map[[32]byte]time.Time
}

// operatorRoles are what who started the program may do through its link.
var operatorRoles = []screening.AccountRole{screening.Administrator, screening.ListManager, screening.Reviewer, screening.SecondReviewer, screening.Submitter}

// Link makes the path of a one-time sign-in link for who started the program.
// It is good once, for half an hour, from this machine.
func (s *Site) Link() string {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails
	token := base64.RawURLEncoding.EncodeToString(random)
	s.links.mu.Lock()
	defer s.links.mu.Unlock()
	if s.links.until == nil {
		s.links.until = map[[32]byte]time.Time{}
	}
	s.links.until[sha256.Sum256([]byte(token))] = s.env.Now().Add(linkLasts)
	return "/sign-in/link?token=" + token
}

// use uses a token up.
func (l *links) use(token string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := sha256.Sum256([]byte(token))
	until, ok := l.until[key]
	delete(l.until, key)
	return ok && now.Before(until)
}

var signInLink = Page{
	Pattern: "GET /sign-in/link", Doc: "signs in who started the program, once",
	Open: true,
	Serve: func(r *Request) error {
		s := r.site
		const gone = "This link was used, or is too old. Start screener serve again for another."
		if !loopback(r.address) || r.Method != http.MethodGet {
			if err := s.refused(r, "link", "", "not from this machine"); err != nil {
				return err
			}
			return denied("Sign-in links are for the machine the program runs on.")
		}
		if _, err := r.guess(guessesFrom(r.address)); err != nil {
			return err
		}
		if !s.links.use(r.URL.Query().Get("token"), r.Env.Now()) {
			if err := s.refused(r, "link", "", "used, too old, or made up"); err != nil {
				return err
			}
			return denied(gone)
		}
		name := s.env.Actor // who started the program
		r.Env.Actor = name
		a, err := jobs.Known(r.Context(), r.Env, &screening.Account{Name: name, Source: "link", Subject: name, Roles: append([]screening.AccountRole(nil), operatorRoles...)})
		if err != nil {
			return err
		}
		if err := s.begin(r, a, "link"); err != nil {
			return err
		}
		return r.Redirect("/")
	},
}
