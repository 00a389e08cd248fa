"""One verb a file; each offers `command`, and imports what it needs when it runs."""
