"""HTTP servers on this machine: what they take from whom, and how they refuse the rest."""
