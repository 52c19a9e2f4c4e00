"""Writes reference.json: what PyTorch and numpy make of networks and sets whose numbers come from a rule (RuleNumbers.cs).

Run with a Python that has torch: python3 reference.py
"""
import json
import os

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def uniform(key, count):
    """SplitMix64 of key * 2^32 + i, upper 53 bits, in 0..1."""
    with np.errstate(over="ignore"):
        z = (np.uint64(key) << np.uint64(32)) + np.arange(count, dtype=np.uint64)
        z = (z + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(11)).astype(np.float64) / 2.0**53


def fill(network):
    names = sorted(name for name in network.state_dict() if not name.endswith("num_batches_tracked"))
    for key, name in enumerate(names):
        target = network.state_dict()[name]
        u = uniform(key, target.numel())
        if target.dim() > 1:
            values = (2 * u - 1) * np.sqrt(6 / (target.numel() / target.shape[0]))
        elif name.endswith("weight") or name.endswith("running_var"):
            values = 0.5 + u
        else:
            values = 0.1 * (2 * u - 1)
        target.copy_(torch.from_numpy(values).float().view(target.shape))
    return network.eval()


def picture(key, height, width):
    return torch.from_numpy(uniform(key, 3 * height * width)).float().view(1, 3, height, width)


def conv(inputs, outputs, kernel, **rest):
    return nn.Conv2d(inputs, outputs, kernel, **rest)


class Features(nn.Module):
    def __init__(self, layers, taps):
        super().__init__()
        self.features, self.taps = nn.Sequential(*layers), taps

    def forward(self, x):
        seen = []
        for i, layer in enumerate(self.features):
            x = layer(x)
            if i in self.taps:
                seen.append(x)
        return seen


def alexnet():
    pool = lambda: nn.MaxPool2d(3, 2)
    return Features(
        [conv(3, 64, 11, stride=4, padding=2), nn.ReLU(), pool(), conv(64, 192, 5, padding=2), nn.ReLU(), pool(),
         conv(192, 384, 3, padding=1), nn.ReLU(), conv(384, 256, 3, padding=1), nn.ReLU(), conv(256, 256, 3, padding=1), nn.ReLU()],
        [1, 4, 7, 9, 11])


def vgg16():
    layers, taps, inputs = [], [], 3
    for outputs, count in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]:
        if layers:
            layers.append(nn.MaxPool2d(2, 2))
        for _ in range(count):
            layers += [conv(inputs, outputs, 3, padding=1), nn.ReLU()]
            inputs = outputs
        taps.append(len(layers) - 1)
    return Features(layers, taps)


class Heads(nn.Module):
    def __init__(self, channels):
        super().__init__()
        for i, count in enumerate(channels):
            head = nn.Module()
            head.model = nn.Sequential(nn.Dropout(), conv(count, 1, 1, bias=False))
            setattr(self, f"lin{i}", head)


def lpips(backbone, heads, first, second):
    shift = torch.tensor([-0.030, -0.088, -0.188]).view(1, 3, 1, 1)
    scale = torch.tensor([0.458, 0.448, 0.450]).view(1, 3, 1, 1)
    unit = lambda x: x / (torch.sqrt(torch.sum(x**2, dim=1, keepdim=True)) + 1e-10)
    a, b = backbone((2 * first - 1 - shift) / scale), backbone((2 * second - 1 - shift) / scale)
    return sum(getattr(heads, f"lin{i}").model((unit(a[i]) - unit(b[i])) ** 2).mean([2, 3]) for i in range(5)).item()


class Basic(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1, padding=0):
        super().__init__()
        self.conv = conv(inputs, outputs, kernel, stride=stride, padding=padding, bias=False)
        self.bn = nn.BatchNorm2d(outputs, eps=0.001)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)))


class Block(nn.Module):
    def __init__(self, layers, wire):
        super().__init__()
        self.wire = wire
        for name, layer in layers.items():
            setattr(self, name, layer)

    def forward(self, x):
        return torch.cat(self.wire(self, x), 1)


def average(x):
    return F.avg_pool2d(x, 3, stride=1, padding=1, count_include_pad=False)


ROW, COLUMN = dict(kernel=(1, 7), padding=(0, 3)), dict(kernel=(7, 1), padding=(3, 0))
SHORT_ROW, SHORT_COLUMN = dict(kernel=(1, 3), padding=(0, 1)), dict(kernel=(3, 1), padding=(1, 0))


def block_a(n, pool):
    return Block(
        dict(branch1x1=Basic(n, 64, 1), branch5x5_1=Basic(n, 48, 1), branch5x5_2=Basic(48, 64, 5, padding=2), branch3x3dbl_1=Basic(n, 64, 1),
             branch3x3dbl_2=Basic(64, 96, 3, padding=1), branch3x3dbl_3=Basic(96, 96, 3, padding=1), branch_pool=Basic(n, pool, 1)),
        lambda m, x: [m.branch1x1(x), m.branch5x5_2(m.branch5x5_1(x)), m.branch3x3dbl_3(m.branch3x3dbl_2(m.branch3x3dbl_1(x))), m.branch_pool(average(x))])


def block_b(n):
    return Block(
        dict(branch3x3=Basic(n, 384, 3, stride=2), branch3x3dbl_1=Basic(n, 64, 1), branch3x3dbl_2=Basic(64, 96, 3, padding=1), branch3x3dbl_3=Basic(96, 96, 3, stride=2)),
        lambda m, x: [m.branch3x3(x), m.branch3x3dbl_3(m.branch3x3dbl_2(m.branch3x3dbl_1(x))), F.max_pool2d(x, 3, stride=2)])


def block_c(n, c):
    return Block(
        dict(branch1x1=Basic(n, 192, 1), branch7x7_1=Basic(n, c, 1), branch7x7_2=Basic(c, c, **ROW), branch7x7_3=Basic(c, 192, **COLUMN),
             branch7x7dbl_1=Basic(n, c, 1), branch7x7dbl_2=Basic(c, c, **COLUMN), branch7x7dbl_3=Basic(c, c, **ROW), branch7x7dbl_4=Basic(c, c, **COLUMN),
             branch7x7dbl_5=Basic(c, 192, **ROW), branch_pool=Basic(n, 192, 1)),
        lambda m, x: [
            m.branch1x1(x), m.branch7x7_3(m.branch7x7_2(m.branch7x7_1(x))),
            m.branch7x7dbl_5(m.branch7x7dbl_4(m.branch7x7dbl_3(m.branch7x7dbl_2(m.branch7x7dbl_1(x))))), m.branch_pool(average(x))])


def block_d(n):
    return Block(
        dict(branch3x3_1=Basic(n, 192, 1), branch3x3_2=Basic(192, 320, 3, stride=2), branch7x7x3_1=Basic(n, 192, 1), branch7x7x3_2=Basic(192, 192, **ROW),
             branch7x7x3_3=Basic(192, 192, **COLUMN), branch7x7x3_4=Basic(192, 192, 3, stride=2)),
        lambda m, x: [m.branch3x3_2(m.branch3x3_1(x)), m.branch7x7x3_4(m.branch7x7x3_3(m.branch7x7x3_2(m.branch7x7x3_1(x)))), F.max_pool2d(x, 3, stride=2)])


def block_e(n, pool):
    def wire(m, x):
        small, large = m.branch3x3_1(x), m.branch3x3dbl_2(m.branch3x3dbl_1(x))
        return [m.branch1x1(x), m.branch3x3_2a(small), m.branch3x3_2b(small), m.branch3x3dbl_3a(large), m.branch3x3dbl_3b(large), m.branch_pool(pool(x))]

    return Block(
        dict(branch1x1=Basic(n, 320, 1), branch3x3_1=Basic(n, 384, 1), branch3x3_2a=Basic(384, 384, **SHORT_ROW), branch3x3_2b=Basic(384, 384, **SHORT_COLUMN),
             branch3x3dbl_1=Basic(n, 448, 1), branch3x3dbl_2=Basic(448, 384, 3, padding=1), branch3x3dbl_3a=Basic(384, 384, **SHORT_ROW),
             branch3x3dbl_3b=Basic(384, 384, **SHORT_COLUMN), branch_pool=Basic(n, 192, 1)), wire)


class Inception(nn.Module):
    """pytorch-fid's network up to pool3."""

    def __init__(self):
        super().__init__()
        self.Conv2d_1a_3x3, self.Conv2d_2a_3x3, self.Conv2d_2b_3x3 = Basic(3, 32, 3, stride=2), Basic(32, 32, 3), Basic(32, 64, 3, padding=1)
        self.Conv2d_3b_1x1, self.Conv2d_4a_3x3 = Basic(64, 80, 1), Basic(80, 192, 3)
        self.Mixed_5b, self.Mixed_5c, self.Mixed_5d, self.Mixed_6a = block_a(192, 32), block_a(256, 64), block_a(288, 64), block_b(288)
        self.Mixed_6b, self.Mixed_6c, self.Mixed_6d, self.Mixed_6e = block_c(768, 128), block_c(768, 160), block_c(768, 160), block_c(768, 192)
        self.Mixed_7a, self.Mixed_7b = block_d(768), block_e(1280, average)
        self.Mixed_7c = block_e(2048, lambda x: F.max_pool2d(x, 3, stride=1, padding=1))

    def forward(self, x):
        x = 2 * F.interpolate(x, size=(299, 299), mode="bilinear", align_corners=False) - 1
        x = F.max_pool2d(self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(x))), 3, 2)
        x = F.max_pool2d(self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(x)), 3, 2)
        for name in ["5b", "5c", "5d", "6a", "6b", "6c", "6d", "6e", "7a", "7b", "7c"]:
            x = getattr(self, "Mixed_" + name)(x)
        return F.adaptive_avg_pool2d(x, 1).flatten(1)


def pad_same(x, kernel, stride):
    down, across = ((-(-n // stride) - 1) * stride + kernel - n for n in x.shape[-2:])
    return F.pad(x, (across // 2, across - across // 2, down // 2, down - down // 2))


class Standardized(nn.Conv2d):
    def forward(self, x):
        w = self.weight - self.weight.mean((1, 2, 3), keepdim=True)
        return F.conv2d(pad_same(x, self.kernel_size[0], self.stride[0]), w / (w.std((1, 2, 3), keepdim=True) + 1e-5), None, self.stride)


class Bottleneck(nn.Module):
    def __init__(self, n, out):
        super().__init__()
        for name, a, b, k in [("1", n, n, 1), ("2", n, n, 3), ("3", n, out, 1), ("_proj", n, out, 1)]:
            setattr(self, "conv" + name, Standardized(a, b, k, bias=False))
            setattr(self, "gn" + name, nn.GroupNorm(32, b, eps=1e-4))

    def forward(self, x):
        h = F.relu(self.gn2(self.conv2(F.relu(self.gn1(self.conv1(x))))))
        return F.relu(self.gn3(self.conv3(h)) + self.gn_proj(self.conv_proj(x)))


class Attention(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.heads, self.query, self.key, self.value, self.out = heads, nn.Linear(d, d), nn.Linear(d, d), nn.Linear(d, d), nn.Linear(d, d)

    def forward(self, x, mask):
        b, n, d = x.shape
        q, k, v = (layer(x).reshape(b, n, self.heads, d // self.heads).permute(0, 2, 1, 3) for layer in (self.query, self.key, self.value))
        scores = (q @ k.transpose(-2, -1)) * (d // self.heads) ** -0.5
        scores = scores.masked_fill(mask.reshape(b, 1, n, 1) * mask.reshape(b, 1, 1, n) == 0, -1e3)
        return self.out((scores.softmax(-1) @ v).transpose(1, 2).reshape(b, n, d))


class Layer(nn.Module):
    def __init__(self, d, mlp, heads):
        super().__init__()
        self.norm1, self.norm2, self.attention = nn.LayerNorm(d, eps=1e-6), nn.LayerNorm(d, eps=1e-6), Attention(d, heads)
        self.mlp = nn.Module()
        self.mlp.fc1, self.mlp.fc2 = nn.Linear(d, mlp), nn.Linear(mlp, d)

    def forward(self, x, mask):
        x = x + self.attention(self.norm1(x), mask)
        return x + self.mlp.fc2(F.gelu(self.mlp.fc1(self.norm2(x))))


class Musiq(nn.Module):
    """pyiqa's MUSIQ with its padded sequences, of a size of its own."""

    def __init__(self, d, mlp, heads, layers, classes, grid=10):
        super().__init__()
        self.grid, self.classes = grid, classes
        self.conv_root, self.gn_root, self.block1 = Standardized(3, 64, 7, 2, bias=False), nn.GroupNorm(32, 64, eps=1e-6), Bottleneck(64, 256)
        self.embedding, e = nn.Linear(256 * 64, d), nn.Module()
        e.posembed_input, e.scaleembed_input = nn.Module(), nn.Module()
        e.posembed_input.position_emb, e.scaleembed_input.scale_emb = nn.Parameter(torch.zeros(1, grid * grid, d)), nn.Parameter(torch.zeros(3, d))
        e.cls, e.encoder_norm = nn.Parameter(torch.zeros(1, 1, d)), nn.LayerNorm(d, eps=1e-6)
        e.transformer = nn.ModuleDict({f"encoderblock_{i}": Layer(d, mlp, heads) for i in range(layers)})
        self.transformer_encoder = e
        self.head = nn.Linear(d, 1) if classes == 1 else nn.Sequential(nn.Linear(d, classes), nn.Softmax(-1))

    def patches(self, x, scale, length):
        h, w = x.shape[-2:]
        rows, columns = -(-h // 32), -(-w // 32)
        cut = F.unfold(pad_same(x, 32, 32), 32, stride=32)
        grid = torch.arange(self.grid).float().reshape(1, 1, -1)
        across = F.interpolate(grid, columns, mode="nearest").repeat(1, rows, 1)
        down = F.interpolate(grid, rows, mode="nearest").transpose(1, 2).repeat(1, 1, columns)
        place = (down * self.grid + across).reshape(1, 1, -1)
        out = torch.cat([cut, place, torch.full_like(place, scale), torch.ones_like(place)], 1)
        return out if length is None else torch.cat([out, torch.zeros(1, out.shape[1], length)], -1)[:, :, :length]

    def forward(self, x):
        x, parts = (x - 0.5) * 2, []
        for scale, longer in enumerate((224, 384)):
            ratio = longer / max(x.shape[-2:])
            sized = F.interpolate(x, [round(n * ratio) for n in x.shape[-2:]], mode="bicubic", align_corners=False)
            parts.append(self.patches(sized, scale, (-(-longer // 32)) ** 2))
        x = torch.cat(parts + [self.patches(x, 2, None)], -1).transpose(1, 2)
        place, scale, mask, e = x[:, :, -3].long(), x[:, :, -2].long(), x[:, :, -1], self.transformer_encoder
        h = F.relu(self.gn_root(self.conv_root(x[:, :, :-3].reshape(-1, 3, 32, 32))))
        h = self.block1(F.max_pool2d(pad_same(h, 3, 2), 3, 2))
        h = self.embedding(h.permute(0, 2, 3, 1).reshape(1, x.shape[1], -1))
        h = h + e.posembed_input.position_emb[0][place] + e.scaleembed_input.scale_emb[scale]
        h, mask = torch.cat([e.cls, h], 1), torch.cat([torch.ones(1, 1), mask], 1)
        for layer in e.transformer.values():
            h = layer(h, mask)
        scores = self.head(e.encoder_norm(h)[:, 0])
        return (scores * torch.arange(1, self.classes + 1)).sum().item()


def frechet(a, b):
    """pytorch-fid's formula, with the eigenvalues of the product in place of scipy's sqrtm."""
    ca, cb = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    root = np.sqrt(np.linalg.eigvals(ca @ cb).astype(complex)).real.sum()
    return float(((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(ca) + np.trace(cb) - 2 * root)


def kernel(a, b):
    k = lambda x, y: (x @ y.T / x.shape[1] + 1) ** 3
    off = lambda m: (m.sum() - np.trace(m)) / (len(m) * (len(m) - 1))
    return float(off(k(a, a)) + off(k(b, b)) - 2 * k(a, b).mean())


def features(key, rows, columns):
    return uniform(key, rows * columns).reshape(rows, columns)


def main():
    torch.set_num_threads(2)
    with torch.no_grad():
        expected = {
            "lpips_alex": lpips(fill(alexnet()), fill(Heads([64, 192, 384, 256, 256])), picture(100, 72, 88), picture(101, 72, 88)),
            "lpips_vgg": lpips(fill(vgg16()), fill(Heads([64, 128, 256, 512, 512])), picture(100, 72, 88), picture(101, 72, 88)),
        }
        pool3 = fill(Inception())(picture(102, 60, 90))[0].double().numpy()
        expected["musiq_score"] = fill(Musiq(48, 64, 6, 2, 1))(picture(103, 70, 90))
        expected["musiq_distribution"] = fill(Musiq(48, 64, 6, 2, 10))(picture(103, 70, 90))
        expected["inception_first"] = pool3[:6].tolist()
        expected["inception_norm"] = float(np.linalg.norm(pool3))
    many, few = (features(1, 40, 16), 0.3 + 0.8 * features(2, 50, 16)), (features(3, 6, 16), 0.3 + 0.8 * features(4, 7, 16))
    expected |= {"fid_many": frechet(*many), "fid_few": frechet(*few), "kid_many": kernel(*many), "kid_few": kernel(*few)}
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "reference.json"), "w") as file:
        json.dump(expected, file, indent=2)
        file.write("\n")


if __name__ == "__main__":
    main()
