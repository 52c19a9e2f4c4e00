"""The network of BindingNetwork.cs, line for line, in the words of PyTorch."""
import torch
from torch import nn
from torch.nn import functional as F


class ChannelNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.LayerNorm([width])

    def forward(self, x):
        return self.norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.temperature = nn.Parameter(torch.ones(heads, 1, 1))
        self.qkv = nn.Conv2d(width, 3 * width, 1)
        self.depthwise = nn.Conv2d(3 * width, 3 * width, 3, padding=1, groups=3 * width)
        self.project = nn.Conv2d(width, width, 1)

    def forward(self, x):
        b, c, h, w = x.shape
        q, k, v = self.depthwise(self.qkv(x)).chunk(3, dim=1)
        q = F.normalize(q.reshape(b, self.heads, c // self.heads, h * w), dim=-1)
        k = F.normalize(k.reshape(b, self.heads, c // self.heads, h * w), dim=-1)
        v = v.reshape(b, self.heads, c // self.heads, h * w)
        weights = F.softmax(q.matmul(k.transpose(-2, -1)) * self.temperature, dim=-1)
        return self.project(weights.matmul(v).reshape(b, c, h, w))


class FeedForward(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.enter = nn.Conv2d(width, 4 * width, 1)
        self.depthwise = nn.Conv2d(4 * width, 4 * width, 3, padding=1, groups=4 * width)
        self.leave = nn.Conv2d(2 * width, width, 1)

    def forward(self, x):
        a, b = self.depthwise(self.enter(x)).chunk(2, dim=1)
        return self.leave(F.gelu(a) * b)


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1 = ChannelNorm(width)
        self.attention = Attention(width, heads)
        self.norm2 = ChannelNorm(width)
        self.feed = FeedForward(width)

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.feed(self.norm2(x))


class Network(nn.Module):
    def __init__(self, width=32):
        super().__init__()
        self.embed = nn.Conv2d(3, width, 3, padding=1)
        self.encoder = Block(width, 1)
        self.down = nn.Conv2d(width, width // 2, 3, padding=1)
        self.bottom = Block(2 * width, 2)
        self.up = nn.Conv2d(2 * width, 4 * width, 3, padding=1)
        self.reduce = nn.Conv2d(2 * width, width, 1)
        self.decoder = Block(width, 1)
        self.output = nn.Conv2d(width, 3, 3, padding=1)

    def forward(self, image):
        x = self.encoder(self.embed(image))
        y = self.bottom(F.pixel_unshuffle(self.down(x), 2))
        y = F.pixel_shuffle(self.up(y), 2)
        y = self.decoder(self.reduce(torch.cat([y, x], 1)))
        return self.output(y) + image
