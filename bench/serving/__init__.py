"""How little a server takes, and how soon it answers."""
