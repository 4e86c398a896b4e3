"""Web services, which are not here."""

from runwatch.sdk.absent import AciWebservice, AksEndpoint, AksWebservice, LocalWebservice, Webservice

__all__ = ["AciWebservice", "AksEndpoint", "AksWebservice", "LocalWebservice", "Webservice"]
