"""The doctor of a board: facts are gathered, rules judge them, each finding is a sentence with its remedy."""
