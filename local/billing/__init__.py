"""What AWS would bill: the meter that counts, the prices, and the page that shows both."""
