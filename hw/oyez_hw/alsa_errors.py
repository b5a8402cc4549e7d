"""Keeps the C library of ALSA from printing. Whatever fails is still raised, with the library's words in it.

Unasked it writes a line for each thing that fails inside it to standard error ("ALSA lib confmisc.c:855:(parse_card)
cannot find card '0'"), between what a command says to people. alsa-lib, error.c: one handler for the whole process;
since 1.2.15 there is another one for all levels, and where this one is set, only this one is called.
"""

import ctypes

LIBRARY = "libasound.so.2"
_HANDLER = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
"""file, line, function, error, format; what follows is the format's, and none of ours."""


def _say_nothing(file: object, line: int, function: object, error: int, form: object) -> None:
    """For the library to call."""


_QUIET = _HANDLER(_say_nothing)
"""Kept for ever: the library has only its address."""


def hush() -> None:
    """From now on, for the whole process. Without the library there is nothing to keep quiet.

    For commands: the daemon's unit forbids memory that is written and then run, which such a callback may need.
    """
    try:
        ctypes.CDLL(LIBRARY).snd_lib_error_set_handler(_QUIET)
    except (OSError, AttributeError):
        return
