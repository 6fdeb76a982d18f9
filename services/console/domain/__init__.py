"""What the console decides by itself: how long a session lasts, and which pages are whose."""
