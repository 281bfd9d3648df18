"""The outbox: a mail is a row, written together with what caused it, and sent by the worker."""
