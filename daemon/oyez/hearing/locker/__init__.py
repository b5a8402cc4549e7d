"""Clips of wakes and near misses, and what is learned from them."""
