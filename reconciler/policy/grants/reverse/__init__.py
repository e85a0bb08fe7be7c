"""The way back: from a live document to the grants and trust items that give it."""
