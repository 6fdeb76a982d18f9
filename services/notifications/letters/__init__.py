"""What a letter says and how it is laid out: for the mail as it leaves, and for whoever looks at it before."""
