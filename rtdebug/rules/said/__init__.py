"""What the peer says itself: errors, ends of responses, failed transcriptions, closes, refusals."""
