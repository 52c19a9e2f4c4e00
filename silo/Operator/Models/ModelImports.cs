using System.Collections.Concurrent;
using Darkroom.Contracts.Errors;
using Darkroom.Grains.Checkpoints;
using Darkroom.Models.Checkpoints;
using static TorchSharp.torch;

namespace Darkroom.Silo.Operator.Models;

/// <summary>How far an import is.</summary>
/// <param name="Fraction">How much of the bytes has been read, 0..1.</param>
/// <param name="Fault">Why it failed, or null.</param>
/// <param name="HasEnded">Whether it goes on no more.</param>
internal sealed record ImportState(double Fraction, string? Fault, bool HasEnded);

/// <summary>The imports under way in this silo: one after the other, since each reads and writes gigabytes.</summary>
internal sealed class ModelImports(CheckpointStore store, OperatorOptions options, TimeProvider time) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Import> imports = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim turn = new(1);

    /// <summary>Begins an import, or tells how far it is.</summary>
    /// <param name="uid">The resource's; another resource of the same name is another import.</param>
    /// <param name="name">The checkpoint's name.</param>
    /// <param name="source">Where from.</param>
    /// <exception cref="InvalidRequestException">A path is not allowed.</exception>
    public ImportState Look(string uid, string name, ModelSource source)
    {
        var paths = ImportPaths.Resolve(options.ImportFolder, source.Paths);
        if (imports.TryGetValue(uid, out var known) && known.State.HasEnded && time.GetElapsedTime(known.EndedAt) >= options.MaxRetryDelay)
            imports.TryRemove(uid, out _);
        return imports.GetOrAdd(uid, _ => Begin(name, source, paths)).State;
    }

    /// <summary>Forgets an import that is done.</summary>
    public void Forget(string uid) => imports.TryRemove(uid, out _);

    /// <summary>Stops an import; nothing is left of it.</summary>
    public async Task StopAsync(string uid)
    {
        if (!imports.TryRemove(uid, out var import))
            return;
        await import.Stop.CancelAsync();
        await import.Work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Stops them all.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var uid in imports.Keys)
            await StopAsync(uid);
        turn.Dispose();
    }

    private Import Begin(string name, ModelSource source, IReadOnlyList<string> paths)
    {
        var import = new Import();
        import.Work = Task.Run(() => ImportAsync(import, name, source, paths), CancellationToken.None);
        return import;
    }

    private async Task ImportAsync(Import import, string name, ModelSource source, IReadOnlyList<string> paths)
    {
        try
        {
            await turn.WaitAsync(import.Stop.Token);
            try
            {
                var what = new CheckpointImport(paths[0], name, source.Layout, source.License, TypeOf(source.FloatType)) { More = [.. paths.Skip(1)] };
                var (manifest, _) = await new CheckpointImporter(store, time).ImportAsync(what, import, import.Stop.Token);
                await RequireWholeAsync(manifest);
                import.EndedAt = time.GetTimestamp();
                import.State = new ImportState(1, null, HasEnded: true);
            }
            finally
            {
                turn.Release();
            }
        }
        catch (OperationCanceledException) when (import.Stop.IsCancellationRequested)
        {
            import.EndedAt = time.GetTimestamp();
            import.State = import.State with { HasEnded = true };
        }
#pragma warning disable CA1031 // Whatever it was, the resource tells of it, and it is tried again.
        catch (Exception error)
#pragma warning restore CA1031
        {
            import.EndedAt = time.GetTimestamp();
            import.State = import.State with { Fault = error.Message, HasEnded = true };
        }
    }

    // Whoever led before may have broken the same import off just now, and taken back bytes that this one found there.
    private async Task RequireWholeAsync(CheckpointManifest manifest)
    {
        foreach (var blob in manifest.Blobs.DistinctBy(blob => blob.Sha256))
        {
            if (await store.Contents.FindAsync(blob.Sha256) is not null)
                continue;
            await store.RemoveAsync(manifest.Name);
            throw new InvalidCheckpointException($"'{blob.Path}' was taken back by another import that broke off; it is imported again.");
        }
    }

    private static ScalarType? TypeOf(ModelFloatType? type) => type switch
    {
        ModelFloatType.Float32 => ScalarType.Float32,
        ModelFloatType.Float16 => ScalarType.Float16,
        ModelFloatType.BFloat16 => ScalarType.BFloat16,
        _ => null,
    };

    private sealed class Import : IProgress<ImportProgress>
    {
        private volatile ImportState state = new(0, null, HasEnded: false);

        public CancellationTokenSource Stop { get; } = new();

        public Task Work { get; set; } = Task.CompletedTask;

        public long EndedAt { get; set; }

        public ImportState State
        {
            get => state;
            set => state = value;
        }

        public void Report(ImportProgress value) => state = state with { Fraction = value.Fraction };
    }
}
