"""The UNet of UNetBenchmark.cs and FullSizeBenchmark.cs."""
import stable_diffusion


def build(settings, weights):
    return lambda inputs: stable_diffusion.unet(weights, settings, **inputs)
