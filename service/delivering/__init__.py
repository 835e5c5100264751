"""Handing signed messages to addresses of others, and to none that lies inside (decision 0014)."""

from service.delivering.posting import Poster
from service.delivering.reaching import AddressRefused, Receiver, demand_reachable, parse_receiver

__all__ = ["AddressRefused", "Poster", "Receiver", "demand_reachable", "parse_receiver"]
