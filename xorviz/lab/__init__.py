"""Has many networks trained by many workers: processes, threads or a cluster. Knows no Qt."""
