"""The third board: the kernel's own loop-back card (snd-aloop) in the guest, and the tests that ask it."""
