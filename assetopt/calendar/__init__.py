"""The calendar: which move follows which, month by month, where people sit meanwhile, and when each building is handed back."""
