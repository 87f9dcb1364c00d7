"""Figures of speed and of reading, with the peers beside them.

A package of its own, because a peer installs another one of this name.
"""
