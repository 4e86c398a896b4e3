"""Linked services, which are not here."""

from runwatch.sdk.absent import LinkedService, SynapseWorkspaceLinkedServiceConfiguration

__all__ = ["LinkedService", "SynapseWorkspaceLinkedServiceConfiguration"]
