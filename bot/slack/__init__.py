"""Us to Slack: blocks, mrkdwn and the messenger."""
