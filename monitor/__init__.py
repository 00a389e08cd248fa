"""Samples, checks and alerts: knowing before the users do."""
