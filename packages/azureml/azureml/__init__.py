"""The import names of the Azure ML SDK v1, with Runwatch behind them; there is no logic here."""

from azureml._guard import check

check(__path__)
