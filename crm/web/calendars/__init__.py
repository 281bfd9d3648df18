"""Pages: calendars."""
