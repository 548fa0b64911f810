"""Readers: one file a format, each turns an export into texts and metadata."""
