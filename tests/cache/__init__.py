"""The cache and the workers: they change how long a run takes, and nothing else."""
