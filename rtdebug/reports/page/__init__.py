"""The page: a report to look at, as one file that asks nothing of any network."""
