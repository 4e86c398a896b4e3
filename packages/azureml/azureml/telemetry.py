"""What the original reported home, and nobody reports here."""

from runwatch.sdk.telemetry import set_diagnostics_collection

__all__ = ["set_diagnostics_collection"]
