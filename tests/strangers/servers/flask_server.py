"""Flask on werkzeug's server: HEAD and OPTIONS come with GET."""

from __future__ import annotations

import logging

import flask
from tests.strangers import contract
from tests.strangers.servers import listening
from werkzeug.serving import make_server


def customers() -> flask.Response:
    """The endpoint."""
    asked = flask.request
    found = contract.answer(asked.query_string.decode("latin-1"), asked.headers.getlist("Authorization"))
    return flask.Response(found.body, found.status, list(found.headers))


def main() -> None:
    """Serve until ended."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    application = flask.Flask(__name__)
    application.add_url_rule(contract.PATH, view_func=customers)
    server = make_server("127.0.0.1", 0, application, threaded=True)
    listening.announce(server.port)
    server.serve_forever()


if __name__ == "__main__":
    main()
