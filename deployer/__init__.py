"""From the drawing to running containers: what is wanted, seen, decided and done."""
