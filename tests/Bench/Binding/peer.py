"""Measures PyTorch for tests/Bench: reads commands on stdin, answers times in seconds on stdout.

Usage: python3 peer.py FOLDER THREADS; FOLDER has weights.bin, forward.bin, input.bin and target.bin (float32), and gets outputs.
"""
import ctypes
import sys
import time

# The allocator settings that Darkroom's binding makes, or convolutions give their memory back to the system each time.
libc = ctypes.CDLL("libc.so.6")
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
libc.mallopt(M_MMAP_THRESHOLD, 512 << 20)
libc.mallopt(M_TRIM_THRESHOLD, 512 << 20)

import numpy  # noqa: E402
import torch  # noqa: E402

from peer_network import Network  # noqa: E402

folder, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)


def read(name, shape):
    return torch.from_numpy(numpy.fromfile(f"{folder}/{name}", dtype=numpy.float32)).reshape(shape)


def write(name, tensor):
    tensor.detach().contiguous().numpy().tofile(f"{folder}/{name}")


network = Network()
flat = numpy.fromfile(f"{folder}/weights.bin", dtype=numpy.float32)
at = 0
with torch.no_grad():
    for name, parameter in sorted(network.named_parameters()):
        count = parameter.numel()
        parameter.copy_(torch.from_numpy(flat[at:at + count]).reshape(parameter.shape))
        at += count
assert at == flat.size, f"{flat.size} weights were given, {at} are needed"
side = round((numpy.fromfile(f"{folder}/forward.bin", dtype=numpy.float32).size / 3) ** 0.5)
picture = read("forward.bin", (1, 3, side, side))
side = round((numpy.fromfile(f"{folder}/input.bin", dtype=numpy.float32).size / 6) ** 0.5)
degraded = read("input.bin", (2, 3, side, side))
target = read("target.bin", (2, 3, side, side))
optimizer = torch.optim.AdamW(network.parameters(), lr=1e-4, weight_decay=0.0)


def forward():
    with torch.inference_mode():
        return network(picture)


def train():
    optimizer.zero_grad()
    loss = torch.nn.functional.l1_loss(network(degraded), target)
    loss.backward()
    optimizer.step()
    return loss


small = torch.ones(16)
square = torch.ones(8, 8)
OPERATORS = {
    "add": lambda: small + small,
    "relu": lambda: small.relu(),
    "matmul": lambda: square.matmul(square),
    "view": lambda: small.view(4, 4),
    "sum": lambda: small.sum(),
}


def operator(name, count):
    call = OPERATORS[name]
    with torch.inference_mode():
        for _ in range(count):
            call()


print(f"ready {torch.__version__} {torch.get_num_threads()} {torch.__config__.show().count('OpenMP')}", flush=True)
for line in sys.stdin:
    words = line.split()
    start = time.perf_counter()
    if words[0] == "forward":
        result = forward()
    elif words[0] == "train":
        result = train()
    elif words[0] == "operator":
        operator(words[1], int(words[2]))
    elif words[0] == "save":
        write("forward.out", forward())
        write("weights.out", torch.cat([parameter.reshape(-1) for _, parameter in sorted(network.named_parameters())]))
    print(repr(time.perf_counter() - start), flush=True)
