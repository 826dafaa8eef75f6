"""The cloud, small enough to read: what development and the tests use instead of AWS. Never deployed."""
