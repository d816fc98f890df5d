"""Studies that solve many problems: prices of boundaries, shares of a saving, trade-offs, other plans, and how sure a plan is."""
