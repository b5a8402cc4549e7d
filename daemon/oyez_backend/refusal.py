"""The one way in which the backend says no: typed for the device, a sentence for the person beside it."""

from collections.abc import Mapping
from typing import Any


class Refusal(Exception):
    """Becomes `{"error": {"code", "message", "retry_after_s"}}` with `status`, and Retry-After where it is known."""

    def __init__(self, status: int, code: str, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after_s = retry_after_s

    def body(self) -> Mapping[str, Any]:
        return {"error": {"code": self.code, "message": self.message, "retry_after_s": self.retry_after_s}}
