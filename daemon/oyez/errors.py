"""Errors by who must act. The exit code is the contract with systemd and with scripts."""


class OyezError(Exception):
    """The message is a sentence: what happened, what it means, what to do."""

    exit_code = 1


class ServiceAway(OyezError):
    """Broker, backend or line cannot be reached: the network's or their keeper's to mend."""

    exit_code = 69


class Bug(OyezError):
    """Something that we promised cannot happen did: ours to mend."""

    exit_code = 70


class CardLost(OyezError):
    """A sound card that a new process may get on with: systemd starts one, and the rate is bounded (healing.py)."""

    exit_code = 74


class ConfigError(OyezError):
    """The operator's to mend; systemd must not restart on it (RestartPreventExitStatus=78)."""

    exit_code = 78

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes
