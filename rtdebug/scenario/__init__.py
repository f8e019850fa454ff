"""Speaking: what a scenario says, as records in and commands out. No socket, no clock."""
