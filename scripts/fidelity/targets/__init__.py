"""What is asked: each module starts one target, and stops it whatever happens."""
