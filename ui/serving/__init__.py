"""How an installation is served: its processes, what runs in each of them, and how they end."""
