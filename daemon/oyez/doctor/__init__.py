"""The doctor of the appliance: settings, state, clock, network, broker, backend, line, models and money."""
