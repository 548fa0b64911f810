"""The PDF's source: every text of the report is a string in it, never markup or code."""

import re

from analysis.report.pdf import _Page

PAGE = """<html><body><article class="bd-article"><h1>#panic("a")</h1><p>*b* <b>$x$</b> \\"
<code>#c</code> <a href='https://example.org/"#d'>e]</a></p><ul><li>#f</li></ul>
<figure class="study-figure"><img src="../figures/n.svg" alt='"#g'><figcaption>#h
<span class="files">SVG</span></figcaption></figure>
<div class="study-table"><p class="caption">#i</p><table><thead><tr><th>#j</th></tr></thead>
<tr><td>#k"</td></tr></table></div><details>unseen</details><pre>#l
m</pre><aside class="caveat">#n</aside></article></body></html>"""


def test_no_text_of_the_report_is_code(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(PAGE, "utf-8")
    source = "\n".join(_Page(page, tmp_path).blocks())
    strings = re.findall(r'"(?:\\.|[^"\\])*"', source)
    code = re.sub(r'"(?:\\.|[^"\\])*"', '""', source)
    texts = ["#panic", "*b*", "$x$", "#c", "#f", '\\"#g', "#h", "#i", "#j", '#k\\"', "#l\\nm", "#n"]
    for text in texts:
        assert any(text in string for string in strings), text
    assert not re.search(r"panic|#[a-n]\b|\$", code)
    assert "unseen" not in source
    assert "SVG" not in source
    assert 'image("/figures/n.pdf"' in source
