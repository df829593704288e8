"""Durable work: what must survive a crash."""
