package page_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"relucount/pkg/atlas"
	"relucount/pkg/atlas/atlastest"
	"relucount/pkg/exhibit"
	"relucount/pkg/figure"
	"relucount/pkg/ledger"
	"relucount/pkg/page"
	"relucount/pkg/record"
)

const evil = `</title></script><img src=x onerror="alert(1)">'"&{{.}}<!--`

// stream has networks of all kinds: exact, with trials and probes, stopped, a
// sequence, an edited one, regions of two dimensions, of one and of three, and
// names that are markup.
func stream(name string) string {
	quote := func(s string) string { b, _ := json.Marshal(s); return string(b) }
	var out strings.Builder
	line := func(format string, a ...any) { fmt.Fprintf(&out, format+"\n", a...) }
	network := func(id, name string, coordinates int) {
		line(`{"type":"network","schema":1,"milp":%s,"name":%s,"network":{"inputs":%d,"layers":[{"units":8,"activation":"relu"},{"units":8,"activation":"relu"}]},"domain":{"coordinates":%[3]d,"lower":-1,"upper":1,"intervals":1},"units":16,"active":0,"inactive":1,"unstable":15,"prov":{"tool":"solve","version":"1","args":[%s]}}`,
			quote(id), quote(name), coordinates, quote("-x="+name))
	}
	network("m", name, 2)
	for i := range 28 {
		line(`{"type":"trial","schema":1,"milp":"m","trial":%d,"size":"half","seed":"1","rows":%d,"of":50,"closed":%v,"doubtful":0}`, i, 5+i%4, i > 0)
	}
	for i := range 20 {
		line(`{"type":"probe","schema":1,"milp":"m","probe":%d,"of":20,"seed":%s,"log2":%d,"method":%s,"complete":true,"doubtful":0,"measures":{"of":["class","facets"],"class":%d,"constant":true,"facets":%d,"outputs":%[2]s}}`, i, quote(name), 5+i%3, quote(name), i%2, 3+i%4)
	}
	line(`{"type":"bound","schema":1,"milp":"m","method":%s,"regions":"20000","log2":14.28,"from":"lp"}`, quote(name))
	line(`{"type":"bound","schema":1,"milp":"m","method":"tight","regions":"4000","log2":11.96,"from":"lp"}`)
	line(`{"type":"count","schema":1,"milp":"m","scope":"whole","regions":"78","log2":6.28,"exact":true,"doubtful":0,"stats":{"seconds":0.25}}`)
	network("stopped", "stopped", 2)
	for i := range 4 {
		line(`{"type":"count","schema":1,"milp":"stopped","scope":"whole","regions":"%d","log2":4,"lower":"%d","upper":"%d","exact":false,"doubtful":0,"why":"time limit","stats":{"seconds":%d}}`, 20+i, 30+i, 4000>>i, 1<<i)
	}
	for i := range 4 {
		network(fmt.Sprint("c", i), fmt.Sprintf("%s step %d", name, 9+i), 2)
		line(`{"type":"count","schema":1,"milp":"c%d","scope":"whole","regions":"%d","log2":%d,"exact":true,"doubtful":0}`, i, 1<<(3+i), 3+i)
	}
	out.Write(atlastest.Stream(atlastest.Regions(3, 3, 8, 8)))
	line(`{"type":"region","schema":1,"milp":"line","pattern":["1"],"x":[0],"vertices":[[-1],[1]],"affine":{"a":[[1],[2]],"b":[0,1]}}`)
	line(`{"type":"region","schema":1,"milp":%s,"pattern":["1"],"x":[0,0,0]}`, quote(name))
	return out.String()
}

// html makes a page of a stream.
func html(t *testing.T, stream string) ([]byte, []*record.Summary) {
	t.Helper()
	facts, regions := ledger.New(), atlas.New(atlas.Options{Shade: atlas.ShadeNamed("pattern"), Tint: figure.Tint(atlas.ShadeNamed("pattern"))})
	facts.KeepRuns()
	r, err := record.NewReader(strings.NewReader(stream), "s")
	if err != nil {
		t.Fatal(err)
	}
	for range strings.Count(stream, "\n") {
		line, err := r.Next()
		if err == nil {
			err = facts.Add(line)
		}
		if err == nil {
			err = regions.Add(line)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	reports := facts.Reports(0.95)
	var out bytes.Buffer
	if err := page.WriteHTML(&out, exhibit.New(reports, regions.Sheets()), page.HTMLOptions{Version: "1", Confidence: 0.95}); err != nil {
		t.Fatal(err)
	}
	var summaries []*record.Summary
	for _, r := range reports {
		summaries = append(summaries, r.Summary)
	}
	return out.Bytes(), summaries
}

var tag = regexp.MustCompile(`<[a-zA-Z/!][^>]*>`)

// Whatever records say, the elements of a page are the same, and nothing is
// fetched from anywhere.
func TestMarkupInRecords(t *testing.T) {
	plain, _ := html(t, stream("plain"))
	bad, _ := html(t, stream(evil))
	names := func(page []byte) string {
		var out []string
		for _, m := range tag.FindAllString(string(page), -1) {
			out = append(out, strings.Fields(strings.Trim(m, "<>"))[0])
		}
		return strings.Join(out, " ")
	}
	count := func(list, name string) int { return strings.Count(" "+list+" ", " "+name+" ") }
	a, b := names(plain), names(bad)
	for _, name := range []string{"script", "img", "svg", "title", "/script", "/title", "table", "section", "h2", "!--", "style", "iframe", "link"} {
		if count(a, name) != count(b, name) {
			t.Errorf("%d elements %s, and %d with markup in the records", count(a, name), name, count(b, name))
		}
	}
	for _, page := range [][]byte{plain, bad} {
		for _, m := range regexp.MustCompile(`(?i)(src|href|xlink:href|action|data)\s*=\s*"([^"]*)"|url\(([^)]*)\)|@import`).FindAllStringSubmatch(string(page), -1) {
			if !strings.HasPrefix(m[2], "#") && !strings.HasPrefix(m[2], "data:image/png;base64,") {
				t.Errorf("the page fetches %s", m[0])
			}
		}
	}
	if bytes.Contains(bad, []byte("<img")) {
		t.Error("markup from a record came through")
	}
}

// A page has the numbers of the summary.
func TestNumbersOfPage(t *testing.T) {
	got, summaries := html(t, stream("net"))
	text := strings.NewReplacer("\u202f", "", "&#43;", "+").Replace(string(got))
	for _, s := range summaries {
		var want []string
		if s.Exact != nil {
			want = append(want, s.Exact.Regions)
		}
		if s.Lower != nil && s.Exact == nil {
			want = append(want, s.Lower.Regions)
		}
		if s.Upper != nil {
			want = append(want, s.Upper.Best.Regions)
		}
		for _, w := range want {
			if n, ok := new(big.Int).SetString(w, 10); !ok || !strings.Contains(text, n.String()) {
				t.Errorf("%s: no %s on the page", s.Name, w)
			}
		}
	}
	for _, want := range []string{"what regions are like, by those that 20 of 20 probes ended in", "<th scope=\"row\">facets, median</th>", "<th scope=\"row\">class 1</th>", "linear regions, exactly", "net step #: networks in order", "+8", "the regions have no vertices", "data-i=", "solve -x=net", "-format html &gt; page.html"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q on the page", want)
		}
	}
}

// browser finds a browser, or skips the test.
func browser(t *testing.T) string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no browser: chromium is not installed")
	return ""
}

// probe is what a copy of a page tells of itself in a browser: errors, the width
// that it needs in a frame of 375 pixels, what the map says under the pointer,
// whether it zooms, and what axe-core finds.
const probe = `<!doctype html><html lang="en"><head><title>probe</title><script>%s</script></head><body><main><pre id="result"></pre></main>
<iframe id="f" width="375" height="3000" title="page"></iframe><script>
const said = [], f = document.getElementById("f"), out = {};
window.onerror = m => said.push("" + m);
f.onload = async () => {
  const w = f.contentWindow, d = f.contentDocument, root = d.documentElement;
  out.width = root.scrollWidth;
  const cell = d.querySelector("[data-i]"), map = cell.closest("figure"), b = cell.getBoundingClientRect();
  w.scrollTo(0, 0);
  cell.scrollIntoView({block: "center"});
  const r = cell.getBoundingClientRect(), svg = map.querySelector("svg");
  const at = {clientX: r.x + r.width / 2, clientY: r.y + r.height / 2, bubbles: true, pointerId: 1};
  svg.dispatchEvent(new w.PointerEvent("pointermove", at));
  out.pointer = map.querySelector("output").textContent;
  const before = svg.getAttribute("viewBox");
  map.querySelector("[data-do=in]").click();
  out.zooms = svg.getAttribute("viewBox") !== before && map.querySelector(".stage").classList.contains("zoomed");
  map.querySelector("[data-do=all]").click();
  out.back = svg.getAttribute("viewBox").split(" ").map(Number).join() === before.split(" ").map(Number).join();
  out.alerts = w.alerted || 0;
  if (w.axe) out.axe = (await w.axe.run(d, {resultTypes: ["violations"]})).violations.map(v => v.id + ": " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(" | "));
  out.said = said.concat(w.said || []);
  document.getElementById("result").textContent = JSON.stringify(out);
};
const text = JSON.parse(document.getElementById("f").dataset.page || "null") || %s;
f.srcdoc = text;
</script></body></html>`

// TestBrowser loads a page in a browser, light and dark.
func TestBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes seconds")
	}
	path := browser(t)
	var axe []byte
	if file := os.Getenv("AXE"); file != "" {
		var err error
		if axe, err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
	} else {
		t.Log("accessibility is not checked: AXE does not name the file axe.min.js of axe-core")
	}
	got, _ := html(t, stream(evil))
	for _, scheme := range []string{"light", "dark"} {
		text := string(got)
		if scheme == "dark" {
			text = strings.Replace(text, "@media screen and (prefers-color-scheme:dark)", "@media screen", 1)
		}
		early := `<script>var said=[];onerror=m=>{said.push(""+m)};console.error=m=>{said.push(""+m)};alert=()=>{window.alerted=1};` +
			strings.ReplaceAll(string(axe), "</script", `<\/script`) + "</script>"
		text = strings.Replace(text, "<style>", early+"<style>", 1)
		quoted, err := json.Marshal(text) // it escapes < as well
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), scheme+".html")
		if err := os.WriteFile(file, fmt.Appendf(nil, probe, "", quoted), 0o666); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), path, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+t.TempDir(),
			"--virtual-time-budget=20000", "--window-size=800,3200", "--dump-dom", "file://"+file)
		cmd.WaitDelay = 5 * time.Second
		dom, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		check(t, scheme, string(dom), len(axe) > 0)
	}
}

// check looks at what a page has told.
func check(t *testing.T, scheme, dom string, accessibility bool) {
	t.Helper()
	m := regexp.MustCompile(`(?s)<pre id="result">(.*?)</pre>`).FindStringSubmatch(dom)
	if m == nil || m[1] == "" {
		t.Fatalf("%s: the browser says nothing: %.500s", scheme, dom)
	}
	var said struct {
		Width       int
		Pointer     string
		Zooms, Back bool
		Alerts      int
		Axe         *[]string
		Said        []string
	}
	if err := json.Unmarshal([]byte(strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(m[1])), &said); err != nil {
		t.Fatal(err)
	}
	if said.Width > 375 {
		t.Errorf("%s: the page needs %d pixels on a screen of 375", scheme, said.Width)
	}
	if !regexp.MustCompile(`^x_0 = \S+, x_1 = \S+: [01]{8} [01]{8}$`).MatchString(said.Pointer) {
		t.Errorf("%s: under the pointer is %q", scheme, said.Pointer)
	}
	if !said.Zooms || !said.Back || said.Alerts > 0 || len(said.Said) > 0 {
		t.Errorf("%s: zooms %v, and back %v; alerts %d, errors %q", scheme, said.Zooms, said.Back, said.Alerts, said.Said)
	}
	if accessibility && (said.Axe == nil || len(*said.Axe) > 0) {
		t.Errorf("%s: axe-core finds", scheme)
		if said.Axe != nil {
			for _, v := range *said.Axe {
				t.Error(v)
			}
		}
	}
}
