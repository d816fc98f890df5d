"""One page that opens anywhere, offline: no request, readable without scripts, every name escaped."""
