package lists

import (
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxPage bounds a web page that is read whole; the largest list that is one has 200 kB.
const maxPage = 8 << 20

// readPage reads a web page whole.
func readPage(src Source, file string) (*html.Node, error) {
	if found, ok := findName(src.Names(), file); ok {
		file = found // the pattern's file, for errors
	}
	f, err := src.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxPage+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	if len(text) > maxPage {
		return nil, fmt.Errorf("%s is larger than %d MB", file, maxPage>>20)
	}
	if strings.TrimSpace(string(text)) == "" {
		return nil, fmt.Errorf("%s is empty", file)
	}
	// The parser mends what is cut off; a page that does not close was cut.
	if s := strings.ToLower(string(text)); strings.Contains(s, "<html") && !strings.Contains(s, "</html") {
		return nil, fmt.Errorf("%s ends before it closes: %w", file, io.ErrUnexpectedEOF)
	}
	page, err := html.Parse(strings.NewReader(string(text)))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	return page, nil
}

// tableRows returns the cells of a table's rows as text, those of tables
// inside it left out.
func tableRows(table *html.Node) [][]string {
	var rows [][]string
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			switch c.DataAtom {
			case atom.Tr:
				var cells []string
				for d := c.FirstChild; d != nil; d = d.NextSibling {
					if d.DataAtom == atom.Td || d.DataAtom == atom.Th {
						cells = append(cells, tidy(nodeText(d)))
					}
				}
				rows = append(rows, cells)
			case atom.Table:
			default:
				walk(c)
			}
		}
	}
	walk(table)
	return rows
}

// nodeText is the text of a node, with a blank where an element parts words.
func nodeText(n *html.Node) string {
	switch {
	case n.Type == html.TextNode:
		return n.Data
	case n.DataAtom == atom.Script || n.DataAtom == atom.Style:
		return ""
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(nodeText(c))
	}
	switch n.DataAtom {
	case atom.Br, atom.P, atom.Div, atom.Li:
		b.WriteByte(' ')
	}
	return b.String()
}
