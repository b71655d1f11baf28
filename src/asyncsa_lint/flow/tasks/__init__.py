"""Who holds a session when: tasks, coroutines, threads, owners."""
