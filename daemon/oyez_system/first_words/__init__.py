"""Says aloud what a newly set-up device lacks, until it was ready once. docs/first-boot.md."""
