"""Charts over many runs, answered from any store through its protocol."""
