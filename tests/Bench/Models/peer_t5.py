"""T5's encoder in plain PyTorch, as transformers' T5EncoderModel, with GELU in one operator where that has nine."""
import math

import torch
from torch import nn
from torch.nn import functional as F


class Norm(nn.Module):
    def __init__(self, width, epsilon):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(width))
        self.epsilon = epsilon

    def forward(self, x):
        variance = x.to(torch.float32).pow(2).mean(-1, keepdim=True)
        return self.weight * (x * torch.rsqrt(variance + self.epsilon))


class Attention(nn.Module):
    def __init__(self, s, first):
        super().__init__()
        self.heads, self.width = s["num_heads"], s["d_kv"]
        self.buckets, self.distance = s["relative_attention_num_buckets"], s["relative_attention_max_distance"]
        inner = self.heads * self.width
        self.q = nn.Linear(s["d_model"], inner, bias=False)
        self.k = nn.Linear(s["d_model"], inner, bias=False)
        self.v = nn.Linear(s["d_model"], inner, bias=False)
        self.o = nn.Linear(inner, s["d_model"], bias=False)
        if first:
            self.relative_attention_bias = nn.Embedding(self.buckets, self.heads)

    def bias(self, count):
        places = torch.arange(count)
        distance = places[None, :] - places[:, None]
        half = self.buckets // 2
        bucket = (distance > 0).to(torch.long) * half
        distance = distance.abs()
        exact = half // 2
        far = exact + (torch.log(distance.float() / exact) / math.log(self.distance / exact) * (half - exact)).to(torch.long)
        bucket = bucket + torch.where(distance < exact, distance, far.clamp(max=half - 1))
        return self.relative_attention_bias(bucket).permute(2, 0, 1).unsqueeze(0)

    def forward(self, x, bias):
        b, n, _ = x.shape
        q, k, v = (layer(x).view(b, n, self.heads, self.width).transpose(1, 2) for layer in (self.q, self.k, self.v))
        scores = q.matmul(k.transpose(3, 2))
        scores += bias
        weights = F.softmax(scores.float(), dim=-1).type_as(scores)
        return self.o(weights.matmul(v).transpose(1, 2).contiguous().view(b, n, -1))


class AttentionPart(nn.Module):
    def __init__(self, s, first):
        super().__init__()
        self.SelfAttention = Attention(s, first)
        self.layer_norm = Norm(s["d_model"], s["layer_norm_epsilon"])

    def forward(self, x, bias):
        return x + self.SelfAttention(self.layer_norm(x), bias)


class Gated(nn.Module):
    def __init__(self, s):
        super().__init__()
        self.wi_0 = nn.Linear(s["d_model"], s["d_ff"], bias=False)
        self.wi_1 = nn.Linear(s["d_model"], s["d_ff"], bias=False)
        self.wo = nn.Linear(s["d_ff"], s["d_model"], bias=False)

    def forward(self, x):
        return self.wo(F.gelu(self.wi_0(x), approximate="tanh") * self.wi_1(x))


class FeedForwardPart(nn.Module):
    def __init__(self, s):
        super().__init__()
        self.DenseReluDense = Gated(s)
        self.layer_norm = Norm(s["d_model"], s["layer_norm_epsilon"])

    def forward(self, x):
        return x + self.DenseReluDense(self.layer_norm(x))


class Block(nn.Module):
    def __init__(self, s, first):
        super().__init__()
        self.layer = nn.ModuleList([AttentionPart(s, first), FeedForwardPart(s)])


class Stack(nn.Module):
    def __init__(self, s, embedding):
        super().__init__()
        self.embed_tokens = embedding
        self.block = nn.ModuleList(Block(s, i == 0) for i in range(s["num_layers"]))
        self.final_layer_norm = Norm(s["d_model"], s["layer_norm_epsilon"])


class Encoder(nn.Module):
    def __init__(self, s):
        super().__init__()
        self.shared = nn.Embedding(s["vocab_size"], s["d_model"])
        self.encoder = Stack(s, self.shared)

    def forward(self, ids, mask):
        x = self.encoder.embed_tokens(ids)
        bias = self.encoder.block[0].layer[0].SelfAttention.bias(ids.shape[1])
        bias = bias + (1.0 - mask[:, None, None, :].to(x.dtype)) * torch.finfo(x.dtype).min
        for block in self.encoder.block:
            x = block.layer[1](block.layer[0](x, bias))
        return self.encoder.final_layer_norm(x)


def build(settings, weights):
    with torch.no_grad():
        encoder = Encoder(settings).eval()
        encoder.load_state_dict(weights)
    return lambda inputs: encoder(inputs["input_ids"], inputs["attention_mask"])
