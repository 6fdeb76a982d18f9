"""The mail server's side: letters leave once the contact policy agrees; what comes back is read."""
