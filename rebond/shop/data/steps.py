"""Codes of the shop's steps at the stations: stable, kept with each step."""

CHECK = "shop.return-check"
REPAIR = "shop.repair"
