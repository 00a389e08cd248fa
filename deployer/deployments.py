"""The whole life of a project on its engine: plan, deploy, look, read its logs, destroy.

This file tells the story; every sentence of it is a room of its own.
"""
