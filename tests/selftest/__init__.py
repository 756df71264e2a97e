"""Tests of the suite itself; never shipped."""
