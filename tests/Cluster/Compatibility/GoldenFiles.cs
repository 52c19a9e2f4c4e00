using Darkroom.Contracts.Images;
using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;
using Darkroom.Grains;
using Darkroom.Tests.Unit.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Darkroom.Tests.Cluster.Compatibility;

/// <summary>Writes what this code writes as a release's golden files, when the switch names the release; before any of the tests that read them.</summary>
public sealed class GoldenFiles : IAsyncLifetime
{
    private static readonly Serializer Serializer = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();

    // What is kept of these is a name of their content, to recognise what is said again.
    private static readonly Type[] Recognised = [typeof(RunRequest), typeof(JobRequest), typeof(SessionMessage), typeof(ReplayRequest), typeof(MoveRequest), typeof(RenderRequest)];

    private static IEnumerable<(string Name, object Value)> Samples =>
        ContractSamples.Messages.Concat(StateSamples.All).Select(value => (ContractSchema.AliasOf(value.GetType()), value));

    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable(GoldenRelease.Switch) is { Length: > 0 } version)
            await WriteAsync(version);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Lists the types that have no sample, or none any more.</summary>
    internal static IEnumerable<string> TypesWithoutSample() =>
        ContractSchema.Types.Where(type => !type.IsAbstract).Select(ContractSchema.AliasOf).Except(Samples.Select(sample => sample.Name));

    /// <summary>Lists what today's code does not read of a release's bytes as it was meant.</summary>
    internal static IEnumerable<string> Misread(GoldenRelease release)
    {
        var bytes = release.ReadBytes();
        foreach (var (name, written) in release.ReadValues())
        {
            if (!bytes.TryGetValue(name, out var file))
            {
                yield return $"there are no bytes of {name} in the format '{GoldenRelease.Format}'";
                continue;
            }

            object? read = null;
            string? failure = null;
            try
            {
                read = StateSamples.States.FirstOrDefault(state => $"state {state.Name}" == name) is { } state ? state.Read(Serializer, file) : Serializer.Deserialize<object>(file);
            }
#pragma warning disable CA1031 // Whatever it is, it is told with the name of what could not be read.
            catch (Exception error)
#pragma warning restore CA1031
            {
                failure = $"{name} cannot be read: {error.GetType().Name}: {error.Message}";
            }

            if (failure is not null)
            {
                yield return failure;
                continue;
            }

            foreach (var lost in MemberValues.Lost(written.Members, MemberValues.Of(read), name))
                yield return lost;
            if (written.Fingerprint.Length > 0 && FingerprintOf(read!) != written.Fingerprint)
                yield return $"{name} has another fingerprint: whoever says the same again after the upgrade is told that the key or turn was used for something else";
        }
    }

    private static async Task WriteAsync(string version)
    {
        Assert.True(Version.TryParse(version, out _), $"{GoldenRelease.Switch} is '{version}'; it names the release, such as 0.2.0");
        Assert.Empty(TypesWithoutSample());
        var today = ContractSchema.OfToday();
        // What was released can only be added to.
        Assert.Empty(GoldenRelease.All.SelectMany(older => today.Lacks(older.ReadSchema()).Select(lack => $"{older.Version}: {lack}")));
        var values = Samples.ToDictionary(sample => sample.Name, sample => new GoldenValue(MemberValues.Of(sample.Value), Recognised.Contains(sample.Value.GetType()) ? FingerprintOf(sample.Value) : string.Empty));
        var bytes = Samples.ToDictionary(sample => sample.Name, sample => Serializer.SerializeToArray(sample.Value));
        foreach (var state in StateSamples.States)
        {
            values.Add($"state {state.Name}", new GoldenValue(MemberValues.Of(state.Value), string.Empty));
            bytes.Add($"state {state.Name}", state.Write(Serializer));
        }

        var release = new GoldenRelease(version);
        release.Write(today, values, bytes);
        await GoldenWork.WriteAsync(release.ClusterArchive);
    }

    private static string FingerprintOf(object value) => Fingerprint.Of(value);
}

/// <summary>The tests that read golden files, after those were written if they are to be.</summary>
[CollectionDefinition(Name)]
public sealed class GoldenCollection : ICollectionFixture<GoldenFiles>
{
    public const string Name = "golden files";
}
