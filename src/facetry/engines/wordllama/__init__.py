"""Vectors of words from the files of the package wordllama, the extra ``semantic``."""
