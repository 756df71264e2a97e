"""Nginx in front of a full server: plain, compressing, limiting, caching."""

from __future__ import annotations

import contextlib
import os
import subprocess
from string import Template
from typing import TYPE_CHECKING

from tests.strangers import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

#: Everything that it writes stays in the folder; it stays in the foreground and is nobody's service.
_WHOLE = Template("""\
daemon off;
worker_processes 1;
pid $folder/nginx.pid;
error_log $folder/error.log;
$user
events { worker_connections 256; }
http {
    access_log off;
    client_body_temp_path $folder/body;
    proxy_temp_path $folder/proxy;
    fastcgi_temp_path $folder/fastcgi;
    uwsgi_temp_path $folder/uwsgi;
    scgi_temp_path $folder/scgi;
    limit_req_zone $$binary_remote_addr zone=seldom:1m rate=1r/m;
    limit_req_zone $$binary_remote_addr zone=often:1m rate=50r/s;
    limit_req_zone $$binary_remote_addr zone=slow:1m rate=10r/s;
    proxy_cache_path $folder/cache keys_zone=kept:1m;
    server {
        listen 127.0.0.1:$port;
        location / {
            proxy_pass $upstream;
            $more
        }
    }
}
""")

PLAIN = ""
GZIP = "gzip on; gzip_types application/json; gzip_proxied any; gzip_min_length 1; gzip_vary on;"
#: One request a minute: the plain one. Refused with nginx's own 503, without ``Retry-After``.
LIMIT = "limit_req zone=seldom;"
LIMIT_429 = "limit_req zone=seldom; limit_req_status 429;"
#: Fifty a second, eight of them at once.
LIMIT_ROOMY = "limit_req zone=often burst=16 nodelay; limit_req_status 429;"
#: Ten a second, eight of them at once, so that a run has to slow down.
LIMIT_SLOW = "limit_req zone=slow burst=8 nodelay; limit_req_status 429;"
#: Keeps what was private, and keeps it for everybody: its key is the address alone, as nginx has it by default.
CACHE = "proxy_cache kept; proxy_cache_valid 200 10m; proxy_ignore_headers Cache-Control Expires Vary;"
#: The same with a key of its own for each ``Authorization``.
CACHE_BY_KEY = f'{CACHE} proxy_cache_key "$http_authorization $request_uri";'


def before(more: str) -> Callable[[Path], AbstractContextManager[list[str]]]:
    """Nginx with these directives, before the standard library's server."""

    @contextlib.contextmanager
    def opened(folder: Path) -> Iterator[list[str]]:
        program = serving.found("nginx")
        with serving.python_server("stdlib", "complete") as upstream:
            port = serving.free_port()
            configuration = folder / "nginx.conf"
            # Started by root, its workers would be somebody who may not write to the folder.
            user = "user root;" if os.geteuid() == 0 else ""
            configuration.write_text(
                _WHOLE.substitute(folder=folder, port=port, upstream=upstream, more=more, user=user)
            )
            with subprocess.Popen([program, "-p", folder, "-c", configuration], text=True) as process:
                try:
                    serving.await_port(port, process)
                    yield ["run", f"http://127.0.0.1:{port}"]
                finally:
                    serving.ended(process)

    return opened
