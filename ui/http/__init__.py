"""What every request meets on its way in and out: its id, its limits, its caller, and the form of its answer."""
