"""Marks and buckets that processes on several machines share through Redis or Valkey."""
