"""How a server's inside shows in an error: the published patterns of CUST-SEC-003."""

from __future__ import annotations

import re
from typing import NamedTuple

#: How many characters of a text are searched for a server's internals.
SCANNED = 64 * 1024

_EXCERPT = 120


class Internal(NamedTuple):
    """One way in which a server's inside shows."""

    name: str
    pattern: re.Pattern[str]


_SOURCE = (
    r"(?:go|py|pyx|java|kt|scala|js|mjs|cjs|ts|jsx|tsx|cs|vb|rs|rb|php|c|cc|cpp|cxx|h|hpp|swift|ex|exs|erl|lua|pl)"
)


#: How a server's inside shows in an error (CUST-SEC-003), by name.
INTERNALS: tuple[Internal, ...] = tuple(
    Internal(name, re.compile(source, flags))
    for name, source, flags in (
        ("Go stack trace", r"\bgoroutine [0-9]{1,9} \[[a-z0-9 ,()]{1,60}\]:|\bpanic: runtime error:|\bpanic\(0x", 0),
        (
            "Python stack trace",
            r'\bTraceback \(most recent call last\)|\bFile \\?"[^"\n]{1,200}", line [0-9]{1,6}\b',
            0,
        ),
        (
            "Java stack trace",
            (
                r"\bat [\w$.<>/]{1,200}\((?:[\w$]{1,100}\.(?:java|kt|scala):[0-9]{1,7}|Native Method|Unknown Source)\)"
                r'|\bException in thread \\?"|\b(?:java|javax|jakarta|kotlin)\.[a-z][\w.$]{1,100}(?:Exception|Error)\b'
            ),
            re.ASCII,
        ),
        (
            "JavaScript stack trace",
            r"\bat (?:[\w$.<>\[\] ]{1,120} )?\(?(?:file://|node:|webpack:|/|[A-Za-z]:\\)[^\s()]{1,200}:[0-9]{1,6}:[0-9]{1,6}\b",
            re.ASCII,
        ),
        (
            ".NET stack trace",
            (
                r"\bat [\w.`<>\[\],+]{1,200}\([^()\n]{0,200}\) in [^\n]{1,200}?:line [0-9]{1,7}\b"
                r"|\bSystem\.[A-Z][\w.]{1,100}Exception\b"
            ),
            re.ASCII,
        ),
        ("Rust panic", r"\bthread '[^'\n]{1,80}' (?:\([0-9]{1,9}\) )?panicked at\b|\bstack backtrace:\s", 0),
        (
            "source path",
            rf"(?<![\w./\\:@-])(?:[A-Za-z]:)?[\w./\\@-]{{1,200}}(?<=\w)\.{_SOURCE}:[0-9]{{1,6}}\b",
            re.ASCII,
        ),
        (
            "SQL statement",
            (
                r"""\bSELECT\s{1,20}(?:DISTINCT\s{1,20})?(?:[a-z_*"`\[(]|[A-Z]{1,20}\()"""
                r"""[^;]{0,200}?\sFROM\s{1,20}[a-z_"`\[(]"""
                r"|(?i:\bselect\s{1,20}(?:\*|count\(\*\))\s{1,20}from\s{1,20}\w"
                r'|\bselect\s[^;]{1,150}?\sfrom\s{1,20}[\w."`]{1,80}\s{1,20}where\s{1,20}[\w."`]{1,80}\s{0,20}'
                r"(?:[=<>]|like\b|in\s{0,9}\()"
                r'|\binsert\s{1,20}into\s{1,20}["`\[]?[\w.]{1,80}["`\]]?\s{0,20}'
                r'(?:\([\w\s,"`]{1,200}\)\s{0,20}(?:values|select)\b|values\s{0,20}\()'
                r'|\bupdate\s{1,20}["`\[]?[\w.]{1,80}["`\]]?\s{1,20}set\s{1,20}["`\[]?[\w.]{1,80}["`\]]?\s{0,20}='
                r'|\bdelete\s{1,20}from\s{1,20}["`\[]?[\w.]{1,80}["`\]]?'
                r'\s{1,20}where\s{1,20}["`\[]?[\w.]{1,80}["`\]]?\s{0,20}[=<>]'
                r"|\b(?:create|alter|drop)\s{1,20}table\s{1,20}(?:if\s{1,20}(?:not\s{1,20})?exists\s{1,20})?"
                r'["`\[]?\w{1,80}["`\]]?\s{0,20}[(;])'
            ),
            re.ASCII,
        ),
        (
            "database error",
            (
                r"\bSQLSTATE\b|\bpq: |\bORA-[0-9]{5}\b|\berror in your SQL syntax\b|\bSQLITE_[A-Z]{3,30}\b"
                r"|\bsqlite3\.[A-Za-z]{1,30}Error\b|\bSQL logic error\b|\bno such (?:table|column): "
                r'|\bnear \\?"[^"\n]{1,60}": syntax error|\b(?:UNIQUE|FOREIGN KEY|NOT NULL|CHECK) constraint failed\b'
                r"|\bviolates (?:unique|foreign key|not-null|check) constraint\b"
                r'|\b(?:relation|column) \\?"[^"\n]{1,80}" (?:of relation [^\n]{1,80} )?does not exist\b'
                r"|\bsyntax error at or near\b|\bError [0-9]{4} \([0-9A-Z]{5}\): |\bpsycopg[23]?\.|\bsqlalchemy\.exc\."
                r"|\borg\.(?:postgresql|hibernate|springframework)\."
                r"|\bsql: (?:no rows|Scan error|database is closed|transaction)"
                r"|\bdial (?:tcp|udp|unix) [^\s]{1,120}: "
            ),
            re.ASCII,
        ),
        (
            "connection string",
            (
                r"\b(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|mssql|sqlserver|clickhouse"
                r"|cockroachdb|sqlite)"
                r"""://[^\s"'<>]{1,200}|\bjdbc:[a-z]{2,20}:[^\s"'<>]{1,200}|\b[\w.-]{1,64}:[^\s@"'<>]{1,128}@(?:tcp|unix)\("""
                r"|(?i:\b(?:host|server|data source)\s?=[^\s;]{1,120}[\s;][^\n]{0,120}?"
                r"\b(?:password|pwd|dbname|database|user id|uid)\s?=)"
            ),
            re.ASCII,
        ),
    )
)


def find_internals(text: str) -> tuple[str, str] | None:
    """The first of ``INTERNALS`` that shows in the first 64 Ki characters, and an excerpt; ``None`` where none does."""
    scanned = text[:SCANNED]
    for internal in INTERNALS:
        found = internal.pattern.search(scanned)
        if found:
            return internal.name, found[0][:_EXCERPT]
    return None
