"""What the page /_local/ shows of single invocations, and what it lets one try. It knows nothing of the chat."""
