"""A patient-support bot for Slack: curated answers word for word, or a person."""

__version__ = "0.1.0"
