"""One driver a peer: it holds the same conversation through that library's own classes, and tells what happened.

They run in the peers' environments, where nothing of ours is installed: standard library and the peer, no more.
"""
