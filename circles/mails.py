"""The mails of this room."""
