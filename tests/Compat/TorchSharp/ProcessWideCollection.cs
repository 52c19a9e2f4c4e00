using Xunit;

namespace Darkroom.Tests.Compat.Torch;

/// <summary>Tests that look at the whole process (memory, the default generator) run with no other beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessWideCollection
{
    public const string Name = "whole process";
}
