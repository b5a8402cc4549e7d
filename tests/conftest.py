"""What holds for every test: a busy two-core machine must not make a property test flaky."""

from hypothesis import HealthCheck, settings

settings.register_profile("oyez", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("oyez")
