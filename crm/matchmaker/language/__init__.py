"""Norwegian text as terms: words, stems, parts of compounds, runs of letters, and English in bokmål."""
