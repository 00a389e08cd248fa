"""The schema: what was drawn, read, checked and advised on."""
