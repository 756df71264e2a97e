"""The commands on finished runs, as they are typed; what each does is loaded when it is called."""

from __future__ import annotations

import click

from customers_conformance.command.once import Once


@click.command("render")
@click.argument("report")
def render_command(report: str) -> int:
    """Make all files of a run again from REPORT, its folder or its report.json, and the evidence beside it.

    The same version makes the same bytes. What is in the folder under the same names is replaced.
    """
    from customers_conformance.command.finished import proof

    return proof.render(report)


@click.command("verify")
@click.argument("folder", metavar="DIR")
@click.option(
    "--certificate", cls=Once, metavar="FILE", help="check this certificate, too: signature, expiry, subject, verdicts"
)
@click.option("--public-key", cls=Once, metavar="FILE", help="the ed25519 key, in PEM, that must have signed it")
def verify_command(folder: str, certificate: str | None, public_key: str | None) -> int:
    """Recompute the verdicts of the run in DIR from its evidence, and hold every file against them; asks no server.

    \b
    Exit codes:
      0  everything in DIR follows from the evidence, whatever the run's own outcome is
      1  something differs: each difference is told with its place
      2  a mistake in the call: DIR holds no report that can be read, or a certificate or key is none
    """  # noqa: D301 - click's mark for lines that stay as they are
    from customers_conformance.command.finished import proof

    return proof.verify(folder, certificate, public_key)


@click.command("certify")
@click.argument("folder", metavar="DIR")
@click.option("--key", cls=Once, metavar="FILE", help="sign with this ed25519 private key, in PEM, as DSSE")
def certify_command(folder: str, key: str | None) -> int:
    """Write DIR/certificate.json, an in-toto Statement over the run in DIR, where the run deserves one.

    It has to pass `verify`, to be live, complete and conformant, and of a whole profile: nothing is left out, switched
    off or waived.

    \b
    Exit codes:
      0  the certificate is written
      1  the run cannot be certified: each reason is told
      2  a mistake in the call: DIR holds no report that can be read, or the key is none
    """  # noqa: D301 - click's mark for lines that stay as they are
    from customers_conformance.command.finished import proof

    return proof.certify(folder, key)


@click.command("compare")
@click.argument("old")
@click.argument("new")
@click.option(
    *("--format", "form"),
    cls=Once,
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="lines for people, JSON for programs (reports/compare.schema.json describes it), or Markdown for a comment",
)
def compare_command(old: str, new: str, form: str) -> int:
    """Say what changed from the run OLD to the run NEW, requirement by requirement, and why; asks no server.

    OLD and NEW are folders of runs, or their report.json. The cause is found by judging the evidence of both again: the
    target (it answers otherwise), the suite, the contract, the data (other customers, another selection), or chance
    (in one run equal requests were answered so and otherwise).

    \b
    Exit codes:
      0  nothing got worse
      1  something did: each is told
      2  a mistake in the call: a report cannot be read
    """  # noqa: D301 - click's mark for lines that stay as they are
    from customers_conformance.command.finished import sidebyside

    return sidebyside.compare(old, new, form)


@click.command("matrix")
@click.argument("reports", nargs=-1, required=True, metavar="REPORT…")
@click.option(
    "--out", cls=Once, default="conformance-matrix", show_default=True, metavar="DIR", help="write to this folder"
)
@click.option("--mix-contracts", is_flag=True, help="take reports of several contracts, and mark them")
def matrix_command(reports: tuple[str, ...], out: str, *, mix_contracts: bool) -> int:
    """Put runs side by side, requirement by target: matrix.html, matrix.md and matrix.json.

    Each REPORT is the folder of a run, its report.json, a folder of such folders, or a pattern in quotes ('runs/*').
    What the reports say is taken at its word: `verify` tells whether one holds.
    """
    from customers_conformance.command.finished import sidebyside

    return sidebyside.matrix(reports, out, mix_contracts=mix_contracts)


@click.command("dispute")
@click.argument("report")
@click.argument("fingerprint")
def dispute_command(report: str, fingerprint: str) -> int:
    """Print one finding of REPORT as Markdown to paste into an issue: sentence, source, request, answer, commands.

    REPORT is the folder of a run, or its report.json, the evidence beside it. FINGERPRINT names what is wrong, and may
    be cut to its first eight characters; where it names nothing, those of the report are listed.
    """
    from customers_conformance.command.finished import dispute

    return dispute.dispute(report, fingerprint)


@click.command("waive")
@click.argument("report")
@click.argument("identifier", metavar="ID")
@click.option("--reason", cls=Once, required=True, metavar="TEXT", help="why it is accepted")
@click.option("--owner", cls=Once, required=True, metavar="NAME", help="who accepts it")
@click.option("--expires", cls=Once, required=True, metavar="DATE", help="the last day on which it is: 2027-01-31")
@click.option("--link", cls=Once, default="", metavar="URL", help="where more is said")
def waive_command(report: str, identifier: str, *, reason: str, owner: str, expires: str, link: str) -> int:
    """Print the waivers that would accept what REPORT, a folder or a report.json, tells of the requirement ID.

    Each accepts one symptom at one pattern of places. Put those that you mean into a file, and give it with --waivers.
    """
    from customers_conformance.command.finished import waiving

    return waiving.waive(report, identifier, reason=reason, owner=owner, expires=expires, link=link)


COMMANDS = (
    *(render_command, verify_command, certify_command, compare_command),
    *(matrix_command, dispute_command, waive_command),
)
