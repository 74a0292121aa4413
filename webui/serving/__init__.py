"""The server below the application: connections, and the processes that share them."""
