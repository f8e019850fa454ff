"""rtdebug finds out why a Realtime API went silent."""

__version__ = "0.1.0"
