"""What a week of suggestions keeps to: sizes and shares, what each can take, pairs that must or never be."""
