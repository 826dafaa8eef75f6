"""Lambda on this machine: Python handlers loaded from a folder, run in threads or in processes. Knows no gateway."""
