"""How long deploys take, beside Docker Compose."""
