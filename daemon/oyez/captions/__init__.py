"""`oyez transcribe`: live captions from the microphone or a file."""
