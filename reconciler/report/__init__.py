"""Plans and results as text, JSON, Markdown or a script. Returns text; only `cli` prints."""
