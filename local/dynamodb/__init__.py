"""DynamoDB on this machine: its JSON protocol in front of a database in memory or another one, metered."""
