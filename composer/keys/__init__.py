"""Access keys: what machines sign their requests with, in the name of a person."""
