"""What the server itself keeps: users, sessions, tokens, the audit log, saved views. Never runs or metrics."""
