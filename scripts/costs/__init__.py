"""What a month costs: `make cost` for one's own numbers, and the sums of docs/costs.md.

units.py    what each request uses, as `make bench` has counted it
month.py    a month of visits: who comes, talks, is cut off, waits and leaves
bill.py     its dollars, by the price list
peers.py    the same month in other chats that are built of the same services, by their sources
"""
