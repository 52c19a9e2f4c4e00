using static TorchSharp.torch;

namespace Darkroom.Models.DiffPlugin;

/// <summary>Finds the tasks that a sentence asks for.</summary>
public interface IPluginChooser : IDisposable
{
    /// <summary>Chooses.</summary>
    /// <param name="text">The user's words.</param>
    /// <param name="names">The tasks that there are, in the order in which they are done.</param>
    /// <param name="prompts">Each task's prompt for the picture, [P, N, TextWidth].</param>
    /// <returns>Indices of the tasks to be done, in their order, at least one.</returns>
    /// <exception cref="ArgumentException">No task fits; the message says which there are.</exception>
    IReadOnlyList<int> Choose(string text, IReadOnlyList<string> names, Tensor prompts);
}
