"""Static lists: companies put together by hand, for a campaign or an invitation."""
