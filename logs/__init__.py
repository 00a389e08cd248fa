"""Log lines: taken in, kept, searched."""
