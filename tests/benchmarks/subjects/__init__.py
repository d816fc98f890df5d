"""One file a subject; each registers ``SUBJECT``, named as the file."""
