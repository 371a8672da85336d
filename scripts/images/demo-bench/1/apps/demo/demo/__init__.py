"""The second app: something to install, to uninstall and to find missing."""

__version__ = "1.0.0"
