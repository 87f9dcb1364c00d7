"""Where requests and files come in and answers go out; no door has a rule of its own."""
