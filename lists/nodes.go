package lists

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"golang.org/x/net/html/charset"
)

// node is one XML element with everything in it: a publisher's record is read
// whole, the file it stands in is not. Names are local, without name space.
type node struct {
	Name  string
	Attrs map[string]string
	Kids  []*node
	text  strings.Builder
	line  int
}

// nodes streams an XML file whose outermost element is root: every element
// right below root, or below one of the containers, is handed to visit whole;
// containers are walked into. So nothing a publisher adds between the records
// it published so far goes unseen. It returns the root with its attributes and
// no kids. A document that ends early, another root, a record larger than
// maxRecord and elements nested deeper than maxDepth are errors.
func nodes(r io.Reader, file, root string, containers []string, visit func(*node) error) (*node, error) {
	m := &meter{r: r, limit: maxRecord}
	b := bufio.NewReaderSize(m, 64<<10)
	if head, _ := b.Peek(512); len(head) == 0 {
		return nil, fmt.Errorf("%s is empty", file)
	} else if looksHTML(head) {
		return nil, fmt.Errorf("%s %w", file, errHTML)
	}
	d := xml.NewDecoder(b)
	d.CharsetReader = charset.NewReaderLabel

	var top *node     // the root
	var open []string // containers walked into
	for {
		m.n = 0
		token, err := d.Token()
		if errors.Is(err, io.EOF) && top != nil && len(open) == 0 {
			return top, nil
		}
		if err != nil {
			return nil, xmlError(file, err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			switch {
			case top == nil && token.Name.Local != root:
				return nil, fmt.Errorf("%s begins with <%s>, not <%s>: this is not the list it is given as", file, token.Name.Local, root)
			case top == nil:
				top = newNode(d, token)
				open = append(open, root)
			case slices.Contains(containers, token.Name.Local):
				open = append(open, token.Name.Local)
			default:
				left := maxNodes
				n, err := readNode(d, file, token, len(open)+1, &left)
				if err != nil {
					return nil, err
				}
				if err := visit(n); err != nil {
					return nil, err
				}
			}
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.Directive:
			if err := noDirective(file); err != nil {
				return nil, err
			}
		}
		if len(open) > maxDepth {
			return nil, fmt.Errorf("reading %s: elements nest deeper than %d", file, maxDepth)
		}
	}
}

// noDirective refuses what declares a document type or entities: no list has
// them, and they are how a small file unfolds into a large one.
func noDirective(file string) error {
	return fmt.Errorf("%s declares a document type or entities, which no list does: it is not read", file)
}

// readNode reads the rest of an element whose start has been read; left is
// how many more elements the record may have.
func readNode(d *xml.Decoder, file string, start xml.StartElement, depth int, left *int) (*node, error) {
	if *left--; *left < 0 {
		return nil, fmt.Errorf("reading %s: a record has more than %d elements", file, maxNodes)
	}
	if depth > maxDepth {
		return nil, fmt.Errorf("reading %s: elements nest deeper than %d", file, maxDepth)
	}
	n := newNode(d, start)
	for {
		token, err := d.Token()
		if err != nil {
			return nil, xmlError(file, err)
		}
		switch token := token.(type) {
		case xml.CharData:
			n.text.Write(token)
		case xml.StartElement:
			kid, err := readNode(d, file, token, depth+1, left)
			if err != nil {
				return nil, err
			}
			n.Kids = append(n.Kids, kid)
		case xml.EndElement:
			return n, nil
		case xml.Directive:
			return nil, noDirective(file)
		}
	}
}

func newNode(d *xml.Decoder, start xml.StartElement) *node {
	n := &node{Name: start.Name.Local, Attrs: make(map[string]string, len(start.Attr))}
	n.line, _ = d.InputPos()
	for _, a := range start.Attr {
		if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
			n.Attrs[a.Name.Local] = a.Value
		}
	}
	return n
}

func xmlError(file string, err error) error {
	var syntax *xml.SyntaxError
	if errors.Is(err, io.EOF) || errors.As(err, &syntax) && strings.Contains(syntax.Msg, "EOF") {
		return fmt.Errorf("%s ends before its last element does, it was cut short: %w", file, io.ErrUnexpectedEOF)
	}
	return fmt.Errorf("reading %s: %w", file, err)
}

// Text is the element's own text, tidied.
func (n *node) Text() string { return tidy(n.text.String()) }

// All returns the elements at the path ("address/city") below the node.
func (n *node) All(path string) []*node {
	name, rest, deeper := strings.Cut(path, "/")
	var found []*node
	for _, kid := range n.Kids {
		if kid.Name != name {
			continue
		}
		if deeper {
			found = append(found, kid.All(rest)...)
		} else {
			found = append(found, kid)
		}
	}
	return found
}

// Get is the tidied text of the first element at the path, or "".
func (n *node) Get(path string) string {
	for _, kid := range n.All(path) {
		return kid.Text()
	}
	return ""
}

// Values are the texts of the elements at the path that are not empty.
func (n *node) Values(path string) []string {
	var values []string
	for _, kid := range n.All(path) {
		if v := kid.Text(); v != "" {
			values = append(values, v)
		}
	}
	return values
}

// Attr is an attribute's tidied value, or "".
func (n *node) Attr(name string) string { return tidy(n.Attrs[name]) }

// Unknown returns the paths below the node, attributes written "@name", that
// are filled in the file and not among the known; what lies below an unknown
// element is not named as well.
func (n *node) Unknown(known map[string]bool) []string {
	unknown := map[string]bool{}
	n.unknown("", known, unknown)
	return slices.Sorted(maps.Keys(unknown))
}

func (n *node) unknown(path string, known, unknown map[string]bool) {
	for name, value := range n.Attrs {
		if value != "" && !known[path+"@"+name] {
			unknown[path+"@"+name] = true
		}
	}
	for _, kid := range n.Kids {
		switch {
		case known[path+kid.Name]:
			kid.unknown(path+kid.Name+"/", known, unknown)
		case len(kid.Kids) > 0 || len(kid.Attrs) > 0 || kid.Text() != "":
			unknown[path+kid.Name] = true
		}
	}
}

// paths turns a list of paths separated by blanks into the set Unknown takes.
func paths(list string) map[string]bool {
	set := map[string]bool{}
	for path := range strings.FieldsSeq(list) {
		set[path] = true
	}
	return set
}

// place is where a node stands, for findings.
func place(file string, n *node) string { return fmt.Sprintf("%s line %d", file, n.line) }
