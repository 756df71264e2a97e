"""Many finished runs side by side, as data, as a page and as Markdown."""
