"""The decoder of VaeBenchmark.cs."""
import stable_diffusion


def build(settings, weights):
    return lambda inputs: stable_diffusion.decoder(weights, settings, **inputs)
