"""The renderer serves our own fonts and refuses every other address: nothing foreign gets into a letter."""

import http.server
import threading

import pytest

from common import pdf

pytestmark = pytest.mark.usefixtures("pango")

CANARY = "payround-canary-3f9a"
VECTORS = [
    '<img src="{url}">',
    '<link rel="attachment" href="{url}">',
    '<a rel="attachment" href="{url}">x</a>',
    '<link rel="stylesheet" href="{url}">',
    '<style>@import url("{url}");</style>',
    '<style>body {{ background: url("{url}") }}</style>',
    '<style>@font-face {{ font-family: x; src: url("{url}") }} body {{ font-family: x }}</style>',
    '<object data="{url}"></object>',
    '<embed src="{url}">',
    '<svg><image href="{url}" width="9" height="9"/></svg>',
    '<style>li {{ list-style-image: url("{url}") }}</style><ul><li>x</li></ul>',
    '<style>p::before {{ content: url("{url}") }}</style><p>x</p>',
    '<base href="{url}"><img src="a.png">',
]


@pytest.fixture
def listener():
    hits = []

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            hits.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(CANARY.encode())

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/x", hits
    server.shutdown()


def leaks(html):
    """Does the canary reach the PDF? A refusal that stops the letter is as good as one that leaves it out."""
    try:
        return CANARY.encode() in _uncompressed(pdf.lay_out(html, family="latin").written())
    except pdf.ForeignAddress:
        return False


def _uncompressed(content):
    from io import BytesIO

    from pypdf import PdfReader

    file = PdfReader(BytesIO(content))
    parts = [content, *(page.extract_text().encode() for page in file.pages)]
    parts += [data for every in file.attachments.values() for data in every]
    return b"".join(parts)


@pytest.mark.parametrize("vector", VECTORS)
def test_no_file_of_the_machine_gets_into_a_letter(vector, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text(CANARY)

    assert not leaks(vector.format(url=secret.as_uri()))


@pytest.mark.parametrize("vector", VECTORS)
def test_no_address_is_asked(vector, listener):
    url, hits = listener

    assert not leaks(vector.format(url=url))
    assert hits == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://127.0.0.1/",
        "https://example.org/a.css",
        "ftp://127.0.0.1/a",
        "data:text/plain,x",
        "payround:../settings.py",
        "payround:print-letter.css",
        "PAYROUND:inter-latin-400.woff2",
    ],
)
def test_the_fetcher_denies_all_but_its_list(url):
    with pytest.raises(BaseException, match="may not fetch"):
        pdf.fetcher().fetch(url)


def test_the_fetcher_serves_the_fonts_of_the_letters():
    for name in pdf.VETTED:
        assert pdf.fetcher().fetch(f"{pdf.SCHEME}{name}").read()[:4] == b"wOF2"
