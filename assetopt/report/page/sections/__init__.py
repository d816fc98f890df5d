"""The sections of a report, one file each (what the answer stands on is one), in plain words first and figures after."""
