using Xunit;

namespace Darkroom.Tests.Unit.Storage;

/// <summary>The tests of stores share one Azurite and run alone, since one of them measures the memory of the process.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class StorageTogether : ICollectionFixture<Azurite>
{
    public const string Name = "Storage";
}
