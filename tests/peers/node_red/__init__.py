"""A real Node-RED runs the flow of docs/examples beside the whole daemon."""
