"""The UNet and the VAE's decoder of Stable Diffusion in plain PyTorch, operator for operator as the published code runs them.

Weights are a dictionary by the published names; `config` is the published config.json.
"""
import math

import torch
from torch.nn import functional as F


class Weights:
    """Weights below a prefix."""

    def __init__(self, tensors, prefix=""):
        self.tensors, self.prefix = tensors, prefix

    def __truediv__(self, name):
        return Weights(self.tensors, f"{self.prefix}{name}.")

    def __contains__(self, name):
        return self.prefix + name in self.tensors

    def __getitem__(self, name):
        return self.tensors.get(self.prefix + name)


def conv(x, w, stride=1, padding=1):
    return F.conv2d(x, w["weight"], w["bias"], stride=stride, padding=padding)


def linear(x, w):
    return F.linear(x, w["weight"], w["bias"])


def group_norm(x, w, groups, eps):
    return F.group_norm(x, groups, w["weight"], w["bias"], eps)


def layer_norm(x, w):
    return F.layer_norm(x, x.shape[-1:], w["weight"], w["bias"], 1e-5)


def resnet(x, time, w, groups, eps):
    hidden = conv(F.silu(group_norm(x, w / "norm1", groups, eps)), w / "conv1")
    if time is not None:
        hidden = hidden + linear(F.silu(time), w / "time_emb_proj")[:, :, None, None]
    hidden = conv(F.silu(group_norm(hidden, w / "norm2", groups, eps)), w / "conv2")
    if "conv_shortcut.weight" in w:
        x = conv(x, w / "conv_shortcut", padding=0)
    return x + hidden


def attend(query, key, value, heads):
    batch, count, width = query.shape

    def split(x):
        return x.reshape(batch, -1, heads, width // heads).permute(0, 2, 1, 3).reshape(batch * heads, -1, width // heads)

    query, key, value = split(query), split(key), split(value)
    room = torch.empty(query.shape[0], query.shape[1], key.shape[1])
    scores = torch.baddbmm(room, query, key.transpose(-1, -2), beta=0, alpha=1 / math.sqrt(width // heads))
    out = torch.bmm(scores.softmax(dim=-1), value)
    return out.reshape(batch, heads, count, width // heads).permute(0, 2, 1, 3).reshape(batch, count, width)


def attention(x, context, w, heads):
    out = attend(linear(x, w / "to_q"), linear(context, w / "to_k"), linear(context, w / "to_v"), heads)
    return linear(out, w / "to_out.0")


def transformer(x, text, w, heads, groups):
    batch, channels, height, width = x.shape
    is_linear = (w / "proj_in")["weight"].dim() == 2
    hidden = group_norm(x, w / "norm", groups, 1e-6)
    if not is_linear:
        hidden = conv(hidden, w / "proj_in", padding=0)
    hidden = hidden.permute(0, 2, 3, 1).reshape(batch, height * width, channels)
    if is_linear:
        hidden = linear(hidden, w / "proj_in")
    block = w / "transformer_blocks.0"
    normed = layer_norm(hidden, block / "norm1")
    hidden = attention(normed, normed, block / "attn1", heads) + hidden
    hidden = attention(layer_norm(hidden, block / "norm2"), text, block / "attn2", heads) + hidden
    value, gate = linear(layer_norm(hidden, block / "norm3"), block / "ff.net.0.proj").chunk(2, dim=-1)
    hidden = linear(value * F.gelu(gate), block / "ff.net.2") + hidden
    if is_linear:
        hidden = linear(hidden, w / "proj_out")
    hidden = hidden.reshape(batch, height, width, channels).permute(0, 3, 1, 2).contiguous()
    if not is_linear:
        hidden = conv(hidden, w / "proj_out", padding=0)
    return hidden + x


def unet(tensors, config, sample, timestep, text):
    w = Weights(tensors)
    groups, eps, layers = config["norm_num_groups"], config["norm_eps"], config["layers_per_block"]
    channels, heads = config["block_out_channels"], config["attention_head_dim"]
    half = channels[0] // 2
    angles = timestep.float()[:, None] * torch.exp(-math.log(10000) * torch.arange(half, dtype=torch.float32) / half)[None]
    time = linear(torch.cat([angles.cos(), angles.sin()], dim=-1), w / "time_embedding.linear_1")
    time = linear(F.silu(time), w / "time_embedding.linear_2")

    x = conv(sample, w / "conv_in")
    skips = [x]
    for i, kind in enumerate(config["down_block_types"]):
        block = w / f"down_blocks.{i}"
        for j in range(layers):
            x = resnet(x, time, block / f"resnets.{j}", groups, eps)
            if kind == "CrossAttnDownBlock2D":
                x = transformer(x, text, block / f"attentions.{j}", heads[i], groups)
            skips.append(x)
        if i < len(channels) - 1:
            x = conv(x, block / "downsamplers.0.conv", stride=2)
            skips.append(x)

    middle = w / "mid_block"
    x = resnet(x, time, middle / "resnets.0", groups, eps)
    x = transformer(x, text, middle / "attentions.0", heads[-1], groups)
    x = resnet(x, time, middle / "resnets.1", groups, eps)

    for i, kind in enumerate(config["up_block_types"]):
        block = w / f"up_blocks.{i}"
        for j in range(layers + 1):
            x = resnet(torch.cat([x, skips.pop()], dim=1), time, block / f"resnets.{j}", groups, eps)
            if kind == "CrossAttnUpBlock2D":
                x = transformer(x, text, block / f"attentions.{j}", heads[-1 - i], groups)
        if i < len(channels) - 1:
            x = conv(F.interpolate(x, scale_factor=2.0, mode="nearest"), block / "upsamplers.0.conv")
    return conv(F.silu(group_norm(x, w / "conv_norm_out", groups, eps)), w / "conv_out")


def decoder(tensors, config, latent):
    w = Weights(tensors) / "decoder"
    groups, eps = config["norm_num_groups"], 1e-6
    x = conv(latent, Weights(tensors) / "post_quant_conv", padding=0)
    x = conv(x, w / "conv_in")
    middle = w / "mid_block"
    x = resnet(x, None, middle / "resnets.0", groups, eps)
    batch, channels, height, width = x.shape
    cells = group_norm(x, middle / "attentions.0.group_norm", groups, eps).view(batch, channels, height * width).transpose(1, 2)
    cells = attention(cells, cells, middle / "attentions.0", 1)
    x = cells.transpose(-1, -2).reshape(batch, channels, height, width) + x
    x = resnet(x, None, middle / "resnets.1", groups, eps)
    blocks = len(config["block_out_channels"])
    for i in range(blocks):
        block = w / f"up_blocks.{i}"
        for j in range(config["layers_per_block"] + 1):
            x = resnet(x, None, block / f"resnets.{j}", groups, eps)
        if i < blocks - 1:
            x = conv(F.interpolate(x, scale_factor=2.0, mode="nearest"), block / "upsamplers.0.conv")
    return conv(F.silu(group_norm(x, w / "conv_norm_out", groups, eps)), w / "conv_out")
