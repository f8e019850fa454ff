"""Items of the conversation: their shape, their ids, their order, and what is cut off them."""
