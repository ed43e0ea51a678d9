"""What happened, and to whom: tables in, typed and checked columns out."""
