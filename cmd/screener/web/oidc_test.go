package web

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/screening"
)

// issuer is a small OpenID provider: discovery, keys, and a token for each
// code, which it gives out to whoever is asked for.
type issuer struct {
	*httptest.Server
	o   *office
	key *rsa.PrivateKey

	mu     sync.Mutex
	codes  map[string]url.Values // what the site asked for, by the code given
	claims map[string]any        // of the next token, over the honest ones
	forge  bool                  // sign the next token with another key
	asked  []url.Values          // what came with the codes
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &issuer{key: key, codes: map[string]url.Values{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, r *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{
			"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"}, "response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, r *http.Request) {
		b64 := base64.RawURLEncoding.EncodeToString
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": []any{map[string]string{
			"kty": "RSA", "kid": "one", "alg": "RS256", "use": "sig", "n": b64(key.N.Bytes()), "e": b64(big.NewInt(int64(key.E)).Bytes()),
		}}})
	})
	mux.HandleFunc("POST /token", p.token)
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

// authorize stands for the person who signs in at the provider: it takes the
// address the site sent them to, and returns the one they are sent back to.
func (p *issuer) authorize(t *testing.T, to string) *url.URL {
	t.Helper()
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if !strings.HasPrefix(to, p.URL+"/authorize?") || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" ||
		len(q.Get("state")) < 32 || len(q.Get("nonce")) < 32 || !strings.Contains(q.Get("scope"), "openid") {
		t.Fatalf("sent to %s", to)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	code := randomText()
	p.codes[code] = q
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil {
		t.Fatal(err)
	}
	back.RawQuery = url.Values{"code": {code}, "state": {q.Get("state")}}.Encode()
	return back
}

func (p *issuer) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = r.ParseForm()
	p.asked = append(p.asked, r.PostForm)
	begun := p.codes[r.PostForm.Get("code")]
	delete(p.codes, r.PostForm.Get("code")) // good once
	sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	if begun == nil || base64.RawURLEncoding.EncodeToString(sum[:]) != begun.Get("code_challenge") {
		http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
		return
	}
	now := p.o.time()
	claims := map[string]any{
		"iss": p.URL, "aud": "screener", "sub": "7", "nonce": begun.Get("nonce"), "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(),
		"preferred_username": "olga", "name": "Olga Brandt", "groups": []string{"Research Security", "Staff"},
	}
	for k, v := range p.claims {
		claims[k] = v
	}
	key := p.key
	if p.forge {
		key, _ = rsa.GenerateKey(rand.Reader, 2048)
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": signed(key, claims)})
}

// signed is a token in the form of RFC 7519.
func signed(key *rsa.PrivateKey, claims any) string {
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	body := part(map[string]string{"alg": "RS256", "kid": "one", "typ": "JWT"}) + "." + part(claims)
	sum := sha256.Sum256([]byte(body))
	sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return body + "." + base64.RawURLEncoding.EncodeToString(sig)
}

// atProvider is an office whose people sign in at an OpenID provider.
func atProvider(t *testing.T) (*office, *issuer) {
	t.Helper()
	p := newIssuer(t)
	o, _, _ := full(t, Options{PublicURL: "https://screening.example", OIDC: &OIDC{
		Title: "University sign-in", Issuer: p.URL, ClientID: "screener", ClientSecret: "secret", NameClaim: "preferred_username", GroupsClaim: "groups",
		Roles: map[string][]screening.AccountRole{"Research Security": {screening.Reviewer}, "*": {screening.Submitter}},
	}})
	p.o = o
	return o, p
}

func TestSignInAtAProvider(t *testing.T) {
	o, p := atProvider(t)
	b := o.browser()
	if body := b.get("/sign-in?next=/lists").Body.String(); !strings.Contains(body, "Sign in at University sign-in") {
		t.Errorf("the page does not offer it:\n%s", body)
	}
	back := p.authorize(t, b.get("/sign-in/oidc?next=/lists").Header().Get("Location"))
	if back.Host != "screening.example" {
		t.Errorf("sent back to %s", back)
	}
	w := b.get(back.RequestURI())
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/lists" {
		t.Fatalf("back from the provider: %d to %q\n%s", w.Code, w.Header().Get("Location"), w.Body)
	}
	for _, c := range w.Result().Cookies() {
		if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("cookie %+v", c)
		}
	}
	if w := b.get("/lists"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Olga Brandt") || w.Header().Get("Strict-Transport-Security") == "" {
		t.Errorf("signed in, /lists answers %d", w.Code)
	}
	olga, err := o.env.Store.AccountNamed(t.Context(), "olga")
	if err != nil || len(olga.Roles) != 2 || !olga.May(screening.MayDecide) || olga.Subject != p.URL+" 7" {
		t.Errorf("the account: %+v, %v", olga, err)
	}
	// Groups are asked for anew each time.
	p.claims = map[string]any{"groups": []string{"Staff"}}
	again := o.browser()
	again.get(p.authorize(t, again.get("/sign-in/oidc").Header().Get("Location")).RequestURI())
	if w := b.get("/lists"); w.Code != http.StatusSeeOther {
		t.Errorf("the session with more roles goes on: %d", w.Code)
	}
	if olga, err = o.env.Store.AccountNamed(t.Context(), "olga"); err != nil || olga.May(screening.MayDecide) {
		t.Errorf("the account keeps a role its group no longer has: %+v, %v", olga, err)
	}
}

// TestAttacksByTheProvider is the table of what was tried on the way to the
// provider and back. Nobody is let in by any of it.
func TestAttacksByTheProvider(t *testing.T) {
	for name, try := range map[string]func(t *testing.T, o *office, p *issuer, b *browser, back *url.URL) *httptest.ResponseRecorder{
		"another state": func(t *testing.T, o *office, p *issuer, b *browser, back *url.URL) *httptest.ResponseRecorder {
			return b.get("/sign-in/oidc/back?" + url.Values{"code": back.Query()["code"], "state": {randomText()}}.Encode())
		},
		"no state": func(t *testing.T, o *office, p *issuer, b *browser, back *url.URL) *httptest.ResponseRecorder {
			return b.get("/sign-in/oidc/back?" + url.Values{"code": back.Query()["code"]}.Encode())
		},
		"the victim's browser with the attacker's way back": func(t *testing.T, o *office, p *issuer, b *browser, back *url.URL) *httptest.ResponseRecorder {
			return o.browser().get(back.RequestURI())
		},
		"coming back twice with everything kept": func(t *testing.T, o *office, p *issuer, b *browser, back *url.URL) *httptest.ResponseRecorder {
			kept := b.copy()
			if w := b.get(back.RequestURI()); w.Code != http.StatusSeeOther {
				t.Fatalf("it does not work once: %d", w.Code)
			}
			return kept.get(back.RequestURI())
		},
		"too late": func(t *testing.T, o *office, p *issuer, b *browser, back *url.URL) *httptest.ResponseRecorder {
			o.pass(11 * time.Minute)
			return b.get(back.RequestURI())
		},
		"a made-up code": func(t *testing.T, o *office, p *issuer, b *browser, back *url.URL) *httptest.ResponseRecorder {
			return b.get("/sign-in/oidc/back?" + url.Values{"code": {"made-up"}, "state": back.Query()["state"]}.Encode())
		},
		"a code of another sign-in, so with another verifier": func(t *testing.T, o *office, p *issuer, b *browser, back *url.URL) *httptest.ResponseRecorder {
			other := p.authorize(t, o.browser().get("/sign-in/oidc").Header().Get("Location"))
			return b.get("/sign-in/oidc/back?" + url.Values{"code": other.Query()["code"], "state": back.Query()["state"]}.Encode())
		},
		"a token signed with another key": func(t *testing.T, o *office, p *issuer, b *browser, back *url.URL) *httptest.ResponseRecorder {
			p.forge = true
			return b.get(back.RequestURI())
		},
		"a token of another sign-in": claiming("nonce", "another"),
		"a token for another site":   claiming("aud", "another"),
		"a token of another issuer":  claiming("iss", "https://evil.example"),
		"a token that is too old":    claiming("exp", 1),
		"a token without a name":     claiming("preferred_username", ""),
		"the name of another account": func(t *testing.T, o *office, p *issuer, b *browser, back *url.URL) *httptest.ResponseRecorder {
			if err := jobs.AddAccount(t.Context(), o.env, &screening.Account{Name: "root", Source: "local", Roles: []screening.AccountRole{screening.Administrator}}, passphrase); err != nil {
				t.Fatal(err)
			}
			p.claims = map[string]any{"preferred_username": "root"}
			return b.get(back.RequestURI())
		},
		"a disabled account": func(t *testing.T, o *office, p *issuer, b *browser, back *url.URL) *httptest.ResponseRecorder {
			first := o.browser()
			first.get(p.authorize(t, first.get("/sign-in/oidc").Header().Get("Location")).RequestURI())
			if err := jobs.ChangeAccount(t.Context(), o.env, "olga", nil, true); err != nil {
				t.Fatal(err)
			}
			return b.get(back.RequestURI())
		},
		"an error instead of a code": func(t *testing.T, o *office, p *issuer, b *browser, back *url.URL) *httptest.ResponseRecorder {
			return b.get("/sign-in/oidc/back?" + url.Values{"error": {"<script>alert(1)</script>"}, "state": back.Query()["state"]}.Encode())
		},
	} {
		t.Run(name, func(t *testing.T) {
			o, p := atProvider(t)
			b := o.browser()
			back := p.authorize(t, b.get("/sign-in/oidc").Header().Get("Location"))
			w := try(t, o, p, b, back)
			if w.Code != http.StatusForbidden {
				t.Errorf("answered %d, want 403", w.Code)
			}
			for _, c := range w.Result().Cookies() {
				if strings.HasSuffix(c.Name, "session") {
					t.Error("a session was begun")
				}
			}
			if lines, err := o.env.Store.Audit(t.Context(), auditOf("", "session.refused", "")); err != nil || len(lines) == 0 {
				t.Errorf("the audit trail does not have it: %v", err)
			}
			if strings.Contains(w.Body.String(), "<script>") {
				t.Error("the answer has script")
			}
		})
	}
}

// claiming is a way back with one claim of the token changed.
func claiming(claim string, value any) func(*testing.T, *office, *issuer, *browser, *url.URL) *httptest.ResponseRecorder {
	return func(t *testing.T, o *office, p *issuer, b *browser, back *url.URL) *httptest.ResponseRecorder {
		p.claims = map[string]any{claim: value}
		return b.get(back.RequestURI())
	}
}

func TestProviderThatIsAway(t *testing.T) {
	o, p := atProvider(t)
	p.Close()
	if w := o.browser().get("/sign-in/oidc"); w.Code != http.StatusBadGateway || strings.Contains(w.Body.String(), p.URL) {
		t.Errorf("answered %d\n%s", w.Code, w.Body)
	}
	if w := o.browser().get("/sign-in"); w.Code != http.StatusOK {
		t.Errorf("the sign-in page answers %d", w.Code)
	}
}
