"""Search as ``/v2`` offers it: what can be asked, what is answered, and the definition of every answer."""
