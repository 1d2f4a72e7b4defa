"""Floor 1: database, files, jobs, policy and the web, with no patrol word in it."""
