package lists

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

func TestNodes(t *testing.T) {
	const whole = `<?xml version="1.0"?><list date="2026-01-02"><part><entry id="1"><name> A
		B</name></entry></part><entry id="2"><name/></entry><odd/></list>`
	var got []string
	root, err := nodes(strings.NewReader(whole), "f.xml", "list", []string{"part"}, func(n *node) error {
		got = append(got, n.Name+n.Attr("id")+" "+n.Get("name"))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"entry1 A B", "entry2 ", "odd "}; !slices.Equal(got, want) {
		t.Errorf("visited %q, want %q", got, want)
	}
	if root.Attr("date") != "2026-01-02" {
		t.Errorf("root's date is %q", root.Attr("date"))
	}
}

func TestNodesRefuses(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"an empty file":         {"", "empty"},
		"a web page":            {"<!DOCTYPE html><html></html>", "web page"},
		"another list":          {"<other/>", "not the list"},
		"a file cut in a tag":   {"<list><entry><na", "cut short"},
		"a file cut in between": {"<list><entry/>", "cut short"},
		"an undeclared entity":  {"<list><entry>&secret;</entry></list>", "entity"},
		"an external entity":    {`<!DOCTYPE list [<!ENTITY x SYSTEM "file:///etc/passwd">]><list><entry>&x;</entry></list>`, "declares a document type or entities"},
		"tags a thousand deep":  {"<list>" + strings.Repeat("<a>", 1000), "deeper"},
		"tags that do not meet": {"<list><a></b></list>", "a"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := nodes(strings.NewReader(c.file), "f.xml", "list", nil, func(*node) error { return nil })
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "f.xml") {
				t.Errorf("got %v, want an error that names f.xml and says %q", err, c.want)
			}
		})
	}
	_, err := nodes(strings.NewReader("<list><entry>"), "f.xml", "list", nil, func(*node) error { return nil })
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a cut file gives %v, callers look for io.ErrUnexpectedEOF", err)
	}
}

// A record that never ends must not be taken into memory whole.
func TestNodesBoundsARecord(t *testing.T) {
	endless := io.MultiReader(strings.NewReader("<list><entry>"), endlessText{})
	_, err := nodes(endless, "f.xml", "list", nil, func(*node) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("an endless record gives %v", err)
	}
}

type endlessText struct{}

func (endlessText) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

func TestUnknown(t *testing.T) {
	var n *node
	_, err := nodes(strings.NewReader(`<l><e id="1" new="2" none=""><a><b>x</b><c/></a><d><f>y</f></d></e></l>`), "f", "l", nil, func(e *node) error {
		n = e
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// c is empty and none is too: they hide nothing. What lies below d is d's.
	if got, want := fmt.Sprint(n.Unknown(paths("@id a a/b"))), "[@new d]"; got != want {
		t.Errorf("unknown are %s, want %s", got, want)
	}
}
