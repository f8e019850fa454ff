"""Carrying: the only room with asyncio, sockets and clocks."""
