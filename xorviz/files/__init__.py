"""Reading and writing: run files (see README.md here), weights, exports, lab tables."""
