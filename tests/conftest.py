"""What holds for every test: a busy two-core machine must not make a property test flaky, nor may chance.

`make test` tries the same examples everywhere, so that a red run means a change; `make test-long` sets OYEZ_RANDOM and
tries others each time.
"""

import os

from hypothesis import HealthCheck, settings

RANDOM = bool(os.environ.get("OYEZ_RANDOM"))

settings.register_profile(
    "oyez", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=not RANDOM, print_blob=True
)
settings.load_profile("oyez")
