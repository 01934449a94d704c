"""The outbox: what one person is told, when, once."""
