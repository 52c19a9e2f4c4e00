"""Measures PyTorch for tests/Bench/Models: reads commands on stdin, answers times in seconds on stdout.

Usage: python3 peer_models.py FOLDER THREADS NAME; peer_NAME.py has build(settings, weights), which returns a function of the inputs.
FOLDER has weights.safetensors, inputs.safetensors and settings.json, and gets output.safetensors.
"""
import ctypes
import importlib
import json
import struct
import sys
import time

# The allocator settings that Darkroom's binding makes, or large tensors give their memory back to the system each time.
libc = ctypes.CDLL("libc.so.6")
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
libc.mallopt(M_MMAP_THRESHOLD, 512 << 20)
libc.mallopt(M_TRIM_THRESHOLD, 512 << 20)

import numpy  # noqa: E402
import torch  # noqa: E402

TYPES = {"F32": numpy.float32, "I64": numpy.int64}
folder, threads, name = sys.argv[1], int(sys.argv[2]), sys.argv[3]
torch.set_num_threads(threads)


def read(path):
    with open(path, "rb") as file:
        size = struct.unpack("<Q", file.read(8))[0]
        header = json.loads(file.read(size))
    tensors = {}
    for key, entry in header.items():
        if key != "__metadata__":
            count = int(numpy.prod(entry["shape"]))
            values = numpy.fromfile(path, TYPES[entry["dtype"]], count, offset=8 + size + entry["data_offsets"][0])
            tensors[key] = torch.from_numpy(values).reshape(entry["shape"])
    return tensors


def write(path, tensor):
    values = tensor.contiguous().numpy()
    entry = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [0, values.nbytes]}
    header = json.dumps({"output": entry}).encode()
    header += b" " * (-len(header) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(header)) + header + values.tobytes())


with open(f"{folder}/settings.json") as settings:
    forward = importlib.import_module(f"peer_{name}").build(json.load(settings), read(f"{folder}/weights.safetensors"))
inputs = read(f"{folder}/inputs.safetensors")

print(f"ready {torch.__version__} {torch.get_num_threads()}", flush=True)
with torch.inference_mode():
    for line in sys.stdin:
        start = time.perf_counter()
        result = forward(inputs)
        seconds = time.perf_counter() - start
        if line.strip() == "save":
            write(f"{folder}/output.safetensors", result)
        del result
        print(repr(seconds), flush=True)
