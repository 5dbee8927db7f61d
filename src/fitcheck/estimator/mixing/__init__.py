"""The mixing rules: which storage type a format gives each tensor, one kind of format a file."""
