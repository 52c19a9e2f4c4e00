using static TorchSharp.torch;

namespace Darkroom.Models.Layers;

/// <summary>A module with parameters outside the layers of this folder, which it can give random weights itself.</summary>
internal interface IOwnInitialization
{
    /// <summary>Gives the parameters that the module itself holds (not its children's) random values. Gradients are off.</summary>
    /// <param name="generator">What to draw from.</param>
    void Initialize(Generator generator);
}
