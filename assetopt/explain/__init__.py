"""Why this decision, what the other way would cost, what would have to change, and who is affected."""
