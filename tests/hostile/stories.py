"""Whole runs against hostile servers: each is one entry that says what the server does and what must come of it."""

from __future__ import annotations

import gzip

from tests.hostile import peers
from tests.hostile.conduct import KEY
from tests.hostile.scripts import (
    LISTED_KEY,
    LISTED_SECRET,
    answer,
    decorated,
    drip,
    echo_cut,
    echo_json,
    echo_rubble,
    echo_wide,
    echoing,
    guarded,
    never,
    secret_holding,
    sometimes,
    sound,
)
from tests.hostile.sizes import SIZES
from tests.hostile.story import ALL, ANY, FAILS, GIVEN, HEADED, NONE, Story

STORIES = (
    *SIZES,
    # Time.
    Story("never", "takes connections and never answers", never, NONE, timeout=0.5, says="no answer", fast=True),
    Story("never-sometimes", "never answers now and then", sometimes(never), ANY, timeout=0.5),
    Story("drip-head", "a byte of a header a second", drip(b"HTTP/1.1 200 OK\r\n", b"X"), NONE, timeout=2),
    Story(
        "drip-body",
        "a byte of the body a second",
        drip(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", b" "),
        NONE,
        timeout=2,
    ),
    Story(
        "drip-to-the-deadline",
        "a byte of the body a second, after a sound answer",
        sometimes(drip(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", b" "), 2),
        NONE,
        timeout=30,
        deadline=2,
        seconds=6,
        says="deadline",
        fast=True,
    ),
    Story(
        "retry-for-ever",
        "asks to be asked later, always",
        guarded(answer(b"", b"Retry-After: 99999999999", status=b"503 Busy")),
        NONE,
        deadline=3,
        seconds=6,
    ),
    Story("interim", "interim answers without end", peers.without_end(b"", b"HTTP/1.1 103 Early\r\n\r\n"), NONE),
    Story("endless-header", "a header without end", peers.without_end(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 9999), NONE),
    Story(
        "endless-header-sometimes",
        "a header without end now and then",
        sometimes(peers.without_end(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 9999)),
        ANY,
    ),
    # HTTP.
    Story("resets", "resets every connection", peers.then_reset(b""), NONE),
    Story(
        "resets-sometimes",
        "resets amid the body now and then",
        sometimes(peers.then_reset(answer(sound())[:900])),
        ANY,
    ),
    Story(
        "two-lengths",
        "two lengths that differ",
        b"HTTP/1.1 200 OK\r\nContent-Length: 26\r\nContent-Length: 27\r\n\r\n" + peers.JSON,
        FAILS,
        fails=("CUST-HTTP-003",),
    ),
    Story("surplus", "a second answer after the first", guarded(answer(sound()) * 2), FAILS, fails=("CUST-HTTP-003",)),
    Story("short", "bodies that end too early", guarded(answer(sound())[:-5]), FAILS, fails=("CUST-HTTP-003",)),
    Story(
        "chunks",
        "chunks that are broken",
        peers.CHUNKED + b"zz\r\nhello\r\n0\r\n\r\n",
        FAILS,
        fails=("CUST-HTTP-003",),
    ),
    Story("brotli", "a coding that nobody asked for", guarded(answer(b"xx", b"Content-Encoding: br")), ANY),
    Story(
        "gzip-rubble",
        "gzip that is none",
        guarded(answer(b"xx", b"Content-Encoding: gzip")),
        FAILS,
        fails=("CUST-HTTP-003",),
    ),
    Story("rubbish", "rubbish in the place of HTTP", b"\x16\x03\x01\x00\xff" * 999, NONE),
    Story("tls-rubbish", "rubbish in the place of TLS", b"HTTP/1.1 200 OK\r\n\r\n", NONE, scheme="https"),
    Story(
        "many-cookies",
        "cookies",
        guarded(answer(sound(), *[b"Set-Cookie: hostile-cookie%d=x; Path=/" % n for n in range(500)])),
        ANY,
    ),
    Story(
        "strange-headers",
        "controls and commands in headers and reason",
        guarded(
            answer(
                sound(),
                b"Server: \x1b[31m::error::x ##[error]y \xe2\x80\xae <script>alert(1)</script>",
                b"Content-Language: | a | `b` [x](javascript:alert(1))",
                status=b"200 \x1b]0;owned\x07::error::x\xff <script>alert(1)</script>",
            )
        ),
        ANY,
        fast=True,
    ),
    Story(
        "strange-refusal",
        "controls and commands in a refusal",
        answer(b"\x1b[2J<script>alert(1)</script>", status=b"401 \x1b[31m\xc2\x9b::error::x"),
        NONE,
    ),
    # Redirects.
    Story(
        "redirect-elsewhere",
        "a redirect to another origin",
        b"HTTP/1.1 302 Found\r\nLocation: ELSEWHERE/x\r\nSet-Cookie: hostile-cookie=1\r\nContent-Length: 0\r\n\r\n",
        NONE,
        fast=True,
    ),
    Story(
        "redirect-loop",
        "a redirect to itself, always",
        b"HTTP/1.1 307 Again\r\nLocation: /api/governance/customers\r\nContent-Length: 0\r\n\r\n",
        NONE,
    ),
    Story(
        "redirect-sometimes",
        "a redirect to nonsense now and then",
        sometimes(
            b"HTTP/1.1 302 Found\r\nLocation: http://[:::9/\xff?" + KEY.encode() + b"\r\nContent-Length: 0\r\n\r\n"
        ),
        ANY,
    ),
    # Secrets.
    Story("echo-json", "echoes all in JSON", echoing(echo_json), ANY, options=HEADED, fast=True),
    Story("echo-wide", "echoes all in UTF-16", echoing(echo_wide), ANY, options=HEADED),
    Story("echo-rubble", "echoes all in what does not parse", echoing(echo_rubble), ANY, options=HEADED),
    Story(
        "echo-full",
        "echoes all; the evidence in full",
        echoing(echo_json),
        ANY,
        options=(*HEADED, "--evidence", "full"),
    ),
    Story(
        "echo-shape",
        "echoes all; the evidence as shape",
        echoing(echo_json),
        ANY,
        options=(*HEADED, "--evidence", "shape"),
    ),
    Story(
        "echo-cut",
        "echoes the key where bodies are cut",
        echoing(echo_cut),
        ANY,
        options=(*ALL, "--max-body", "100000"),
    ),
    Story(
        "echo-refusing",
        "echoes all in refusals",
        echoing(echo_json, status=b"401 No", everyone=True),
        NONE,
        options=HEADED,
    ),
    Story(
        "echo-failing",
        "echoes all in errors",
        echoing(echo_rubble, status=b"500 No", everyone=True),
        ANY,
        options=(*GIVEN, "--settle", "0", "--examples", "6", "--header-env", "X-Extra=EXTRA"),
    ),
    Story("echo-status-line", "the key in the place of a status line", KEY.encode() + b"\r\n\r\n", NONE),
    Story("echo-version", "the key in a broken header", b"HTTP/1.1 200 OK\r\n" + KEY.encode() + b"\r\n\r\n", ANY),
    Story("echo-chunk", "the key in the place of a chunk's size", peers.CHUNKED + KEY.encode() + b"\r\n", ANY),
    Story(
        "echo-coding", "the key as a content coding", guarded(answer(b"x", b"Content-Encoding: " + KEY.encode())), ANY
    ),
    Story(
        "echo-gzip",
        "echoes all in gzip that is cut",
        guarded(answer(gzip.compress(echo_json(KEY))[:-6], b"Content-Encoding: gzip")),
        ANY,
    ),
    Story(
        "listed-secrets",
        "secrets in the list",
        guarded(answer(secret_holding())),
        FAILS,
        secrets=(LISTED_SECRET, LISTED_KEY),
        options=ALL,
        fast=True,
    ),
    # What the reader sees.
    Story("decorated", "hostile text in every place", guarded(answer(decorated())), FAILS, fast=True),
    Story(
        "decorated-errors",
        "hostile text in errors",
        sometimes(answer(decorated(), status=b"500 \x1b[31m")),
        FAILS,
    ),
    # Generated requests.
    Story(
        "generated",
        "a thousand generated requests",
        guarded(answer(b'{"customers":[],"count":0}')),
        ANY,
        options=("--settle", "0", "--examples", "1000"),
        deadline=120,
    ),
    Story(
        "generated-failing",
        "fails at every generated request",
        sometimes(answer(b"{}", status=b"500 No"), 2),
        FAILS,
        options=("--settle", "0", "--examples", "40"),
    ),
)
