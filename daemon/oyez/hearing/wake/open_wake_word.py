"""openWakeWord models (.tflite) of the user's own, by path, on the embedding that the daemon has.

Those that its author trained are CC BY-NC-SA 4.0 and never shipped; the format is (1, rows, 96) in, a probability out.
Run by the TensorFlow Lite library of pymicro-wakeword's wheel. Such a word keeps the embedder awake all the time.
"""

import ctypes
from pathlib import Path
from typing import Any

import numpy as np

from oyez.hearing.wake.embedding import WIDTH, Floats
from oyez.hearing.wake.sound import WakeSound

FLOAT_BYTES = 4
MOST_ROWS = 64


class OpenWord:
    """score of the last row, 0 to 1; a new one each 80 ms."""

    def __init__(self, word: str, path: Path) -> None:
        """Raises ValueError with a sentence when the file is no openWakeWord model."""
        self.word, self.why = word, ""
        self._library: Any = _library()
        self._interpreter, self._input, self._output = _loaded(self._library, path)
        dimensions = self._library.TfLiteTensorNumDims(self._input)
        shape = tuple(self._library.TfLiteTensorDim(self._input, place) for place in range(dimensions))
        answers = self._library.TfLiteTensorByteSize(self._output)
        if (
            len(shape) != 3
            or shape[0] != 1
            or shape[2] != WIDTH
            or not 0 < shape[1] <= MOST_ROWS
            or answers != FLOAT_BYTES
        ):
            raise ValueError(f"{path} takes {shape} and not (1, rows, {WIDTH}): it is no openWakeWord model")
        self._rows = shape[1]
        self.reset()

    def reset(self) -> None:
        self._seen: list[Floats] = []
        self._count, self._score = 0, 0.0

    def warm(self, sound: WakeSound) -> None:
        """Takes in the sound's last block."""
        self.hear(sound)

    def hear(self, sound: WakeSound) -> float:
        """The score by the end of the sound's last block."""
        for row in sound.new_rows(self._count):
            self._seen = [*self._seen, row][-self._rows :]
            if len(self._seen) == self._rows:
                self._score = self._run(np.ascontiguousarray(np.stack(self._seen), np.float32))
        self._count = sound.row_count
        self.why = f"model {self._score:.2f}"
        return self._score

    def _run(self, rows: Floats) -> float:
        answer = np.zeros(1, np.float32)
        self._library.TfLiteTensorCopyFromBuffer(self._input, rows.ctypes.data_as(ctypes.c_void_p), rows.nbytes)
        self._library.TfLiteInterpreterInvoke(self._interpreter)
        self._library.TfLiteTensorCopyToBuffer(self._output, answer.ctypes.data_as(ctypes.c_void_p), answer.nbytes)
        return float(answer[0])


def _library() -> Any:
    import pymicro_wakeword
    from pymicro_wakeword.wakeword import TfLiteWakeWord

    return TfLiteWakeWord(next((Path(pymicro_wakeword.__file__).parent / "lib").glob("*tensorflowlite_c.*"))).lib


def _loaded(library: Any, path: Path) -> tuple[Any, Any, Any]:
    """Interpreter, input and output; what the library keeps of them lives as long as the process."""
    try:
        head = path.read_bytes()[4:8]
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    if head != b"TFL3":
        raise ValueError(f"{path} is no TensorFlow Lite file")
    model = library.TfLiteModelCreateFromFile(str(path).encode())
    interpreter = library.TfLiteInterpreterCreate(model, None) if model else None
    if not interpreter or library.TfLiteInterpreterAllocateTensors(interpreter) != 0:
        raise ValueError(f"{path} cannot be run by TensorFlow Lite")
    output = library.TfLiteInterpreterGetOutputTensor
    output.argtypes, output.restype = [ctypes.c_void_p, ctypes.c_int32], ctypes.c_void_p
    return interpreter, library.TfLiteInterpreterGetInputTensor(interpreter, 0), output(interpreter, 0)
